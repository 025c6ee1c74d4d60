"""The runner: killed at any moment, at any width and speed, it comes to the same report."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wildgym.benchmarks.__main__ import app

MOMENTS = 20
SHORT = ("--policy", "expert", "--suite", "tiny", "--seeds", "40", "--workers", "1")


def command(*arguments, code=0):
    result = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def records(folder):
    lines = (folder / "episodes.jsonl").read_text().splitlines()
    told = [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]
    return sorted(told, key=lambda record: (record["task"], record["seed"], record["arm"]))


def reports(folder):
    found = {path.name: path.read_bytes() for path in folder.glob("report.*")}
    assert "report.md" in found
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("whole")
    command("bench", "--out", out, *SHORT)
    return out


@pytest.fixture(scope="module")
def begun():
    """Start a run in a process of its own, a fork of one that has everything imported."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["wildgym.benchmarks.__main__", "scipy.stats"])

    def begin(out):
        run = context.Process(target=app, args=(["bench", "--out", str(out), *SHORT],))
        run.start()
        file = out / "expert" / "episodes.jsonl"
        while run.is_alive() and not (file.exists() and file.stat().st_size):
            time.sleep(0.001)
        return run

    return begin


def lines(out):
    return (out / "expert" / "episodes.jsonl").read_bytes().count(b"\n")


def test_killed_at_any_moment_a_run_comes_to_the_same_report(tmp_path, whole, begun):
    moments, kept = random.Random(6), set()
    for moment in range(MOMENTS):
        out = tmp_path / str(moment)
        run, far = begun(out), moments.randint(1, lines(whole))
        while run.is_alive() and lines(out) < far:
            time.sleep(0.001)
        # Anywhere in what comes then: an episode, a write, or the report.
        time.sleep(moments.uniform(0, 0.02))
        run.kill()
        run.join()
        kept.add(lines(out))
        command("bench", "--out", out, *SHORT)
        assert reports(out) == reports(whole)
        assert records(out / "expert") == records(whole / "expert")
    # The moments were different ones.
    assert len(kept) > MOMENTS / 2


def descendants(pid):
    """Yield a process's children, and theirs."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in map(int, children):
        yield child
        yield from descendants(child)


def title(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def test_ray_comes_to_the_same_report_though_it_loses_a_worker(tmp_path, whole):
    asked = ("bench", "--out", str(tmp_path), *SHORT, "--ray", "local")
    run = subprocess.Popen([sys.executable, "-m", "wildgym.benchmarks", *asked])
    killed = 0
    while run.poll() is None and killed < 2:
        for pid in [pid for pid in descendants(run.pid) if title(pid).startswith("ray::_batch")]:
            os.kill(pid, signal.SIGKILL)
            killed += 1
        time.sleep(0.01)
    assert run.wait() == 0
    assert killed
    assert reports(tmp_path) == reports(whole)
    assert records(tmp_path / "expert") == records(whole / "expert")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "auto", "nowhere"])
def test_a_cluster_that_is_not_there_is_said_so(tmp_path, monkeypatch, address):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    said = command("bench", "--out", tmp_path, *SHORT, "--ray", address, code=2).stderr
    assert said.startswith(f"wildgym: there is no Ray cluster at {address!r}: ")
    assert said.count("\n") == 1


OWN = """
def hands_in(info):
    assert set(info) == {"messages", "tools"}
    said = '<tool_call>\\n{"name": "finish", "arguments": {}}\\n</tool_call>'
    return lambda observation: said

def fails(info):
    return lambda observation: {}["nothing"]

def acts_in_no_way(info):
    return 5
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder with a module that has policies."""
    (tmp_path / "own_policies.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    return tmp_path


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ones_own_function_is_a_policy(own, workers):
    asked = ("--suite", "tiny", "--seeds", "40", "--workers", workers)
    policies = ("--policy", "noop", "--policy", "python:own_policies:hands_in")
    command("bench", "--out", "runs", *policies, *asked)
    noop, mine = (
        [record for record in records(own / "runs" / name) if record["arm"] == "clean"]
        for name in ("noop", "python-own_policies-hands_in")
    )
    assert len(mine) == 80
    assert [{**record, "policy": "noop"} for record in mine] == noop


def test_what_goes_wrong_in_ones_own_function_is_its_own_failure(own):
    policies = [f"--policy=python:own_policies:{name}" for name in ("fails", "acts_in_no_way")]
    command("bench", "--out", "runs", *policies, "--suite", "tiny", "--limit", "1")
    stopped = {
        record["stopped"]
        for folder in (own / "runs").glob("python-*")
        for record in records(folder)
    }
    assert stopped == {
        "policy failed: KeyError: 'nothing'",
        "policy failed: TypeError: python:own_policies:acts_in_no_way returned int,"
        " and no function that acts",
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("python:own_policies", "write python:MODULE:FUNCTION"),
        ("python:nowhere:begin", "nowhere cannot be imported: ModuleNotFoundError"),
        ("python:own_policies:other", "the module own_policies has no other"),
        ("python:math:pi", "the module math has not a function, but something else named pi"),
    ],
)
def test_a_function_that_cannot_be_had_is_refused_in_one_line(own, name, said):
    refused = command("bench", "--policy", name, "--suite", "tiny", "--out", "runs", code=2).stderr
    assert said in refused
    assert refused.count("\n") == 1
    assert not (own / "runs").exists()
