"""OpenEnv's own clients play our episodes over a real server, and its harness in this process."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from openenv.core import GenericEnvClient, MCPToolClient
from openenv.core.env_server.mcp_types import (
    RESERVED_TOOL_NAMES,
    CallToolAction,
    CallToolObservation,
)
from openenv.core.harness import HarnessRunLimits, MCPHarnessAdapter, ModelStepResult
from openenv.core.llm_client import LLMResponse
from openenv.core.llm_client import ToolCall as Called

from wildgym.envs.integrations.openenv import Episodes, Sessions, app
from wildgym.envs.integrations.row import made, opened, row

HARD = {"perturbations": "all"}


@contextmanager
def serving(**arguments):
    """Serve on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(app(**arguments), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def text():
    with serving(**HARD, scaffold="random") as url:
        yield url


@pytest.fixture(scope="module")
def chat():
    with serving(**HARD, interface="chat") as url:
        yield url


def twin(row, **fixed):
    """Open the same episode here, for its expert."""
    env = made(row, **fixed)
    observation, _ = opened(env, row)
    return env.expert(), observation


def finished(client, seen):
    """Play the expert of a text client's episode to the end."""
    act, _ = twin(client.state()["row"], interface="text")
    shown = seen.observation["text"]
    while not seen.done:
        seen = client.step({"text": act(shown)})
        shown = seen.observation["text"]
    return seen


def test_an_expert_gets_all_of_the_reward_and_nothing_done_gets_none(text):
    with GenericEnvClient(base_url=text).sync() as client:
        for seed in range(8):
            seen = client.reset(seed=seed)
            assert (seen.reward, seen.done) == (None, False)
            assert [m["role"] for m in seen.observation["messages"]] == ["system", "user"]
            seen = finished(client, seen)
            assert seen.reward == client.state()["reward"] == 1.0
            assert seen.metadata["score"] == 1.0
        client.reset(seed=0, max_turns=3)
        rewards = [client.step({"text": "no call at all"}).reward for _ in range(3)]
        assert rewards == [0.0] * 3
        assert client.state()["done"]
        with pytest.raises(RuntimeError, match="reset"):
            client.step({"text": "more"})
        with pytest.raises(RuntimeError, match="no scaffold 'hermess'"):
            client.reset(seed=0, scaffold="hermess")
        with pytest.raises(RuntimeError, match="wildgym/"):
            client.reset(row={"env_id": "os:Env", "seed": 1})


def test_sessions_at_a_time_are_apart_and_equal_seeds_are_equal(text):
    async def play():
        clients = [GenericEnvClient(base_url=text) for _ in range(4)]
        for client in clients:
            await client.connect()
        firsts = await asyncio.gather(*[c.reset(seed=n // 2) for n, c in enumerate(clients)])
        told = [first.observation["text"] for first in firsts]
        assert told[0] == told[1] != told[2] == told[3]

        async def to_the_end(n, client):
            state, seen = await client.state(), firsts[n]
            act, _ = twin(state["row"], interface="text")
            shown = []
            while not seen.done:
                seen = await client.step({"text": act(seen.observation["text"])})
                shown.append(seen.observation["text"])
            return seen.reward, shown

        await clients[3].step({"text": "what another session does changes nothing"})
        played = await asyncio.gather(*[to_the_end(n, c) for n, c in enumerate(clients[:3])])
        assert [reward for reward, _ in played] == [1.0] * 3
        assert played[0] == played[1] != played[2]
        assert (await clients[3].state())["step_count"] == 1
        for client in clients:
            await client.close()

    asyncio.run(play())


def test_tasks_are_rows(text):
    def asked(path, **body):
        return httpx.post(f"{text}/Api-v0/{path}", json=body)

    assert [s["name"] for s in httpx.get(f"{text}/Api-v0/splits").json()] == ["train", "test"]
    assert asked("num_tasks", split="test").json() == {"num_tasks": 1000}
    assert asked("task", split="test", index=1000).status_code == 400
    listed = asked("tasks", split="test").json()["tasks"]
    assert len(listed) == 1000
    assert listed[5] == asked("task", split="test", index=5).json()["task"]
    assert listed[5:7] == asked("task_range", split="test", start=5, stop=7).json()["tasks"]
    with GenericEnvClient(base_url=text).sync() as client:
        by_index = client.reset(split="test", index=5)
        assert client.reset(row=listed[5]).observation == by_index.observation
        assert twin(listed[5])[1] == by_index.observation["text"]
        task = client.state()["task_id"]
        again = client.reset(split="test", index=5, seed=9)
        assert client.state()["task_id"] == task
        assert again.observation != by_index.observation
        assert finished(client, again).reward == 1.0


async def called(client, function):
    name, arguments = function["name"], json.loads(function["arguments"])
    if "name" in arguments:  # `call_tool` has an argument of that name itself
        action = CallToolAction(tool_name=name, arguments=arguments)
        return (await client.step(action)).observation
    return CallToolObservation(**await client.call_tool(name, **arguments))


def test_tools_are_those_of_the_episode(chat):
    async def play():
        named = set()
        async with MCPToolClient(base_url=chat) as client:
            for seed in range(6):
                seen = await client.reset(seed=seed)
                row = {"env_id": "wildgym/Api-v0", "seed": seed, "arguments": HARD}
                env = made(row, interface="chat")
                shown, info = opened(env, row)
                assert seen.observation.messages == shown
                tools = await client.list_tools(use_cache=False)
                functions = [tool["function"] for tool in info["tools"]]
                assert [(t.name, t.input_schema) for t in tools] == [
                    (f["name"], f["parameters"]) for f in functions
                ]
                named.add(tuple(t.name for t in tools))
                act, done = env.expert(), False
                while not done:
                    call = act(shown)["tool_calls"][0]
                    seen = await called(client, call["function"])
                    shown, done = [{"role": "tool", "content": seen.result}], seen.done
                assert seen.reward == 1.0
        assert len(named) > 3

    asyncio.run(play())


def test_what_was_thought_is_kept():
    episodes = Episodes(interface="chat")
    episodes.reset(seed=1)
    thinking = {"reasoning_content": "First look.", "other": 1}
    episodes.step(CallToolAction(tool_name="finish", metadata=thinking))
    turn = episodes._env.trajectory.turns[0]
    assert turn.action["reasoning_content"] == turn.thinking == "First look."
    assert "other" not in turn.action


def test_an_episode_in_which_the_host_failed_is_unscored(text, monkeypatch):
    def broken(env):
        raise OSError("the disk is full")

    with GenericEnvClient(base_url=text).sync() as client:
        seen = client.reset(seed=3)
        monkeypatch.setattr("wildgym.envs.env.WildEnv.verify", broken)
        seen = finished(client, seen)
        assert (seen.reward, seen.done) == (None, True)
        assert seen.metadata["invalid"] == "OSError: the disk is full"
        assert client.state()["reward"] is None


def test_the_harness_of_openenv_plays_sessions():
    factory = Sessions(**HARD)
    limits = HarnessRunLimits(max_turns=60)
    for seed in range(12):
        session = factory.create(None, seed=seed)
        assert {tool.name for tool in session.list_tools()}.isdisjoint(RESERVED_TOOL_NAMES)
        act, shown = session._episode._env.expert(), session.initial_messages()

        def sample(messages, tools, sampling, act=act, shown=shown):
            call = act(messages[-1:] if len(messages) > 2 else shown)["tool_calls"][0]
            function = call["function"]
            called = Called(call["id"], function["name"], json.loads(function["arguments"]))
            return ModelStepResult(LLMResponse("", [called]))

        played = MCPHarnessAdapter().run_white_box(sample, session, limits)
        verdict = session.verify(played.messages)
        assert (verdict.env_reward, verdict.done, played.done) == (1.0, True, True)
        session.close()
    again = factory.create(row("wildgym/Api-v0", 5, **HARD))
    assert again.initial_messages() == factory.create(None, seed=5).initial_messages()
    assert again.verify([]).env_reward == 0.0


def test_the_command_serves_what_its_options_say():
    options = "--openenv --port 0 --family files --interface chat --perturbations all --split test"
    command = [sys.executable, "-m", "wildgym.benchmarks", "serve", *options.split()]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        url = re.search(r"http://127.0.0.1:\d+", process.stderr.readline())[0]
        with GenericEnvClient(base_url=url).sync() as client:
            client.reset(seed=2)
            row = client.state()["row"]
            assert row["env_id"] == "wildgym/Files-v0"
            assert row["arguments"]["split"] == "test"
            listed = client.step({"type": "list_tools"}).observation["tools"]
            assert len(listed) > 3
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--perturbations nonsense", "nonsense"),
        ("--family nope", "nope"),
        ("--interface voice", "voice"),
    ],
)
def test_the_command_says_in_a_line_what_is_wrong(options, said):
    command = [sys.executable, "-m", "wildgym.benchmarks", "serve", "--openenv", *options.split()]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_example_of_the_docs_runs(example):
    names = {}
    exec(example, names)
    assert names["seen"].reward in (0.0, None)
