"""Inspect plays our episodes, scores them, and its logs tell of them; so do logs of results."""

import asyncio
import gc
import json
import os
import subprocess
import sys
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from inspect_ai import eval
from inspect_ai.log import list_eval_logs, read_eval_log
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    ContentReasoning,
    ContentText,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.tool import ToolCall
from typer.testing import CliRunner

from wildgym.benchmarks.__main__ import app
from wildgym.benchmarks.episode import Stage
from wildgym.benchmarks.export.formats import chat
from wildgym.benchmarks.policies import local
from wildgym.benchmarks.results import opened as opened_results
from wildgym.benchmarks.suites import Setting, plan
from wildgym.envs import WildEnv
from wildgym.envs.integrations.inspect import episodes
from wildgym.envs.integrations.row import made, opened, rows

pytestmark = pytest.mark.filterwarnings("ignore")  # Inspect leaves streams open.
ROOT = Path(__file__).parents[2]
REASON = "I do what the user asks."


@pytest.fixture(autouse=True)
def swept():
    """Let what a test left open be told of now, where it is ignored."""
    yield
    gc.collect()


def spoken(content, calls=None):
    message = ChatMessageAssistant(content=content, tool_calls=calls)
    # Without a usage, the mock counts tokens by what it would have to download.
    usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return ModelOutput(model="mock", choices=[ChatCompletionChoice(message=message)], usage=usage)


def written(action):
    """Return an action as a model of Inspect writes it, thinking first."""
    if isinstance(action, str):
        return spoken([ContentReasoning(reasoning=REASON), ContentText(text=action)])
    calls = [
        ToolCall(c["id"], c["function"]["name"], json.loads(c["function"]["arguments"]))
        for c in action["tool_calls"]
    ]
    return spoken([ContentReasoning(reasoning=REASON)], calls)


def model(policy):
    return get_model("mockllm/model", custom_outputs=policy, memoize=False)


class Expert:
    """A model that plays as the expert does, of whatever episode it is shown."""

    def __init__(self, task):
        self._rows = [sample.metadata["row"] for sample in task.dataset]
        self._envs = {}
        for row in self._rows:
            env = made(row)
            _, info = opened(env, row)
            self._envs[json.dumps([m["content"] for m in info["messages"]])] = env, info

    def __call__(self, messages, tools, *_):
        env, info = self._envs[json.dumps([m.text for m in messages[:2]])]
        chat = not isinstance(env.trajectory.opening, str)
        shown = [t.parameters.model_dump(exclude_none=True) for t in tools]
        if chat:
            assert [t.name for t in tools] == [t["function"]["name"] for t in info["tools"]]
            assert shown == [t["function"]["parameters"] for t in info["tools"]]
        assert bool(tools) == chat
        # Told all again, from the beginning, a new expert says what comes next.
        act = env.expert()
        action, seen = act(env.trajectory.opening), []
        for message in messages[3:]:
            if message.role != "assistant":
                seen.append({"role": message.role, "content": message.text})
                continue
            action, seen = act(seen if chat else seen[0]["content"]), []
        if seen:
            action = act(seen if chat else seen[0]["content"])
        return written(action)


