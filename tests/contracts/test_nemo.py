"""NeMo Gym's own agent plays our episodes on our server, over HTTP, with an expert for a model."""

# python: 3.12

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
import requests
import uvicorn
from fastapi import FastAPI
from nemo_gym.base_resources_server import BaseResourcesServerConfig
from nemo_gym.config_types import BaseServerConfig
from nemo_gym.openai_utils import NeMoGymResponseCreateParamsNonStreaming
from nemo_gym.server_utils import ServerClient
from omegaconf import OmegaConf
from responses_api_agents.gymnasium_agent.app import GymnasiumAgent, GymnasiumAgentConfig

from wildgym.envs.env import WildEnv
from wildgym.envs.integrations.nemo import MAX_TURNS, WildServer, dataset
from wildgym.envs.integrations.row import made, opened
from wildgym.perturbations import lessons

PAGE = Path(__file__).parents[2] / "docs" / "integrations" / "nemo.md"
CHAT = dataset("wildgym/Api-v0", range(5), perturbations="all")
TEXT = dataset("wildgym/Api-v0", range(4), perturbations="all", scaffold="random", interface="text")


class Model:
    """A model server that replies to rows it knows as the expert does, and to others with words."""

    def __init__(self):
        self.known = {}
        self.app = FastAPI()
        self.app.post("/v1/responses")(self.respond)
        for row in [*CHAT, *TEXT]:
            self.learn(row)

    def learn(self, row):
        env = made(row)
        observation, _ = opened(env, row)
        act, turns, end = env.expert(lessons=lessons()), [], {}
        while not end:
            action = act(observation)
            observation, _, _, _, end = env.step(action)
            turns.append((action, observation))
        self.known[self._key(row["responses_create_params"])] = turns

    def respond(self, body: NeMoGymResponseCreateParamsNonStreaming):
        asked = body.model_dump(mode="json")
        turns, n = self.known.get(self._key(asked)), 0
        output = [said("I would rather not.")]
        if turns is not None:
            n = sum(item["type"] == "reasoning" for item in asked["input"])
            if n:
                assert heard(asked["input"]) == shown(turns[n - 1][1])
            output = written(turns[n][0], n)
        return {
            **{"id": f"resp_{n}", "created_at": 0.0, "model": "expert", "object": "response"},
            **{"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "output": output},
        }

    @staticmethod
    def _key(params):
        opening = [message["content"] for message in params["input"][:2]]
        return json.dumps([opening, [tool["name"] for tool in params["tools"]]])


def said(text):
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": "msg", "role": "assistant", "content": content}


def written(action, n):
    """Write an action as items of a response, with its thinking apart."""
    if isinstance(action, str):
        return [thought(f"turn {n}", n), said(action)]
    calls = [
        {"type": "function_call", "call_id": call["id"], **call["function"]}
        for call in action["tool_calls"]
    ]
    return [thought(action["content"], n), *calls]


def thought(text, n):
    return {
        "type": "reasoning",
        "id": f"rs_{n}",
        "summary": [{"type": "summary_text", "text": text}],
    }


def heard(items):
    last = items[-1]
    return last["output"] if last["type"] == "function_call_output" else last["content"]


def shown(observation):
    return observation if isinstance(observation, str) else observation[-1]["content"]


@contextmanager
def served(app):
    """Serve an app on a free port, and give its place."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", loop="asyncio"))
        thread = Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield {"host": "127.0.0.1", "port": listening.getsockname()[1]}
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def gym():
    """Serve the configuration of the docs; return how a row is run, and the server."""
    settings = OmegaConf.create(re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)[0])
    agent_settings = settings.wildgym_agent.responses_api_agents.gymnasium_agent
    client = ServerClient(
        head_server_config=BaseServerConfig(host="127.0.0.1", port=1), global_config_dict=settings
    )
    common = {"host": "127.0.0.1", "port": 0, "entrypoint": "app.py"}
    server = WildServer(
        config=BaseResourcesServerConfig(name="wildgym", **common), server_client=client
    )
    agent = GymnasiumAgent(
        config=GymnasiumAgentConfig(
            name="wildgym_agent",
            **common,
            **{k: agent_settings[k] for k in ("resources_server", "model_server", "max_steps")},
        ),
        server_client=client,
    )
    assert agent.config.max_steps >= MAX_TURNS
    environ = pytest.MonkeyPatch()
    environ.setenv("NEMO_GYM_CONFIG_DICT", OmegaConf.to_yaml(settings))
    with (
        served(server.setup_webserver()) as ours,
        served(Model().app) as model,
        served(agent.setup_webserver()) as at,
    ):
        settings.wildgym.resources_servers.wildgym.update(ours)
        settings.policy_model = {"responses_api_models": {"expert": model}}
        url = f"http://127.0.0.1:{at['port']}"

        def run(*rows):
            with ThreadPoolExecutor(8) as pool:
                replies = list(pool.map(lambda row: requests.post(f"{url}/run", json=row), rows))
            assert all(reply.ok for reply in replies), replies[0].text
            return [reply.json() for reply in replies]

        run.url, run.server = url, server
        yield run
    environ.undo()


@pytest.mark.parametrize("rows", [CHAT, TEXT])
def test_an_expert_gets_all_of_the_reward_in_every_group(gym, rows):
    first, again = gym(*rows), gym(*rows)
    for row, one, other in zip(rows, first, again, strict=True):
        assert (one["reward"], one["terminated"]) == (1.0, True)
        assert one["info"]["score"] == 1.0
        assert one["response"]["output"] == other["response"]["output"]
        opening = [message["content"] for message in one["responses_create_params"]["input"]]
        assert opening == [m["content"] for m in row["responses_create_params"]["input"]]
    assert not gym.server.session_state


def test_thinking_is_kept_and_reaches_the_episode(gym, monkeypatch):
    seen = []
    step = WildEnv.step

    def noted(self, action):
        seen.append(action)
        return step(self, action)

    monkeypatch.setattr(WildEnv, "step", noted)
    (chat,) = gym(CHAT[0])
    thoughts = [
        item["summary"][0]["text"]
        for item in chat["response"]["output"]
        if item["type"] == "reasoning"
    ]
    assert [action["reasoning_content"] for action in seen] == thoughts
    seen.clear()
    gym(TEXT[0])
    assert all(action.startswith(f"<think>turn {n}</think>") for n, action in enumerate(seen))


def test_tools_are_those_of_the_episode():
    names = {
        tuple(sorted(tool["name"] for tool in row["responses_create_params"]["tools"]))
        for row in CHAT
    }
    assert len(names) == len(CHAT)
    assert all(not row["responses_create_params"]["tools"] for row in TEXT)


def test_doing_nothing_earns_nothing_and_ends(gym):
    (row,) = dataset("wildgym/Api-v0", [77], max_turns=3)
    (played,) = gym(row)
    assert (played["reward"], played["truncated"]) == (0.0, True)
    assert len(played["response"]["output"]) == 3 + 2
    assert not gym.server.session_state


def test_a_call_that_cannot_be_read_is_answered_all_the_same(gym):
    (row,) = dataset("wildgym/Api-v0", [77])
    session = requests.Session()
    place = gym.server.server_client.global_config_dict.wildgym.resources_servers.wildgym
    url = f"http://{place.host}:{place.port}"
    assert session.post(f"{url}/step", json=stepped(row, "{}")).status_code == 409
    session.post(f"{url}/reset", json=row).raise_for_status()
    for _ in range(2):
        step = session.post(f"{url}/step", json=stepped(row, "{not json")).json()
        (output,) = step["info"]["tool_outputs"]
        assert output["call_id"] == "call_1"
        assert "format_error" in output["output"]
        assert step["observation"] is None
    assert len(gym.server.session_state) == 1
    session.post(f"{url}/close", json={}).raise_for_status()
    assert not gym.server.session_state


def stepped(row, arguments):
    name = row["responses_create_params"]["tools"][0]["name"]
    call = {"type": "function_call", "call_id": "call_1", "name": name, "arguments": arguments}
    about = {"id": "r", "created_at": 0.0, "model": "m", "object": "response", "output": [call]}
    more = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    return {**row, "response": {**about, **more}}


def test_an_invalid_episode_is_told_in_its_info_and_in_a_metric(gym, monkeypatch):
    (right,) = gym(CHAT[0])

    def fails(self):
        raise OSError("no room")

    monkeypatch.setattr(WildEnv, "verify", fails)
    (invalid,) = gym(CHAT[0])
    assert (invalid["reward"], invalid["truncated"]) == (0.0, True)
    assert "no room" in invalid["info"]["invalid"]
    collected = [
        {**r, "_ng_task_index": 0, "_ng_rollout_index": n} for n, r in enumerate((right, invalid))
    ]
    body = {"verify_responses": collected}
    metrics = requests.post(f"{gym.url}/aggregate_metrics", json=body).json()
    assert metrics["key_metrics"]["mean/invalid"] == 0.5


def test_the_example_of_the_docs_runs(example, tmp_path):
    exec(example, {})
    rows = [json.loads(line) for line in (tmp_path / "train.jsonl").read_text().splitlines()]
    assert [row["seed"] for row in rows] == list(range(100))
    for row in rows:
        NeMoGymResponseCreateParamsNonStreaming.model_validate(row["responses_create_params"])
