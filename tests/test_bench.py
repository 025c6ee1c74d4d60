"""A benchmark run can be stopped, continued, repeated and trusted."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


def begun(out, *arguments, at_least=100_000, **options):
    """Start a real run, and return it once it has written something."""
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
    assert run.returncode == 130
    assert said == b"wildgym: stopped; the same command continues from here\n"
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


class Endpoint(BaseHTTPRequestHandler):
    """A small server of chat completions that says what it was told to say."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.requests += 1
            status = self.server.fails(self.server.requests, asked["messages"])
        if self.headers["Authorization"] != "Bearer none":
            self.send(401, {"error": {"message": "wrong key"}})
        elif asked["model"] != "scripted":
            self.send(404, {"error": {"message": f"no model {asked['model']}"}})
        elif status:
            self.send(status, {"error": {"message": "longer than the context"}})
        else:
            key = said(asked["messages"], asked.get("tools"))
            message = self.server.script.get(key, {"content": "ok"})
            message = {"role": "assistant", "reasoning_content": "Hm.", **message}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            self.send(200, {"id": "1", "object": "chat.completion", "choices": [choice]})

    def send(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "0.01")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def said(messages, tools):
    return json.dumps([[message.get("content") for message in messages], tools])


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a client hung up


@contextmanager
def serving(script, fails=lambda n, messages: 0):
    with Server(("127.0.0.1", 0), Endpoint) as server:
        server.script, server.fails = script, fails
        server.requests, server.lock = 0, threading.Lock()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server, f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()


def scripted(played, interface):
    """Return what a model has to say, and to what, so as to do as an expert did."""
    script = {}
    for record in played:
        messages = list(record["opening"])
        for turn in record["transcript"]:
            chat = interface == "chat"
            reply = turn["action"] if chat else {"content": turn["action"]}
            script[said(messages, record.get("tools"))] = reply
            told = turn["observation"] if chat else [{"content": turn["observation"]}]
            messages += [reply, *told]
    return script


@pytest.fixture(scope="module", params=["text", "chat"])
def expert(request, tmp_path_factory):
    out = tmp_path_factory.mktemp("expert")
    shape = ("--suite", "tiny", "--seeds", "4", "--interface", request.param)
    bench(out, "--policy", "expert", *shape)
    played = records(out / "expert")
    return request.param, shape, played, scripted(played, request.param)


MODEL = ("--policy", "openai:scripted", "--base-url")


def test_a_model_that_says_what_the_expert_says_scores_what_it_scores(tmp_path, expert):
    interface, shape, played, script = expert

    def now_and_then(n, messages):
        return 429 if n % 5 == 0 else 500 if n % 7 == 0 else 0

    with serving(script, now_and_then) as (server, url):
        bench(tmp_path, *MODEL, url, *shape)
    assert server.requests > sum(record["turns"] for record in played) * 1.2
    again = records(tmp_path / "openai-scripted")
    assert [r["score"] for r in again] == [r["score"] for r in played] == [1.0] * 24
    for record, wanted in zip(again, played, strict=True):
        assert record["variation"] == wanted["variation"]
        for turn, scripted in zip(record["transcript"], wanted["transcript"], strict=True):
            assert turn["calls"] == scripted["calls"]
            assert "Hm." in turn["thinking"]
            if interface == "text":
                assert turn["action"] == f"<think>Hm.</think>\n{scripted['action']}"
            else:
                assert turn["action"]["reasoning_content"] == "Hm."


def test_a_run_whose_endpoint_dies_stops_and_goes_on_later(tmp_path, expert):
    _, shape, played, script = expert
    with serving(script, lambda n, messages: 500 if n > 30 else 0) as (_, url):
        result = bench(tmp_path, *MODEL, url, *shape, "--retries", "0", code=1)
    assert "20 requests failed in a row" in result.stderr
    assert result.stderr.count("\n") == 1
    kept = [r for r in records(tmp_path / "openai-scripted") if r["invalid"] is None]
    assert 0 < len(kept) < len(played)
    with serving(script) as (_, url):
        printed = bench(tmp_path, *MODEL, url, *shape, "--json").stdout
    arms = json.loads(printed)["policies"][0]["arms"]
    assert {(a["episodes"], a["invalid"], a["success"]["value"]) for a in arms} == {(8, 0, 1.0)}


def test_what_exceeds_the_context_is_the_models_own_failure(tmp_path, expert):
    _, shape, _, script = expert
    with serving(script, lambda n, messages: 400 if len(messages) > 2 else 0) as (_, url):
        bench(tmp_path, *MODEL, url, *shape)
    ended = {
        (r["stopped"], r["score"], r["invalid"]) for r in records(tmp_path / "openai-scripted")
    }
    assert ended == {("context", 0.0, None)}


def test_what_cannot_be_read_is_answered_and_not_sent_back_as_a_call(tmp_path):
    broken = {"id": "c", "type": "function", "function": {"name": "finish", "arguments": "{"}}
    seen = []

    def watch(n, messages):
        seen.append(messages)
        return 0

    class Always(dict):
        def get(self, key, default=None):
            return {"content": None, "tool_calls": [broken]}

    with serving(Always(), watch) as (_, url):
        bench(tmp_path, *MODEL, url, "--suite", "tiny", "--interface", "chat", "--max-turns", "3")
    assert {r["stopped"] for r in records(tmp_path / "openai-scripted")} == {"max turns"}
    assert {m["role"] for messages in seen for m in messages} == {"system", "user", "assistant"}
    assert not any(m.get("tool_calls") for messages in seen for m in messages)


@pytest.mark.parametrize(
    ("model", "key", "wanted"),
    [
        ("openai:other", "none", "has no model 'other': "),
        ("openai:other", "none", "models: scripted"),
        ("openai:scripted", "stale", "wants another OPENAI_API_KEY"),
    ],
)
def test_an_endpoint_is_checked_before_the_run(tmp_path, monkeypatch, model, key, wanted):
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with serving({}) as (_, url):
        said = bench(tmp_path, "--policy", model, "--base-url", url, "--suite", "tiny", code=2)
    assert wanted in said.stderr
    assert said.stderr.count("\n") == 1


def test_an_endpoint_that_is_not_there_is_said_so(tmp_path):
    with serving({}) as (_, url):
        pass
    said = bench(tmp_path, *MODEL, url, "--suite", "tiny", "--retries", "0", code=2)
    assert said.stderr.startswith(f"wildgym: {url}/ cannot be reached")
