"""ART gathers groups of our rollouts from an endpoint that replies as the expert does."""

# python: 3.12

import asyncio
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import art
import pytest
from art.pipeline_trainer import make_group_rollout_fn

from wildgym.envs.env import WildEnv
from wildgym.envs.integrations.art import InvalidEpisode, rollout
from wildgym.envs.integrations.row import made, opened, rows
from wildgym.perturbations import lessons

CHAT = rows("wildgym/Api-v0", range(4), perturbations="all", interface="chat")
TEXT = rows("wildgym/Api-v0", range(4), perturbations="all", scaffold="random", interface="text")
LONGEST = 200_000


def conversation(row):
    """Play the expert; return the messages, and the tools that come with them."""
    env = made(row)
    observation, info = opened(env, row)
    act, messages, end = env.expert(lessons=lessons()), list(info["messages"]), {}
    while not end:
        action = act(observation)
        observation, _, _, _, end = env.step(action)
        if isinstance(action, str):
            messages.append({"role": "assistant", "content": action})
            messages.append({"role": "user", "content": observation})
        else:
            messages += [action, *observation]
    return messages, None if isinstance(action, str) else info["tools"]


class Endpoint:
    """Replies to what it knows as the expert does, and to all else with words."""

    def __init__(self):
        self.known = {}

    def learn(self, given):
        for row in given:
            messages, tools = conversation(row)
            self.known[json.dumps([messages[:2], tools])] = messages

    def reply(self, asked):
        seen = asked["messages"]
        known = self.known.get(json.dumps([seen[:2], asked.get("tools")]))
        if known is None:
            return {"role": "assistant", "content": "I would rather not."}
        for before, now in zip(known, seen, strict=False):
            assert now["role"] == before["role"]
            assert (now["role"] == "assistant") or now == before
        message = dict(known[len(seen)])
        if "tool_calls" in message:
            message["reasoning_content"] = message.pop("content")
        return message


@pytest.fixture(scope="module")
def endpoint():
    made = Endpoint()
    made.learn([*CHAT, *TEXT])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, told = (
                200,
                {
                    **{"id": "chatcmpl-1", "object": "chat.completion", "created": 0},
                    "model": asked["model"],
                    "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
                },
            )
            if len(json.dumps(asked)) > asked.get("most", LONGEST):
                status, told = 400, {"error": {"message": "the context is too long"}}
            else:
                message = made.reply(asked)
                told["choices"] = [{"index": 0, "finish_reason": "stop", "message": message}]
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def model(endpoint):
    return art.Model(
        name="expert",
        project="wildgym",
        inference_model_name="expert",
        inference_base_url=endpoint.url,
        inference_api_key="none",
    )


@pytest.mark.parametrize("given", [CHAT, TEXT])
def test_an_expert_gets_all_of_the_reward_in_every_group(model, given):
    async def gathered():
        group = make_group_rollout_fn(rollout, n=2)
        return await art.gather_trajectory_groups([group(model, row, None) for row in given])

    groups = asyncio.run(gathered())
    assert len(groups) == len(given)
    for row, group in zip(given, groups, strict=True):
        assert [trajectory.reward for trajectory in group] == [1.0, 1.0]
        first, again = (t.chat_completions_history() for t in group)
        assert first.messages == again.messages
        for trajectory in group:
            assert trajectory.metadata["seed"] == row["seed"]
            assert json.loads(trajectory.metadata["variation"])["perturbations"]
            assert trajectory.metrics["score"] == 1.0


def test_what_was_asked_and_thought_is_kept_with_the_tools_of_the_episode(model):
    async def played():
        return [await rollout(model, row) for row in CHAT]

    names = set()
    for row, trajectory in zip(CHAT, asyncio.run(played()), strict=True):
        messages, tools = conversation(row)
        asked = [exchange.request for exchange in trajectory.exchanges.chat_completions]
        assert all(request["tools"] == tools for request in asked)
        names |= {tool["function"]["name"] for tool in tools}
        thought = [m["content"] for m in messages if m["role"] == "assistant"]
        replies = [x.response.choices[0].message for x in trajectory.exchanges.chat_completions]
        assert [reply.reasoning_content for reply in replies] == thought
        again = [m for m in asked[-1]["messages"] if m["role"] == "assistant"]
        assert [m["reasoning_content"] for m in again] == thought[:-1]
    assert len(names) > 20


def test_doing_nothing_earns_nothing(model):
    row = {**CHAT[0], "seed": 77, "arguments": {"max_turns": 3}}
    trajectory = asyncio.run(rollout(model, row))
    assert trajectory.reward == trajectory.metrics["score"] == 0.0
    assert trajectory.metrics["turns"] == 3


def test_an_episode_that_outgrows_the_context_ends(model):
    config = {"extra_body": {"most": 10_000}}
    trajectory = asyncio.run(rollout(model, CHAT[1], config))
    assert (trajectory.reward, trajectory.metrics["outgrown"]) == (0.0, 1)


def test_an_invalid_episode_is_an_exception_of_its_group(model, monkeypatch):
    def fails(self):
        raise OSError("no room")

    monkeypatch.setattr(WildEnv, "verify", fails)

    async def gathered():
        one = [rollout(model, CHAT[0]) for _ in range(2)]
        return await art.trajectory_group(one, return_exceptions=True)

    group = asyncio.run(gathered())
    assert len(group) == 0
    assert all(InvalidEpisode.__name__ in error.type for error in group.exceptions)
    assert len(group.exceptions) == 2


def test_the_example_of_the_docs_runs(example, endpoint, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    given = rows("wildgym/Api-v0", range(2), perturbations="train", interface="chat")
    endpoint.learn(given)
    names = {}
    exec(example, names)
    rewards = [[trajectory.reward for trajectory in group] for group in names["groups"]]
    assert rewards == [[1.0] * 4] * 2
