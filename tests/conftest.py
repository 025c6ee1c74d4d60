"""What several tests share: playing an episode."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

from wildgym.envs import WildEnv

# CI tries the same examples on every run; on a developer's machine every run tries new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

Played = tuple[float, dict[str, Any]]


def play_episode(env: WildEnv, seed: int, blind_to: Any = (), **options: Any) -> Played:
    """Let the expert play, or a twin that is blind; return the sum of rewards and the last info."""
    observation, _ = env.reset(seed=seed, options=options or None)
    policy = env.expert(blind_to)
    total, over, info, said = 0.0, False, {}, []
    while not over:
        action = policy(observation)
        said.append(action)
        observation, reward, terminated, truncated, info = env.step(action)
        total += reward
        over = terminated or truncated
        if blind_to and said[-3:] == [action] * 3:
            break
    return total, info


@pytest.fixture(scope="session")
def play() -> Callable[..., Played]:
    return play_episode
