"""The Docker sandbox: what is left is cleared, a daemon may be far away or not there at all."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from wildgym.tools.sandboxes import (
    Limits,
    Sandbox,
    SandboxLost,
    Unavailable,
    docker_daemon,
    launch,
    owner,
)
from wildgym.tools.sandboxes.docker import Docker
from wildgym.tools.sandboxes.docker_daemon import EXPIRES, OWNER
from wildgym.tools.sandboxes.docker_image import RECIPE, build, present, tag


@pytest.fixture(scope="module")
def daemon():
    try:
        connected = docker_daemon.client()
        if not present(connected):
            build(connected)
    except Unavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    return connected


def _made(daemon, marked, expires):
    labels = {OWNER: marked, EXPIRES: str(int(expires))}
    return daemon.api.create_container(tag(), ["true"], labels=labels)["Id"]


def _there(daemon):
    return {found["Id"] for found in daemon.api.containers(all=True, filters={"label": OWNER})}


def _ended():
    """Return the mark of a process that has ended."""
    place, _, _ = owner.mark().split("-")
    return f"{place}-{os.getpid()}-1"


def test_what_is_nobodys_is_removed_even_if_it_never_started(daemon):
    later = time.time() + 1000
    dead, late = _made(daemon, _ended(), later), _made(daemon, "elsewhere-1-1", time.time() - 1)
    ours, theirs = _made(daemon, owner.mark(), later), _made(daemon, "elsewhere-1-1", later)
    try:
        assert docker_daemon.reap(daemon) >= 2
        assert not {dead, late} & _there(daemon)
        assert {ours, theirs} <= _there(daemon)
    finally:
        for container in (ours, theirs):
            docker_daemon.remove(daemon, container)
    assert not {ours, theirs} & _there(daemon)
    docker_daemon.remove(daemon, ours)


LEFT = """
from wildgym.tools.sandboxes import Sandbox
from wildgym.tools.sandboxes.docker import Docker
made = Sandbox(Docker())
print(made._launched.kill.__qualname__, flush=True)
made.run("(setsid sleep 1000 &) ; sleep 1000")
"""


def test_a_container_ends_when_its_process_is_killed(daemon):
    program = [sys.executable, "-c", textwrap.dedent(LEFT)]
    process = subprocess.Popen(program, stdout=subprocess.PIPE)
    assert process.stdout.readline()
    marks = {found["Id"]: found["Labels"][OWNER] for found in _listed(daemon)}
    mine = {key for key, mark in marks.items() if f"-{process.pid}-" in mark}
    assert mine
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    end = time.monotonic() + 20
    while mine & _there(daemon):
        assert time.monotonic() < end
        time.sleep(0.05)


def _listed(daemon):
    return daemon.api.containers(all=True, filters={"label": OWNER})


def test_without_a_shared_socket_the_daemon_carries_the_channel(daemon, monkeypatch):
    monkeypatch.setattr(docker_daemon, "local", lambda: False)
    sandbox = Sandbox(Docker(), Limits())
    data = os.urandom(3_000_000)
    sandbox.write("data", data)
    assert sandbox.read("data") == data
    assert sandbox.run("cat data | wc -c").stdout == b"3000000\n"
    sandbox.close()
    with pytest.raises(SandboxLost):
        sandbox.run("true")


def test_a_runner_that_cannot_call_back_is_reached_through_the_daemon(daemon, monkeypatch):
    def elsewhere(limits, **changes):
        return config(limits, **{n: "/nowhere" if n == "socket" else c for n, c in changes.items()})

    config = launch.config
    monkeypatch.setattr(launch, "config", elsewhere)
    sandbox = Sandbox(Docker())
    assert sandbox.run("echo here").stdout == b"here\n"
    sandbox.close()


def test_what_the_daemon_refuses_is_said_at_once(daemon):
    begin = time.monotonic()
    with pytest.raises(Unavailable, match="runtime"):
        Docker(runtime="no-such-runtime").launch(Limits())
    assert time.monotonic() - begin < 20


def test_a_container_removed_from_outside_is_a_lost_sandbox(daemon):
    before = _there(daemon)
    sandbox = Sandbox(Docker())
    (container,) = [c for c in _there(daemon) - before if _is_mine(daemon, c)]
    daemon.api.remove_container(container, force=True)
    with pytest.raises(SandboxLost):
        sandbox.run("true")
    sandbox.close()


def _is_mine(daemon, container):
    (found,) = [one for one in _listed(daemon) if one["Id"] == container] or [None]
    return found is not None and found["Labels"][OWNER] == owner.mark()


def test_no_daemon_is_said_and_breaks_no_cleaning(daemon, monkeypatch, tmp_path):
    monkeypatch.setattr(docker_daemon, "_clients", {})
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    with pytest.raises(Unavailable, match="daemon cannot be reached"):
        docker_daemon.client()


def test_an_image_that_is_not_there_is_said(daemon, monkeypatch):
    monkeypatch.setattr("wildgym.tools.sandboxes.docker.present", lambda connected: False)
    with pytest.raises(Unavailable, match="wildgym sandbox build"):
        Docker().launch(Limits())


def test_the_image_is_named_by_its_recipe(monkeypatch, tmp_path):
    copied = shutil.copytree(RECIPE, tmp_path / "image")
    tag.cache_clear()
    monkeypatch.setattr("wildgym.tools.sandboxes.docker_image.RECIPE", copied)
    same = tag()
    tag.cache_clear()
    (copied / "packages.txt").write_text("python3\nmore\n")
    other = tag()
    tag.cache_clear()
    monkeypatch.undo()
    assert tag() == same != other
