"""Atropos' own server classes play our episodes, over HTTP, and its API hands out our groups."""

import asyncio
import json
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
import uvicorn
from atroposlib.api.server import app as api
from atroposlib.envs.server_handling.server_baseline import APIServerConfig
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient

from wildgym.envs.integrations.atropos import EpisodeConfig, EpisodeEnv
from wildgym.envs.integrations.row import made, opened, row
from wildgym.envs.integrations.tokens import Chat

HARD = {"perturbations": "all", "scaffold": "random"}


def scripted(words, rows):
    """Return what an expert samples after which ids, and for each episode all of its ids."""
    chat, script, whole = Chat(words), {}, []
    for one in rows:
        env = made(one, interface="text")
        observation, info = opened(env, one)
        tokens, act, end = chat.opening(info["messages"]), env.expert(), {}
        while not end:
            action = f"<think>Hm.</think>{act(observation)}"
            ids = [*words.encode(action, add_special_tokens=False), words.eos_token_id]
            script[tuple(tokens.ids)] = ids
            tokens.sampled(ids)
            observation, _, _, _, end = env.step(action)
            if not end:
                tokens.observed(chat.observation(ids, [{"role": "user", "content": observation}]))
        whole.append(tokens)
    return script, whole


@contextmanager
def serving(script):
    """Serve as vLLM does: token ids in, token ids and their log probabilities out."""
    app = FastAPI()

    @app.get("/health")
    async def health():
        return {}

    @app.post("/generate")
    async def generate(request: dict):
        ids = script(tuple(request["prompt"]["prompt_token_ids"]))
        if ids is None:
            raise HTTPException(500, "nothing to say")
        ids = ids[: request["max_tokens"]]
        return {"logprobs": [[[{i: -i - 1.0}] for i in ids]], "finish_reasons": ["stop"]}

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/v1"
    server.should_exit = True
    thread.join()


def environment(checkpoint, url, **given):
    config = EpisodeConfig(
        tokenizer_name=checkpoint,
        use_wandb=False,
        include_messages=True,
        **{"group_size": 3, "seeds": 4, "arguments": HARD, "max_token_length": 60000, **given},
    )
    server = APIServerConfig(
        base_url=url, api_key="x", model_name=checkpoint, server_type="vllm", health_check=False
    )
    return EpisodeEnv(config, [server])


def collected(env, groups=1):
    async def play():
        await env.setup()
        items = [await env.get_next_item() for _ in range(groups)]
        return items, [(await env.collect_trajectories(item))[0] for item in items]

    return asyncio.run(play())


def test_a_group_shares_its_episode_to_the_token_and_the_expert_earns_all(checkpoint, words):
    rows = [row("wildgym/Api-v0", seed, **HARD) for seed in range(4)]
    script, whole = scripted(words, rows)
    with serving(script.get) as url:
        items, groups = collected(environment(checkpoint, url), groups=6)
    assert items == [*rows, *rows[:2]]
    for n, group in enumerate(groups):
        tokens = whole[n % 4]
        assert group["scores"] == [1.0] * 3
        assert group["tokens"] == [tokens.ids] * 3
        opening = len(tokens.prompt)
        for mask, logprobs in zip(group["masks"], group["inference_logprobs"], strict=True):
            assert mask[:opening] == [-100] * opening
            trained = [i for i in mask if i != -100]
            assert trained == [i for i, m in zip(tokens.completion, tokens.mask, strict=True) if m]
            assert [p for p in logprobs if p != 1.0] == [-i - 1.0 for i in trained]
        said = [m["content"] for m in group["messages"][0] if m["role"] == "assistant"]
        assert all(text.startswith("<think>Hm.</think>") for text in said)


