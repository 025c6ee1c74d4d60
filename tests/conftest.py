"""What several tests share: playing an episode."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

from wildgym.envs import Expert, WildEnv
from wildgym.envs.expert import solve
from wildgym.perturbations.witness import watched

# CI tries the same examples on every run; on a developer's machine every run tries new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

Played = tuple[float, dict[str, Any]]


def play_episode(
    env: WildEnv, seed: int, blind_to: Any = (), watch: str = "", **options: Any
) -> Played:
    """Let the expert play, or a twin that is blind; return the sum of rewards and the last info.

    With an operator to watch, the info says whether that one acts.
    """
    observation, _ = env.reset(seed=seed, options=options or None)
    policy = env.expert(blind_to)
    if watch:
        scenario, witness = watched(env.scenario, watch)
        policy = Expert(
            solve(scenario, blind_to),
            lambda calls: env._scaffold.act(calls, env._specs),
            env._scaffold.read,
        )
    total, over, info, said = 0.0, False, {}, []
    while not over:
        action = policy(observation)
        said.append(action)
        observation, reward, terminated, truncated, info = env.step(action)
        total += reward
        over = terminated or truncated
        if blind_to and said[-3:] == [action] * 3:
            break
    return total, info | {"acts": witness.acts} if watch else info


@pytest.fixture(scope="session")
def play() -> Callable[..., Played]:
    return play_episode
