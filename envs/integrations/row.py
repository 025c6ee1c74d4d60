"""Rows: an episode as the line of a dataset, which is how most trainers hand seeds round."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import gymnasium as gym

from wildgym.envs.env import WildEnv
from wildgym.tools import Json

Row = dict[str, Any]
"""What names an episode: `env_id`, `seed`, `options` of its reset, `arguments` of `gym.make`."""

_KNOWN = ("env_id", "seed", "options", "arguments")


def row(
    env_id: str,
    seed: int,
    *,
    task: str | None = None,
    perturbation_seed: int | None = None,
    **arguments: Json,
) -> Row:
    """Return an episode as a row of JSON.

    Args:
        env_id: Such as `wildgym/Api-v0`.
        seed: Draws the task, and its perturbations where these have no seed of their own.
        task: The name of the task; None lets the seed draw it.
        perturbation_seed: Draws perturbations and scaffold; rows that differ in it alone share
            their task.
        arguments: For `gym.make`, such as `perturbations` or `scaffold`.
    """
    given = {"task": task, "perturbation_seed": perturbation_seed}
    options = {name: value for name, value in given.items() if value is not None}
    return {"env_id": env_id, "seed": seed, "options": options, "arguments": arguments}


def rows(env_id: str, seeds: Iterable[int], **arguments: Any) -> list[Row]:
    """Return a row for each seed; other arguments are as for `row`."""
    return [row(env_id, seed, **arguments) for seed in seeds]


def made(row: Mapping[str, Any], **fixed: Any) -> WildEnv:
    """Make the env of a row.

    Args:
        row: As `row` returns; trainers may have added to it.
        fixed: Arguments of `gym.make` that the adapter insists on.

    Raises:
        ValueError: The row names no env.
    """
    if "env_id" not in row or "seed" not in row:
        raise ValueError(f"a row has {', '.join(_KNOWN)}; this one has {', '.join(row)}")
    arguments = {**(row.get("arguments") or {}), **fixed}
    # Parquet fills what some rows have with None in the others.
    given = {name: value for name, value in arguments.items() if value is not None}
    return cast(WildEnv, gym.make(row["env_id"], disable_env_checker=True, **given).unwrapped)


def opened(env: WildEnv, row: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Reset an env to the episode of a row."""
    options = {k: v for k, v in (row.get("options") or {}).items() if v is not None}
    return env.reset(seed=int(row["seed"]), options=options)
