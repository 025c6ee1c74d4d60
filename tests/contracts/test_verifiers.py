"""verifiers' own command plays our episodes, against an endpoint that answers as our expert does.

Once, `uv` fetches what its chat program needs.
"""

import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from wildgym.envs.integrations.row import made, opened, row

pytestmark = pytest.mark.filterwarnings("ignore")
ROOT = Path(__file__).parents[2]
REASON = "I do what the user asks."


class Endpoint(BaseHTTPRequestHandler):
    """Chat completions, streamed: `answer` of the server says what the model writes."""

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(request)
        said = self.server.answer(request["messages"], request.get("tools", []))
        for n, call in enumerate(said.get("tool_calls", ())):
            call["index"] = n
        delta = {"reasoning_content": REASON, **said}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for choice in ({"delta": delta}, {"delta": {}, "finish_reason": "stop"}):
            chunk = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "scripted",
            }
            chunk |= {"choices": [{"index": 0, **choice}], "usage": usage}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_):
        pass


@pytest.fixture
def vf_eval(tmp_path):
    """Return a function that plays episodes by the command, and returns their traces."""

    def play(answer, *options, **taskset):
        with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
            server.answer, server.asked = answer, []
            Thread(target=server.serve_forever, daemon=True).start()
            command = [
                str(Path(sys.executable).with_name("vf-eval")),
                "wildgym-v1",
                "-m",
                "scripted",
            ]
            command += ["--client.base-url", f"http://127.0.0.1:{server.server_port}/v1"]
            command += ["--client.api-key-var", "KEY", "--env.agent.harness.id", "null"]
            command += ["--env.agent.runtime.type", "subprocess", "--no-push", *options]
            command += ["--env.agent.max-turns", "200"]
            for name, value in taskset.items():
                given = value if isinstance(value, str) else json.dumps(value)
                command += [f"--env.taskset.{name}", given]
            path = os.pathsep.join([str(ROOT / ".src"), os.environ.get("PYTHONPATH", "")])
            env = {**os.environ, "KEY": "none", "PYTHONPATH": path}
            done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
            server.shutdown()
        assert done.returncode == 0, done.stdout + done.stderr
        (path,) = tmp_path.rglob("traces.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines()], server.asked

    return play


def expert(rows):
    """Return what answers as the expert does, in whatever of these episodes it is shown."""
    envs = {}
    for one in rows:
        env = made(one)
        _, info = opened(env, one)
        envs[info["messages"][1]["content"]] = env, info

    def answer(messages, tools):
        env, info = envs[messages[1]["content"]]
        chat = not isinstance(env.trajectory.opening, str)
        assert tools == (info["tools"] if chat else [])
        # Told all again, from the beginning, a new expert says what comes next.
        act = env.expert()
        action, seen = act(env.trajectory.opening), []
        for message in [*messages[2:], {"role": "assistant"}]:
            if message["role"] != "assistant":
                seen.append(message)
            elif seen:
                action, seen = act(seen if chat else seen[0]["content"]), []
        return action if chat else {"role": "assistant", "content": action}

    return answer


def told(episode):
    """Return what was said in an episode, message by message, and what came of it."""
    (trace,) = episode["traces"]
    messages = [node["message"] for node in trace["nodes"]]
    said = [[m["role"], m.get("content"), m.get("tool_calls")] for m in messages]
    thoughts = {m["reasoning_content"] for m in messages if m["role"] == "assistant"}
    return trace, said, thoughts


@pytest.mark.parametrize(
    ("interface", "more"), [("chat", {}), ("text", {"scaffold": "random"})], ids=["tools", "text"]
)
def test_an_expert_gets_all_of_the_reward_and_a_group_shares_its_episode(vf_eval, interface, more):
    given = {"perturbations": "all", "interface": interface}
    rows = [row("wildgym/Api-v0", seed, **given, **more) for seed in (7, 8)]
    played, _ = vf_eval(
        expert(rows), "-n", "2", "-r", "2", seed=7, count=2, **given, arguments=more
    )
    assert sorted(one["task"]["data"]["row"]["seed"] for one in played) == [7, 7, 8, 8]
    groups = {}
    for one in played:
        trace, said, thoughts = told(one)
        assert (one["ok"], trace["errors"]) == (True, [])
        assert trace["rewards"] == {"verified": {"score": 1.0, "weight": 1.0}}
        assert trace["metrics"]["turns"] == sum(role == "assistant" for role, *_ in said)
        assert thoughts == {REASON}
        assert groups.setdefault(one["task"]["data"]["row"]["seed"], said) == said
    assert len(groups) == 2


def test_a_model_that_does_nothing_gets_nothing(vf_eval):
    (one,), asked = vf_eval(lambda *_: {"role": "assistant", "content": "Done."}, "-n", "1")
    trace, _, _ = told(one)
    assert one["ok"]
    assert trace["rewards"]["verified"]["score"] == 0.0
    assert len(asked) == 1


def test_where_the_host_failed_there_is_no_reward(vf_eval, tmp_path, monkeypatch):
    """Every Python that is started reads this, and so does the process that serves tools."""
    (tmp_path / "sitecustomize.py").write_text(
        "try:\n"
        "    from wildgym.envs import WildEnv\n"
        "except ImportError:\n"
        "    pass\n"
        "else:\n"
        "    def fails(env):\n"
        "        raise OSError('no space left')\n"
        "    WildEnv.verify = fails\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    one = row("wildgym/Api-v0", 7, interface="chat")
    (played,), _ = vf_eval(expert([one]), "-n", "1", seed=7)
    trace, _, _ = told(played)
    assert not played["ok"]
    assert trace["rewards"] == {"verified": None}
    assert "no space left" in trace["errors"][0]["message"]


def test_the_example_of_the_docs_runs(example):
    names = {}
    exec(example, names)
    assert [task.data.row["seed"] for task in names["tasks"]] == [0, 1, 2]
