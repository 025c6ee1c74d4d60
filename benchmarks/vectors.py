"""What a second Ray worker brings: `python -m wildgym.benchmarks.vectors`.

Needs `pip install 'wildgym[bench,ray]'`. An expert's actions are recorded first, so that what is
timed is the envs alone and what it takes to reach them: steps, resets, verdicts, and every
observation on its way back.
"""

import os
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import ray
from rich.console import Console
from rich.table import Table

from wildgym.envs.ray import RayVectorEnv
from wildgym.perturbations.factory import make_vec

_SHAPES = {"api": (256, 20), "files": (16, 12)}
"""Of each family: how many envs, and how many steps of each."""

_ROUNDS = 3
_MIX = "all"


def recorded(family: str, num_envs: int, steps: int) -> list[list[Any]]:
    """Return what experts do in each step of so many envs, whose episodes follow each other."""
    envs = make_vec(family, num_envs, perturbations=_MIX)
    observations, _ = envs.reset(seed=0)
    experts = [env.expert() for env in envs.envs]
    done, played = [False] * num_envs, []
    for _ in range(steps):
        # In the step after an episode's end the action is ignored, and the next one opens.
        late = done
        actions = ["" if late[i] else experts[i](observations[i]) for i in range(num_envs)]
        observations, _, terminated, truncated, _ = envs.step(actions)
        done = list(terminated | truncated)
        for i in range(num_envs):
            if late[i]:
                experts[i] = envs.envs[i].expert()
        played.append(actions)
    envs.close()
    return played


def steps_per_second(envs: Any, played: Sequence[Sequence[Any]]) -> float:
    """Play what was recorded; return how many steps of one env that is in a second."""
    # Once before, since sandboxes are started by the first episodes that need them.
    for actions in (None, *played):
        envs.reset(seed=0) if actions is None else envs.step(actions)
    envs.reset(seed=0)
    began = perf_counter()
    for actions in played:
        envs.step(actions)
    return float(len(played) * envs.num_envs / (perf_counter() - began))


def main() -> None:
    """Time one process, one worker and two, in turns, and print the medians."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    table = Table("family", "envs", "in process", "one worker", "two workers", "two over one")
    for family, (num_envs, steps) in _SHAPES.items():
        played = recorded(family, num_envs, steps)
        env_id = f"wildgym/{family.capitalize()}-v0"
        ways: dict[str, Callable[[], Any]] = {
            "own": partial(make_vec, family, num_envs, perturbations=_MIX),
            "one": partial(RayVectorEnv, env_id, num_envs, 1, perturbations=_MIX),
            "two": partial(RayVectorEnv, env_id, num_envs, 2, perturbations=_MIX),
        }
        found: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(_ROUNDS):
            for way, build in ways.items():
                envs = build()
                found[way].append(steps_per_second(envs, played))
                envs.close()
        medians = {way: median(times) for way, times in found.items()}
        ratio = median(b / a for a, b in zip(found["one"], found["two"], strict=True))
        rates = [f"{medians[way]:,.0f} steps/s" for way in ways]
        table.add_row(family, str(num_envs), *rates, f"{ratio:.2f}")
    Console().print(table)
    ray.shutdown()


if __name__ == "__main__":
    main()
