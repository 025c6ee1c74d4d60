"""OpenReward's own client plays our episodes over a real server."""

import json
import os
import threading
from contextlib import contextmanager

import pytest
import uvicorn
from openreward import OpenReward

from wildgym.envs.integrations.ors import serving
from wildgym.envs.integrations.row import made, opened

HARD = {"perturbations": "all"}


@contextmanager
def listening(app):
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    os.environ["OPENREWARD_SESSION_URL"] = url = f"http://127.0.0.1:{port}"
    yield url
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def environment():
    """The environment, as a client sees it."""
    with (
        listening(serving("wildgym/Api-v0", 20, **HARD)) as address,
        OpenReward(base_url=address, api_key="none") as client,
    ):
        yield client.environments.get("api")


def twin(spec):
    """Open the same episode here, for its expert."""
    env = made(spec, interface="chat")
    observation, info = opened(env, spec)
    return env.expert(), observation, info


def to_the_end(session, act, shown):
    """Play the expert, and return the last output with all that was seen."""
    seen, output = [], None
    while output is None or not output.finished:
        function = act(shown)["tool_calls"][0]["function"]
        output = session.call_tool(function["name"], json.loads(function["arguments"]))
        text = "".join(block.text for block in output.blocks)
        seen.append(text)
        shown = [{"role": "tool", "content": text}]
    return output, seen


def test_an_expert_gets_the_reward_by_the_tools_of_each_episode(environment):
    named = set()
    assert environment.num_tasks("test") == 20
    for index in range(10):
        task = environment.list_tasks("test")[index]
        act, shown, info = twin(task.task_spec)
        with environment.session(task) as session:
            messages = session.get_messages()
            assert [m.blocks[0].text for m in messages] == [m["content"] for m in shown]
            tools = session.list_tools()
            assert {t.name: t.input_schema for t in tools} == {
                t["function"]["name"]: t["function"]["parameters"] for t in info["tools"]
            }
            named.add(tuple(t.name for t in tools))
            output, _ = to_the_end(session, act, shown)
            assert (output.reward, output.finished) == (1.0, True)
            assert output.metadata["score"] == 1.0
    assert len(named) > 5


def test_a_group_shares_its_episode_and_its_sessions_are_apart(environment):
    task = environment.list_tasks("train")[3]
    act, shown, _ = twin(task.task_spec)
    again, _, _ = twin(task.task_spec)
    with environment.session(task) as one, environment.session(task) as other:
        assert one.get_messages() == other.get_messages()
        first = to_the_end(one, act, shown)
        # What one session did is unknown in the other.
        assert (to_the_end(other, again, shown))[1] == first[1]
        assert first[0].reward == 1.0


def test_a_message_without_a_call_is_the_last_and_earns_nothing(environment):
    task = environment.list_tasks("train")[0]
    with environment.session(task) as session:
        assert session.list_tools()
        assert session.is_assistant_message_final()
        output = session.call_terminal_tool("<think>Hm.</think>I have done it.")
        assert (output.reward, output.finished) == (0.0, True)


def test_what_cannot_be_called_is_answered(environment):
    task = environment.list_tasks("train")[0]
    with environment.session(task) as session:
        name = (session.list_tools())[0].name
        output = session.call_tool(name, {"no_such_argument": [1, {"a": None}]})
        assert "no_such_argument" in output.blocks[0].text
        assert not output.finished


def test_an_episode_in_which_the_host_failed_has_no_reward(environment, monkeypatch):
    def broken(env):
        raise OSError("the disk is full")

    task = environment.list_tasks("train")[1]
    act, shown, _ = twin(task.task_spec)
    with environment.session(task) as session:
        monkeypatch.setattr("wildgym.envs.env.WildEnv.verify", broken)
        output, _ = to_the_end(session, act, shown)
        assert (output.reward, output.finished) == (None, True)
        assert output.metadata["invalid"] == "OSError: the disk is full"


def test_the_example_of_the_docs_runs(example):
    names = {}
    exec(example, names)
    assert names["output"].finished is False
