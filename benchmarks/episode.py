"""One episode, from its opening to a record that holds all of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from time import perf_counter
from typing import Any, cast

import gymnasium as gym

import wildgym  # noqa: F401 (registers the ids)
from wildgym.benchmarks.errors import Halted
from wildgym.benchmarks.suites import ARMS, Episode, Setting
from wildgym.envs import Trajectory, Turn, WildEnv

Record = dict[str, Any]
"""A line of `episodes.jsonl`."""

Info = Mapping[str, Any]
Act = Callable[[Any], Awaitable[Any]]
"""From an observation to an action, or to None by which an agent gives up."""

Policy = Callable[[WildEnv, Info, Episode], Act]
"""Begins an episode: from the env that was reset and its info to what acts in it."""


class Stopped(Exception):
    """The agent plays no further, which is its own failure. The message says why."""


class Unscored(Exception):
    """The episode cannot go on, which is not the agent's doing. The message says why."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an episode ended.

    Attributes:
        score: What the verifier gave; 0 if the work was not handed in.
        checks: Every check of the verifier by name, if it was asked.
        stopped: Why the work was not handed in, if it was not.
        invalid: Why the episode must not be scored, if so.
    """

    score: float = 0.0
    checks: Mapping[str, bool] | None = None
    stopped: str | None = None
    invalid: str | None = None


class Stage:
    """Where the episodes of a run are played, one at a time; each arm has an env.

    Args:
        setting: What is measured.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._env = cache(self._make)

    async def play(self, policy: Policy, episode: Episode) -> Record:
        """Play an episode, once more if that came out invalid, and return its record."""
        began = perf_counter()
        env = self._env(episode.family, episode.arm)
        info, ending = await _attempt(env, policy, episode)
        if ending.invalid is not None:
            info, ending = await _attempt(env, policy, episode)
        return {
            **asdict(episode),
            "suite": self._setting.suite,
            "policy": self._setting.policy,
            "split": self._setting.split,
            "interface": self._setting.interface,
            **asdict(ending),
            # Without an info the env was not reset, and its trajectory is an older one.
            **(_transcript(env.trajectory, info) if info else {}),
            "seconds": round(perf_counter() - began, 4),
        }

    def _make(self, family: str, arm: str) -> WildEnv:
        env = gym.make(
            f"wildgym/{family.capitalize()}-v0",
            disable_env_checker=True,
            split=self._setting.split,
            perturbations=ARMS[arm].mix,
            scaffold=ARMS[arm].scaffold or self._setting.scaffold,
            interface=self._setting.interface,
            max_turns=self._setting.max_turns,
        )
        return cast(WildEnv, env.unwrapped)


async def _attempt(env: WildEnv, policy: Policy, episode: Episode) -> tuple[Info, Ending]:
    try:
        observation, info = env.reset(seed=episode.env_seed, options={"task": episode.task})
    except Exception as fault:
        return {}, Ending(invalid=_said(fault))
    try:
        return info, await _turns(env, policy(env, info, episode), observation)
    except Halted:
        raise
    except Stopped as end:
        return info, Ending(stopped=str(end))
    except Unscored as end:
        return info, Ending(invalid=str(end))
    except Exception as fault:
        return info, Ending(stopped=f"policy failed: {_said(fault)}")


async def _turns(env: WildEnv, act: Act, observation: Any) -> Ending:
    while True:
        action = await act(observation)
        if action is None:
            raise Stopped("gave up")
        try:
            observation, _, terminated, truncated, end = env.step(action)
        except Exception as fault:
            raise Unscored(_said(fault)) from fault
        if "invalid" in end:
            raise Unscored(end["invalid"])
        if terminated or truncated:
            return Ending(end["score"], end["checks"], None if terminated else "max turns")


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"


def _transcript(trajectory: Trajectory, info: Info) -> Record:
    turns = trajectory.turns
    # In the text interface the opening tells of the tools.
    tools = {} if isinstance(trajectory.opening, str) else {"tools": info["tools"]}
    return {
        "variation": info["variation"],
        "scaffold": info["variation"]["scaffold"],
        "turns": len(turns),
        "calls": sum(len(turn.calls) for turn in turns),
        "unreadable": sum(not turn.calls for turn in turns),
        "opening": info["messages"],
        **tools,
        "transcript": [_turn(turn) for turn in turns],
    }


def _turn(turn: Turn) -> Record:
    return {
        "action": turn.action,
        "thinking": turn.thinking,
        "calls": [{"name": c.name, "arguments": c.arguments} for c in turn.calls],
        "results": [{"value": r.value, "is_error": r.is_error} for r in turn.results],
        "observation": turn.observation,
    }
