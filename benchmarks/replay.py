"""A recorded episode again: its actions, turn by turn, up to where somebody else goes on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import gymnasium as gym

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.errors import Misuse
from wildgym.benchmarks.runs import EPISODES, Run, episode_key, episode_of, load
from wildgym.envs import WildEnv


@dataclass(frozen=True, slots=True)
class Replayed:
    """Where a replay has come to.

    Attributes:
        env: The env, in the state that the recorded actions led to.
        observation: What was shown last.
        end: The info at the end of the episode; empty where it goes on.
        differs: The first turn whose observation is not that of the record, 0 for the opening;
            None where all are.
        left: The first turn in which the agent did otherwise than the expert; None if it never did.
        expert: The expert, as far as it has come.
    """

    env: WildEnv
    observation: Any
    end: Mapping[str, Any]
    differs: int | None
    left: int | None
    expert: Callable[[Any], Any]


def replay(file: Path, key: str, turns: int | None, sandbox: str = "auto") -> Replayed:
    """Play the recorded actions of an episode.

    Args:
        file: The file of records, or the folder that it is in.
        key: Which episode, as TASK@SEED/ARM.
        turns: How many actions; None for all of them.
        sandbox: The name of a backend, or "auto".

    Raises:
        Misuse: There is no such record, or it has fewer turns.
        ValueError: The episode is of another version: a part of it is not known here.
        Unavailable: It needs a sandbox that cannot be had.
    """
    run, record = _found(file, key)
    transcript = record.get("transcript", ())
    if turns is not None and turns > len(transcript):
        raise Misuse(f"{key} has {len(transcript)} turns; --turn cannot be {turns}")
    episode = episode_of(record)
    made = gym.make(
        f"wildgym/{episode.family.capitalize()}-v0",
        disable_env_checker=True,
        tasks=[episode.task],
        split=record["split"],
        perturbations=record["variation"],
        interface=record["interface"],
        max_turns=run.setting.max_turns,
        render_mode="ansi",
        sandbox=sandbox,
    )
    env = cast(WildEnv, made.unwrapped)
    observation, info = env.reset(seed=episode.env_seed)
    differs = None if _plain(info["messages"]) == record["opening"] else 0
    expert, left, end = env.expert(), None, dict[str, Any]()
    for number, turn in enumerate(transcript[:turns], 1):
        if left is None and _plain(expert(observation)) != turn["action"]:
            left = number
        observation, _, _, _, end = env.step(turn["action"])
        if differs is None and _plain(observation) != turn["observation"]:
            differs = number
    return Replayed(env, observation, end, differs, left, expert)


def _found(file: Path, key: str) -> tuple[Run, Record]:
    folder = file.parent if file.name == EPISODES else file
    for run in load(folder):
        for index, record in enumerate(run.records):
            if episode_key(record) == key:
                if "variation" not in record:
                    raise Misuse(f"{key} could not be begun: {record['invalid']}")
                return run, run.whole(index)
    raise Misuse(f"{folder} holds no episode {key!r}; they are named TASK@SEED/ARM")


def _plain(value: Any) -> Any:
    """Return a value as a record has it."""
    return json.loads(json.dumps(value))
