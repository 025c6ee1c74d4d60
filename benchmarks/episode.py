"""One episode, from its opening to a record that holds all of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from time import perf_counter
from typing import Any, TypeVar, cast

import gymnasium as gym

import wildgym  # noqa: F401 (registers the ids)
from wildgym.benchmarks.errors import Halted
from wildgym.benchmarks.suites import ARMS, Episode, Setting
from wildgym.envs import Trajectory, Turn, WildEnv
from wildgym.envs.trajectory import Exchange, Passage
from wildgym.tools import ToolCall, ToolResult

T = TypeVar("T")

Record = dict[str, Any]
"""A line of `episodes.jsonl`."""

Info = Mapping[str, Any]
Act = Callable[[Any], Awaitable[Any]]
"""From an observation to an action, or to None by which an agent gives up.

It may have a `usage`: a mapping of what the episode has cost so far.
"""

Policy = Callable[[WildEnv, Info, Episode], Act]
"""Begins an episode: from the env that was reset and its info to what acts in it."""

Aside = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Does a piece of the host's work, so that others need not wait for it."""


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
        given: The status that the work was handed in with, if it was.
        lures: For each that was set, whether it was followed.
        collateral: How many changes nobody asked for, where tables are judged.
        duplicates: How many of these were a write that was done twice.
        stopped: Why the work was not handed in, if it was not.
        invalid: Why the episode must not be scored, if so.
    """

    score: float = 0.0
    checks: Mapping[str, bool] | None = None
    given: str | None = None
    lures: Mapping[str, bool] = field(default_factory=dict)
    collateral: int | None = None
    duplicates: int | None = None
    stopped: str | None = None
    invalid: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """An episode that was played, however it went.

    Attributes:
        info: What `reset` gave; empty if it gave nothing.
        ending: How it ended.
        usage: What it cost, as the policy counts it.
    """

    info: Info
    ending: Ending
    usage: Mapping[str, float] = field(default_factory=dict)


async def at_once(work: Callable[[], T]) -> T:
    """Do a piece of work here and now."""
    return work()


class Stage:
    """Where the episodes of a run are played, one at a time; each arm has an env.

    Args:
        setting: What is measured.
        aside: Does what the envs have to do.
    """

    def __init__(self, setting: Setting, aside: Aside = at_once) -> None:
        self._setting = setting
        self._aside = aside
        self.env = cache(self._make)

    async def play(self, policy: Policy, episode: Episode) -> Record:
        """Play an episode, once more if that came out invalid, and return its record."""
        began = perf_counter()
        env = self.env(episode.family, episode.arm)
        attempt = await self._attempt(env, policy, episode)
        if attempt.ending.invalid is not None:
            attempt = await self._attempt(env, policy, episode)
        record = {
            **asdict(episode),
            "suite": self._setting.suite,
            "policy": self._setting.policy,
            "split": self._setting.split,
            "interface": self._setting.interface,
            **asdict(attempt.ending),
            "usage": attempt.usage,
            # Without an info the env was not reset, and its trajectory is an older one.
            **(transcript(env.trajectory, attempt.info) if attempt.info else {}),
            "seconds": round(perf_counter() - began, 4),
        }
        return {**record, **(await self._par(record, episode))}

    async def _attempt(self, env: WildEnv, policy: Policy, episode: Episode) -> "Attempt":
        options = {"task": episode.task}
        try:
            observation, info = await self._aside(
                lambda: env.reset(seed=episode.env_seed, options=options)
            )
        except Exception as fault:
            return Attempt({}, Ending(invalid=_said(fault)))
        act = None
        try:
            act = policy(env, info, episode)
            ending = await self._turns(env, act, observation)
        except Halted:
            raise
        except Stopped as end:
            ending = Ending(stopped=str(end))
        except Unscored as end:
            ending = Ending(invalid=str(end))
        except Exception as fault:
            ending = Ending(stopped=f"policy failed: {_said(fault)}")
        return Attempt(info, ending, dict(getattr(act, "usage", {})))

    async def _turns(self, env: WildEnv, act: Act, observation: Any) -> Ending:
        while True:
            action = await act(observation)
            if action is None:
                raise Stopped("gave up")
            try:
                observation, _, terminated, truncated, end = await self._aside(
                    partial(env.step, action)
                )
            except Exception as fault:
                raise Unscored(_said(fault)) from fault
            if "invalid" in end:
                raise Unscored(end["invalid"])
            if terminated or truncated:
                return Ending(
                    end["score"],
                    end["checks"],
                    end["status"],
                    end.get("lures", {}),
                    end.get("collateral"),
                    end.get("duplicates"),
                    None if terminated else "max turns",
                )

    async def _par(self, record: Record, episode: Episode) -> Record:
        """Return what an expert needs for the same episode, and how it hands in the work."""
        if self._setting.policy == "expert":
            return {"expert_calls": record.get("calls"), "right": record["given"]}
        env = self.env(episode.family, episode.arm)
        par: Record = await self._aside(partial(_expert, env, episode))
        return par

    def _make(self, family: str, arm: str) -> WildEnv:
        env = gym.make(
            f"wildgym/{family.capitalize()}-v0",
            disable_env_checker=True,
            split=self._setting.split,
            perturbations=ARMS[arm].mix,
            scaffold=ARMS[arm].scaffold or self._setting.scaffold,
            interface=self._setting.interface,
            max_turns=self._setting.max_turns,
            trace=True,
        )
        return cast(WildEnv, env.unwrapped)


def _expert(env: WildEnv, episode: Episode) -> Record:
    """Let the expert play an episode."""
    try:
        observation, _ = env.reset(seed=episode.env_seed, options={"task": episode.task})
        policy, end = env.expert(), dict[str, Any]()
        while not end:
            observation, _, _, _, end = env.step(policy(observation))
    except Exception:
        # It only gives a measure: without it, the episode stands as it is.
        return {"expert_calls": None, "right": None}
    calls = sum(len(turn.calls) for turn in env.trajectory.turns)
    return {"expert_calls": calls, "right": end.get("status")}


def _said(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"


def transcript(trajectory: Trajectory, info: Info) -> Record:
    """Return what a record tells of an episode that was reset with `info`."""
    turns = trajectory.turns
    # In the text interface the opening tells of the tools.
    tools = {} if isinstance(trajectory.opening, str) else {"tools": info["tools"]}
    return {
        "variation": info["variation"],
        "scaffold": info["variation"]["scaffold"],
        "acted": sorted({name for turn in turns for p in turn.passages for name in p.acted}),
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
        "calls": [_call(call) for call in turn.calls],
        "results": [_result(result) for result in turn.results],
        "observation": turn.observation,
        "passages": [_passage(passage) for passage in turn.passages],
    }


def _passage(passage: Passage) -> Record:
    true = [_exchange(exchange) for exchange in passage.true]
    return {"call": _call(passage.call), "true": true, "acted": list(passage.acted)}


def _exchange(exchange: Exchange) -> Record:
    return {**_call(exchange.call), **_result(exchange.result)}


def _call(call: ToolCall) -> Record:
    return {"name": call.name, "arguments": call.arguments}


def _result(result: ToolResult) -> Record:
    return {"value": result.value, "is_error": result.is_error}
