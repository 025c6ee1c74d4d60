"""The commands about sandboxes: what they print, and how they end."""

import pytest
import typer
from typer.testing import CliRunner

from wildgym.benchmarks import doctor as examining
from wildgym.benchmarks.doctor import doctor
from wildgym.benchmarks.sandbox import sandbox
from wildgym.tools.sandboxes import Unavailable, docker_daemon, owner
from wildgym.tools.sandboxes.attacks import ATTACKS, Attack


@pytest.fixture
def ran():
    app = typer.Typer()
    app.command("doctor")(doctor)
    app.add_typer(sandbox, name="sandbox")
    return lambda *words: CliRunner().invoke(app, words)


def test_the_doctor_says_what_works_and_what_it_lacks(ran):
    result = ran("doctor", "bubblewrap", "landlock")
    assert result.exit_code == 0
    assert "bubblewrap" in result.stdout
    assert "chmod" in result.stdout
    assert ran("doctor", "nothing").exit_code == 2


def test_the_doctor_says_why_there_is_none(ran, monkeypatch):
    def nothing(name):
        raise Unavailable("it is not there")

    monkeypatch.setattr(examining, "Sandbox", nothing)
    result = ran("doctor", "bubblewrap")
    assert result.exit_code == 1
    assert "bubblewrap: it is not there" in result.output


def test_the_doctor_shows_what_gets_through(ran, monkeypatch):
    open_door = Attack("an open door", "go through", "echo ESCAPED by the door", "sh")
    monkeypatch.setattr(examining, "ATTACKS", (*ATTACKS[:2], open_door))
    result = ran("doctor", "bubblewrap", "--attack")
    assert result.exit_code == 1
    assert "2 of 3 attacks contained" in result.output
    assert "by the door" in result.output


def test_reaping_removes_folders_of_processes_that_ended(ran, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    place, pid, _ = owner.mark().split("-")
    for mark in (owner.mark(), f"{place}-{pid}-1", "elsewhere-1-1"):
        (tmp_path / f"wildgym-{mark}-x").mkdir()
    (tmp_path / "wildgym-notes").mkdir()
    monkeypatch.setattr(docker_daemon, "connect", lambda: None)
    monkeypatch.setattr(docker_daemon, "reap", lambda connected: 3)
    assert "removed: 3 containers, 1 folders" in ran("sandbox", "reap").output
    assert len(list(tmp_path.iterdir())) == 3


def test_no_daemon_ends_a_command_with_a_line(ran, monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    monkeypatch.setattr(docker_daemon, "_clients", {})
    result = ran("sandbox", "build")
    assert result.exit_code == 1
    assert "the daemon cannot be reached" in result.output
