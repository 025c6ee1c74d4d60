"""Stable-Baselines3 and loops as CleanRL has them learn from our episodes."""

import json
import os
import re
import signal
from functools import partial
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv

from wildgym.benchmarks.soak import runners
from wildgym.envs.integrations.sb3 import Choices
from wildgym.envs.vector import WildVectorEnv

ID = "wildgym:wildgym/Api-v0"
BALANCE = {"tasks": "bank/balance_of_account", "interface": "chat", "max_turns": 4}
TOOLS = ("get_account", "finish")
PAGE = Path(__file__).parents[2] / "docs" / "integrations" / "sb3.md"


def make(tools=TOOLS, env_id=ID, **arguments):
    return Choices(gym.make(env_id, **{**BALANCE, **arguments}), tools=tools)


def said(message):
    function = message["tool_calls"][0]["function"]
    return function["name"], json.loads(function["arguments"])


def test_the_example_of_the_docs_learns(example):
    torch.set_num_threads(1)
    found = {}
    exec(example, found)
    assert found["before"] < 0.5
    assert found["after"] > 0.9


def test_the_second_example_of_the_docs_runs():
    found = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1], found)
    assert found["observations"].shape == (8, 512)
    found["envs"].close()


@pytest.mark.parametrize("arguments", [{}, {"tasks": "*", "perturbations": "all"}])
def test_it_is_an_env_as_stable_baselines_wants_one(arguments):
    check_env(make(None if arguments else TOOLS, **arguments))


def test_what_an_expert_does_is_among_the_choices_and_is_rewarded():
    env = make(("find_payees", "finish"), tasks="bank/iban_of_payee")
    playing = env.unwrapped
    for seed in range(10):
        env.reset(seed=seed)
        expert, seen, rewards, over = playing.expert(), playing.trajectory.opening, [], False
        while not over:
            wanted = said(expert(seen))
            (action, *_) = [n for n in range(env.action_space.n) if said(env.message(n)) == wanted]
            _, reward, over, _, _ = env.step(action)
            seen = playing.trajectory.turns[-1].observation
            rewards.append(reward)
        assert sum(rewards) == 1.0
    env.reset(seed=0)
    assert env.step(env.action_space.n - 1)[1:3] == (0.0, True)  # hands in what is no IBAN


def within(value, text):
    """Say whether a text shows a value, quoted or not; a number however it is written."""
    if isinstance(value, int | float):
        numbers = {float(found) for found in re.findall(r"\d+(?:\.\d+)?", text)}
        return abs(value) in numbers | {float("true" in text)}
    if isinstance(value, list):
        return all(within(one, text) for one in value)
    escaped = [json.dumps(value, ensure_ascii=ascii)[1:-1] for ascii in (False, True)]
    return any(form in text for form in (value, *escaped))


def test_choices_know_only_what_was_shown():
    env = make(None, tasks="*", perturbations="all", max_turns=6)
    for seed in range(30):
        _, info = env.reset(seed=seed)
        offered = {tool["function"]["name"]: tool["function"] for tool in info["tools"]}
        shown, turn, over = info["messages"][-1]["content"], 0, False
        while not over:
            for n in range(env.action_space.n):
                name, given = said(env.message(n))
                enums = json.dumps(offered[name]["parameters"])
                for value in given.values():
                    assert value == "" or within(value, shown) or within(value, enums)
            *_, terminated, truncated, _ = env.step((seed * 37 + turn * 11) % env.action_space.n)
            over, turn = terminated or truncated, turn + 1
            shown = env.unwrapped.trajectory.turns[-1].observation[-1]["content"]


def played(envs, seed):
    envs.seed(seed)
    seen = [envs.reset()]
    for step in range(12):
        observations, rewards, dones, infos = envs.step(np.arange(4) + step)
        seen += [observations, rewards, dones, [sorted(info) for info in infos]]
    envs.close()
    return repr([np.asarray(one).tolist() if not isinstance(one, list) else one for one in seen])


def test_seeds_travel_and_processes_give_the_same():
    here, again, other = (played(DummyVecEnv([make] * 4), seed) for seed in (3, 3, 4))
    assert here == again != other
    assert played(SubprocVecEnv([make] * 4), 3) == here
    envs = DummyVecEnv([make] * 4)
    envs.seed(3)
    assert (envs.reset()[1] == make().reset(seed=4)[0]).all()
    envs.set_options([{"task_seed": 9}] * 4)  # a group: one task
    assert len({row.tobytes() for row in envs.reset()}) == 1


def test_a_model_plays_perturbed_episodes_whose_tools_have_other_names():
    envs = DummyVecEnv([partial(make, None, tasks="*", perturbations="all")] * 2)
    model = PPO("MlpPolicy", envs, n_steps=64, seed=0).learn(128)
    assert model.num_timesteps == 128
    assert all(torch.isfinite(weights).all() for weights in model.policy.parameters())


def test_an_episode_that_the_host_spoilt_says_so_and_earns_nothing():
    files = partial(
        make, None, "wildgym:wildgym/Files-v0", tasks="*", sandbox="bubblewrap", max_turns=9
    )
    envs = DummyVecEnv([files])
    envs.reset()
    env = envs.envs[0]
    run = next(n for n in range(env.action_space.n) if said(env.message(n))[0] == "run_command")
    envs.step([run])
    for pid in runners():
        os.kill(pid, signal.SIGKILL)
    _, rewards, dones, infos = envs.step([run])
    assert (rewards[0], dones[0]) == (0.0, True)
    assert "SandboxLost" in infos[0]["invalid"]


BUILDS = {
    "sync": partial(gym.make_vec, ID, 8, "sync", wrappers=[partial(Choices, tools=TOOLS)]),
    "async": partial(gym.make_vec, ID, 8, "async", wrappers=[partial(Choices, tools=TOOLS)]),
    "own": lambda **arguments: WildVectorEnv(partial(make, **arguments), 8),
}


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_a_loop_as_clean_rl_has_it_learns_the_same_in_every_vector_env(build):
    """REINFORCE with a baseline, which only reads `observations, rewards, terminations`."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    envs = build(**BALANCE)
    policy = torch.nn.Linear(512, 16)
    optimizer = torch.optim.Adam(policy.parameters(), lr=0.02)
    observations, _ = envs.reset(seed=0)
    earned = []
    for _ in range(60):
        chances, rewards, ends = [], [], []
        for _ in range(24):
            choice = torch.distributions.Categorical(
                logits=policy(torch.tensor(np.stack(observations)))
            )
            actions = choice.sample()
            observations, reward, terminated, truncated, _ = envs.step(actions.numpy())
            chances.append(choice.log_prob(actions))
            rewards.append(torch.tensor(reward, dtype=torch.float32))
            ends.append(torch.tensor(terminated | truncated))
        returns, to_go = [], torch.zeros(8)
        for reward, end in zip(reversed(rewards), reversed(ends), strict=True):
            to_go = reward + 0.9 * to_go * ~end
            returns.append(to_go)
        returns = torch.stack(returns[::-1])
        loss = -(torch.stack(chances) * (returns - returns.mean())).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        earned.append(float(torch.stack(rewards).sum() / max(1, torch.stack(ends).sum())))
    envs.close()
    assert np.mean(earned[-5:]) > 0.6 > 0.2 > np.mean(earned[:3])


def test_another_interface_is_refused():
    with pytest.raises(ValueError, match='interface="chat"'):
        Choices(gym.make(ID))
    with pytest.raises(ValueError, match="this episode has none of"):
        make(("fly",)).reset(seed=0)
