"""A benchmark run can be stopped, continued, repeated and trusted."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wildgym.benchmarks.__main__ import app
from wildgym.benchmarks.results import opened
from wildgym.benchmarks.suites import SUITES, Setting, plan

CLI = (sys.executable, "-m", "wildgym.benchmarks")
QUIETLY = ("--workers", "1")


def command(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)


def bench(out, *arguments, code=0):
    result = command("bench", "--out", out, *QUIETLY, *arguments)
    assert result.exit_code == code, result.output
    return result


def records(folder):
    lines = (folder / "episodes.jsonl").read_text().splitlines()
    return sorted(
        ({k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines),
        key=lambda record: (record["task"], record["seed"], record["arm"]),
    )


def interruptible():
    """A shell's background jobs ignore Ctrl-C, and so would all that they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def begun(out, *arguments, at_least=100_000, **options):
    """Start a real run, and return it once it has written something."""
    options.setdefault("preexec_fn", interruptible)
    run = subprocess.Popen(
        [*CLI, "bench", "--out", str(out), *arguments], stderr=subprocess.PIPE, **options
    )
    file = out / "expert" / "episodes.jsonl"
    while run.poll() is None and not (file.exists() and file.stat().st_size > at_least):
        time.sleep(0.01)
    return run


LONG = ("--policy", "expert", "--suite", "smoke", "--seeds", "3", "--workers", "2")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("whole")
    bench(out, *LONG)
    return records(out / "expert")


def test_the_expert_solves_every_arm_and_the_others_do_not(tmp_path):
    policies = ("expert", "blind", "noop", "random")
    asked = [part for policy in policies for part in ("--policy", policy)]
    printed = bench(tmp_path, *asked, "--suite", "smoke", "--json").stdout
    success = {
        policy["setting"]["policy"]: {a["arm"]: a["success"]["value"] for a in policy["arms"]}
        for policy in json.loads(printed)["policies"]
    }
    assert success["expert"] == {arm.name: 1.0 for arm in SUITES["smoke"].arms}
    assert success["blind"]["clean"] == 1.0
    assert success["blind"]["all"] < 0.2
    assert max(success["noop"].values()) == max(success["random"].values()) == 0.0
    report = (tmp_path / "report.md").read_text()
    assert report.count(" on smoke (test, text)") == len(policies)
    assert "## All policies" in report


def test_every_arm_plays_the_same_scenarios():
    episodes = plan(Setting("core", "expert", seeds=2, limit=5))
    arms = [arm.name for arm in SUITES["core"].arms]
    by_arm = {arm: {(e.task, e.seed) for e in episodes if e.arm == arm} for arm in arms}
    assert len(by_arm["clean"]) == 5
    assert all(scenarios == by_arm["clean"] for scenarios in by_arm.values())


def test_a_killed_run_goes_on_where_it_was(tmp_path, whole):
    run = begun(tmp_path, *LONG)
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    run.kill()
    run.communicate()
    file = tmp_path / "expert" / "episodes.jsonl"
    assert 0 < len(file.read_bytes().splitlines()) < len(whole)
    with file.open("ab") as torn:
        torn.write(b'{"family": "api", "ta')
    bench(tmp_path, *LONG)
    assert records(tmp_path / "expert") == whole
    assert not any(map(alive, children))


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def test_an_interrupted_run_says_how_to_go_on(tmp_path, whole):
    run = begun(tmp_path, *LONG)
    # As a terminal does: to all processes at once.
    run.send_signal(signal.SIGINT)
    for child in Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGINT)
    _, said = run.communicate()
    # Before it, Python may have noted that the interrupt met a finalizer.
    stopped = b"wildgym: stopped; the same command continues from here"
    assert (run.returncode, said.splitlines()[-1]) == (130, stopped)
    bench(tmp_path, *LONG)
    assert records(tmp_path / "expert") == whole