@pytest.mark.parametrize(
    "arguments",
    [{"perturbations": "all"}, {"perturbations": "all", "interface": "text", "scaffold": "random"}],
    ids=["tools", "text"],
)
def test_an_expert_gets_all_of_the_reward_and_the_log_tells_of_it(arguments, tmp_path):
    task = episodes("wildgym/Api-v0", seed=40, count=5, **arguments)
    (log,) = eval(task, model=model(Expert(task)), epochs=2, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    read = read_eval_log(log.location)
    (score,) = read.results.scores
    assert (score.scored_samples, score.unscored_samples) == (5, 0)
    assert score.metrics["mean"].value == 1.0
    assert sorted(sample.id for sample in read.samples) == sorted([*range(40, 45)] * 2)
    told = {}
    for sample in read.samples:
        score = sample.scores["verified"]
        assert (score.value, score.answer) == (1.0, score.metadata["status"])
        assert all(score.metadata["checks"].values())
        assert sample.metadata["variation"]["scaffold"]
        said = [m for m in sample.messages if m.role == "assistant"]
        assert {m.content[0].reasoning for m in said} == {REASON}
        assert len(said) == score.metadata["turns"]
        talk = [[m.role, m.text] for m in sample.messages]
        # Members of a group share their episode.
        assert told.setdefault(sample.id, talk) == talk


def test_a_model_that_does_nothing_gets_nothing(tmp_path):
    for policy in (
        lambda *_: spoken("Done."),
        lambda *_: spoken("", [ToolCall("a", "get_x", {}, "no JSON"), ToolCall("b", "get_y", {})]),
    ):
        task = episodes(count=2, perturbations="train", max_turns=3)
        (log,) = eval(task, model=model(policy), log_dir=str(tmp_path), display="none")
        assert log.results.scores[0].metrics["mean"].value == 0.0
        for sample in log.samples:
            assert sample.scores["verified"].metadata["turns"] == 3
            calls = [c.id for m in sample.messages for c in getattr(m, "tool_calls", None) or ()]
            assert calls == [m.tool_call_id for m in sample.messages if m.role == "tool"]


def test_an_episode_that_a_limit_cuts_off_gets_nothing(tmp_path):
    task = episodes(seed=40, count=2)
    limits = {"message_limit": 4, "log_dir": str(tmp_path), "display": "none"}
    (log,) = eval(task, model=model(Expert(task)), **limits)
    for sample in log.samples:
        assert (sample.limit.type, sample.scores["verified"].value) == ("message", 0.0)


def test_where_the_host_failed_the_sample_is_unscored(tmp_path, monkeypatch):
    task = episodes(count=4)
    expert, verify = Expert(task), WildEnv.verify

    def failing(env):
        if env.scenario.task == task_of_first:
            raise OSError("no space left")
        return verify(env)

    task_of_first = next(iter(expert._envs.values()))[0].scenario.task
    monkeypatch.setattr(WildEnv, "verify", failing)
    (log,) = eval(task, model=model(expert), log_dir=str(tmp_path), display="none")
    (score,) = log.results.scores
    assert score.unscored_samples >= 1
    assert score.unscored_samples + score.scored_samples == 4
    assert score.metrics["mean"].value == 1.0
    first = read_eval_log(log.location).samples[0].scores["verified"]
    assert "no space left" in first.explanation


class Idle(BaseHTTPRequestHandler):
    """An endpoint whose model only ever says the same, and that keeps what it was asked."""

    def do_POST(self):
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        message = {"role": "assistant", "content": "Done."}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        told = {"id": "1", "object": "chat.completion", "created": 1, "model": "idle"}
        body = json.dumps({**told, "choices": [choice], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def idle():
    with ThreadingHTTPServer(("127.0.0.1", 0), Idle) as server:
        server.asked = []
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def installed(folder):
    """Put the package among site-packages, beside what tells of it, as pip would."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    about = folder / f"wildgym-{project['version']}.dist-info"
    about.mkdir(parents=True)
    (folder / "wildgym").symlink_to(ROOT / ".src" / "wildgym", target_is_directory=True)
    (about / "METADATA").write_text(f"Name: wildgym\nVersion: {project['version']}\n")
    [[name, value]] = project["entry-points"]["inspect_ai"].items()
    (about / "entry_points.txt").write_text(f"[inspect_ai]\n{name} = {value}\n")
    return str(folder)


def test_the_command_line_finds_the_task_and_an_endpoint_gets_the_tools(tmp_path, idle):
    given = {"seed": 7, "count": 2, "perturbations": "all", "max_turns": 2}
    command = [sys.executable, "-m", "inspect_ai", "eval", "wildgym/episodes"]
    command += ["--model", "openai-api/idle/idle", "--display", "none"]
    command += ["--log-dir", "logs"]
    command += [word for name, value in given.items() for word in ("-T", f"{name}={value}")]
    env = {
        **os.environ,
        "PYTHONPATH": installed(tmp_path / "site-packages"),
        "IDLE_API_KEY": "none",
        "IDLE_BASE_URL": f"http://127.0.0.1:{idle.server_port}/v1",
    }
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (tmp_path / "logs").iterdir()
    assert [sample.id for sample in read_eval_log(str(path)).samples] == [7, 8]
    asked = [[named(tool) for tool in request["tools"]] for request in idle.asked]
    for row in rows("wildgym/Api-v0", [7, 8], perturbations="all", interface="chat"):
        _, info = opened(made(row), row)
        assert asked.count([named(tool) for tool in info["tools"]]) == 2
    assert len(asked) == 4


def named(tool):
    """Return what is left of a tool where a provider leaves out the finer keywords."""
    function = tool["function"]
    return function["name"], function["description"], list(function["parameters"]["properties"])


@pytest.mark.parametrize("interface", ["chat", "text"])
def test_results_become_logs_that_tell_all_that_was_said(interface, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(installed(tmp_path / "site-packages"))
    results, out = tmp_path / "results", tmp_path / "logs"
    for policy in ("expert", "noop"):
        setting = Setting("tiny", policy, interface=interface, reruns=2, limit=2)
        stage = Stage(setting)
        with opened_results(results / policy, setting) as kept:
            for planned in plan(setting):
                kept.append(asyncio.run(stage.play(local(policy), planned)))
    command = ["export", str(results), "--format", "inspect", "--out", str(out)]
    assert CliRunner().invoke(app, command).exit_code == 0
    logs = {log.eval.model: log for log in map(read_eval_log, list_eval_logs(str(out)))}
    assert set(logs) == {"expert", "noop"}
    for policy, log in logs.items():
        lines = (results / policy / "episodes.jsonl").read_text().splitlines()
        records = [json.loads(line) for line in lines]
        assert len(log.samples) == len(records)
        told = {(sample.id, sample.epoch): sample for sample in log.samples}
        for record in records:
            id = f"{record['task']}@{record['seed']}/{record['arm']}", record["rerun"] + 1
            sample = told[id]
            score = sample.scores["verified"]
            assert (score.value, score.answer) == (record["score"], record["given"])
            assert score.metadata["calls"] == record["calls"]
            assert sample.metadata["operators"] is not None
            calls = [c.function for m in sample.messages for c in getattr(m, "tool_calls", 0) or ()]
            made = [call["name"] for turn in record["transcript"] for call in turn["calls"]]
            assert calls == (made if interface == "chat" else [])
            text = [m.text for m in sample.messages]
            for said in (m["content"] or "" for m in chat(record, {})["messages"]):
                assert text.pop(0) == said
            assert not text
        mean = sum(record["score"] for record in records) / len(records)
        assert log.results.scores[0].metrics["mean"].value == pytest.approx(mean)
    assert logs["expert"].results.scores[0].metrics["mean"].value == 1.0
    again = CliRunner().invoke(app, command)
    assert (again.exit_code, "is there already" in again.output) == (2, True)


def test_the_example_of_the_docs_runs(example):
    names = {}
    exec(example, names)
    assert names["log"].status == "success"