def test_what_does_nothing_or_outgrows_its_tokens_earns_nothing(checkpoint, words):
    rows = [row("wildgym/Api-v0", 0, **HARD)]
    script, (tokens,) = scripted(words, rows)
    idle = [*words.encode("I would rather not."), words.eos_token_id]
    with serving(lambda _: idle) as url:
        given = {"arguments": {**HARD, "max_turns": 2}}
        _, (group,) = collected(environment(checkpoint, url, **given))
    assert group["scores"] == [0.0] * 3
    most = len(tokens.prompt) + 8
    with serving(script.get) as url:
        _, (group,) = collected(environment(checkpoint, url, max_token_length=most))
    assert group["scores"] == [0.0] * 3
    assert group["tokens"] == [tokens.ids[:most]] * 3


def test_a_group_whose_host_failed_is_left_out(checkpoint, words, monkeypatch):
    script, _ = scripted(words, [row("wildgym/Api-v0", 0, **HARD)])

    def broken(env):
        raise OSError("the disk is full")

    monkeypatch.setattr("wildgym.envs.env.WildEnv.verify", broken)
    with serving(script.get) as url:
        env = environment(checkpoint, url)
        _, groups = collected(env)
    assert groups == [None]
    assert env._invalid == 6


def test_a_server_without_token_ids_is_refused(checkpoint):
    server = APIServerConfig(base_url="http://127.0.0.1:1/v1", api_key="x", server_type="openai")
    env = EpisodeEnv(EpisodeConfig(tokenizer_name=checkpoint, use_wandb=False), [server])
    with pytest.raises(ValueError, match="token ids"):
        asyncio.run(env.setup())


def test_the_api_of_atropos_hands_out_our_groups(checkpoint, words):
    rows = [row("wildgym/Api-v0", seed, **HARD) for seed in range(2)]
    script, whole = scripted(words, rows)
    with serving(script.get) as url:
        _, groups = collected(environment(checkpoint, url, seeds=2), groups=2)
    with TestClient(api) as client:
        client.post(
            "/register",
            json={
                **{"wandb_group": "", "wandb_project": "", "batch_size": 6, "starting_step": 0},
                **{"max_token_len": 60000, "checkpoint_dir": "", "save_checkpoint_interval": 0},
                "num_steps": 1,
            },
        )
        assert client.get("/batch").json()["batch"] is None
        for group in groups:
            sent = {k: v for k, v in group.items() if k != "messages"}
            assert client.post("/scored_data", json=sent).status_code == 200
        batch = client.get("/batch").json()["batch"]
    assert [group["tokens"][0] for group in batch] == [tokens.ids for tokens in whole]
    assert [group["scores"] for group in batch] == [[1.0] * 3] * 2


def test_the_command_line_writes_groups(checkpoint, words, tmp_path):
    arguments = {"perturbations": "train"}
    script, whole = scripted(words, [row("wildgym/Api-v0", n, **arguments) for n in range(2)])
    options = {
        **{"env.tokenizer_name": checkpoint, "env.group_size": "2", "env.total_steps": "2"},
        **{"env.use_wandb": "false", "env.data_path_to_save_groups": str(tmp_path / "g.jsonl")},
        **{"env.arguments": json.dumps(arguments), "openai.model_name": checkpoint},
    }
    with serving(script.get) as url:
        options["openai.base_url"] = url
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        module = "wildgym.envs.integrations.atropos"
        subprocess.run([sys.executable, "-m", module, "process", *given], check=True)
    groups = [json.loads(line) for line in (tmp_path / "g.jsonl").read_text().splitlines()]
    assert [group["scores"] for group in groups] == [[1.0] * 2] * 2
    assert [group["tokens"][0] for group in groups] == [tokens.ids for tokens in whole]


def test_the_example_of_the_docs_runs(example, checkpoint, words, monkeypatch):
    monkeypatch.setenv("CHECKPOINT", checkpoint)
    script, _ = scripted(words, [row("wildgym/Api-v0", 0, perturbations="train")])
    with serving(script.get) as url:
        monkeypatch.setenv("SERVER", url)
        names = {}
        exec(example, names)
    assert names["group"]["scores"] == [1.0] * 4