def test_a_full_disk_loses_nothing_that_was_written(tmp_path, whole):
    def shrink():
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    arguments = (*LONG[:-1], "1")
    run = begun(tmp_path, *arguments, at_least=10**9, preexec_fn=shrink)
    _, said = run.communicate()
    assert run.returncode == 1
    assert said.startswith(b"wildgym: cannot write to ")
    assert said.count(b"\n") == 1
    bench(tmp_path, *LONG)
    assert records(tmp_path / "expert") == whole


def test_two_runs_do_not_share_a_folder(tmp_path):
    with opened(tmp_path / "noop", Setting("tiny", "noop")):
        assert "another run is writing" in bench(tmp_path, *TINY, code=2).stderr


TINY = ("--policy", "noop", "--suite", "tiny")


@pytest.mark.parametrize("damage", [b"{broken\n", b"5\n", b'{"task": "shop/cancel"}\n', b"\n"])
def test_a_damaged_line_is_named(tmp_path, damage):
    bench(tmp_path, *TINY)
    file = tmp_path / "noop" / "episodes.jsonl"
    first, *rest = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([first, damage, *rest]))
    assert f"{file}, line 2, is damaged" in bench(tmp_path, *TINY, code=2).stderr


def test_other_arguments_are_told_apart(tmp_path):
    bench(tmp_path, *TINY)
    said = bench(tmp_path, *TINY, "--seeds", "2", "--max-turns", "7", code=2).stderr
    assert "seeds 1 (now 2), max_turns 400 (now 7)" in said
    (tmp_path / "noop" / "run.json").write_text("[]")
    assert "run.json is damaged" in bench(tmp_path, *TINY, code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bench", "--policy", "oracle", "--out", "x"), "policies: expert, blind, noop, random"),
        (
            ("bench", *TINY[:2], "--suite", "huge", "--out", "x"),
            "suites: smoke, core, full, cold-start, wild, files, web, desk, codebase, tiny",
        ),
        (("bench", *TINY, "--out", "x", "--seeds", "-1"), "--seeds"),
        (("bench", *TINY, "--out", "x", "--limit", "0"), "--limit"),
        (("bench", *TINY, "--out", "x", "--interface", "voice"), "--interface"),
        (("bench", *TINY, "--out", "x", "--scaffold", "telex"), "scaffolds: all, random, train"),
        (
            ("bench", *TINY, "--out", "x", "--scaffold", "hermes", "--interface", "chat"),
            "the chat interface has no scaffolds",
        ),
        (("bench", *TINY, "--out", __file__), "Not a directory"),
        (("bench", *TINY, "--out", "/proc/nowhere"), "cannot write to /proc/nowhere"),
        (("bench", *TINY), "--out"),
        (("play", "--task", "shop/steal"), "there is no task 'shop/steal'"),
        (("play", "--task", "shop/cancel", "--perturbations", "gravity"), "there are none, "),
        (("play", "--task", "shop/cancel", "--perturbations", "{"), "not valid JSON"),
        (("list", "dreams"), "perturbations"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = command(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("what", ["perturbations", "tasks", "scaffolds", "mixes", "suites"])
def test_what_there_is_can_be_listed(what):
    rows = json.loads(command("list", what, "--json").stdout)
    assert rows
    table = command("list", what).stdout
    assert all(row["name"] in table for row in rows)


def test_play_shows_the_episode_that_bench_plays(tmp_path):
    bench(tmp_path, "--policy", "expert", "--suite", "tiny")
    for record in records(tmp_path / "expert"):
        variation = json.dumps(record["variation"])
        arguments = ("--task", record["task"], "--seed", record["seed"])
        shown = command("play", *arguments, "--perturbations", variation).stdout
        assert all(turn["action"] in shown for turn in record["transcript"])
        assert json.loads(shown.splitlines()[-1])["score"] == record["score"] == 1.0


def test_a_person_can_play():
    typed = '<tool_call>\n{"name": "finish", "arguments": {}}\n</tool_call>\n\n'
    arguments = ["play", "--task", "shop/cancel", "--policy", "human"]
    shown = CliRunner().invoke(app, arguments, input=typed).stdout
    assert json.loads(shown.splitlines()[-1])["score"] == 0.0
