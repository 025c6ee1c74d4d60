"""How many episodes over folders a second: `python -m wildgym.benchmarks.workspaces`.

The expert plays whole episodes, verdict included, on tasks of both families: in one process, whose
sandboxes are warm, and in as many processes as there are cores, each with a pool of its own.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any

from rich.console import Console
from rich.table import Table

from wildgym.envs import WildEnv
from wildgym.perturbations.factory import make
from wildgym.tools.sandboxes import BACKENDS, why_not

_SMALL = "inflection/*"
_SETS = (("files", "*", 200), ("codebase", _SMALL, 40), ("codebase", "*", 60))


@dataclass(frozen=True, slots=True)
class Rate:
    """What episodes of some tasks cost.

    Attributes:
        family: Which family.
        tasks: A glob over its tasks.
        sandbox: The name of a backend.
        mix: What they are perturbed with.
        episode: Milliseconds of a whole episode, the median.
        reset: Milliseconds of its reset.
        last: Milliseconds of its last step, in which it is verified.
        turns: How many calls it takes, on average.
        alone: Episodes a second in one process.
        pooled: Episodes a second in one process for each core.
        solved: The share that was solved.
    """

    family: str
    tasks: str
    sandbox: str
    mix: str
    episode: float
    reset: float
    last: float
    turns: float
    alone: float
    pooled: float
    solved: float


def played(env: WildEnv, seed: int) -> dict[str, float]:
    """Play an episode by the expert; return what its parts took, in milliseconds."""
    began = time.perf_counter()
    observation, _ = env.reset(seed=seed)
    opened = time.perf_counter()
    policy = env.expert()
    while True:
        action = policy(observation)
        before = time.perf_counter()
        observation, reward, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            ended = time.perf_counter()
            return {
                "episode": (ended - began) * 1e3,
                "reset": (opened - began) * 1e3,
                "last": (ended - before) * 1e3,
                "turns": info["turns"],
                "reward": reward,
            }


def run(arguments: dict[str, Any], seeds: Sequence[int]) -> list[dict[str, float]]:
    """Play one episode for each seed."""
    env = make(**arguments)
    try:
        return [played(env, seed) for seed in seeds]
    finally:
        env.close()


def warmed(arguments: dict[str, Any], seeds: Sequence[int]) -> tuple[float, float]:
    """Play each seed twice; return when the second time began and ended."""
    run(arguments, seeds)
    began = time.time()
    run(arguments, seeds)
    return began, time.time()


def rate(family: str, tasks: str, count: int, sandbox: str, mix: str) -> Rate:
    """Measure one kind of episode, once everything is warm."""
    arguments = {
        "family": family,
        "tasks": tasks,
        "split": "test",
        "sandbox": sandbox,
        "perturbations": mix,
    }
    run(arguments, range(count))
    began = time.perf_counter()
    found = run(arguments, range(count))
    alone = count / (time.perf_counter() - began)
    processes = os.cpu_count() or 1
    with ProcessPoolExecutor(processes, get_context("spawn")) as executor:
        shares = [range(n * count, (n + 1) * count) for n in range(processes)]
        spans = list(executor.map(warmed, [arguments] * processes, shares))
    seconds = max(end for _, end in spans) - min(begin for begin, _ in spans)
    return Rate(
        family,
        tasks,
        sandbox,
        mix,
        statistics.median(e["episode"] for e in found),
        statistics.median(e["reset"] for e in found),
        statistics.median(e["last"] for e in found),
        statistics.mean(e["turns"] for e in found),
        alone,
        processes * count / seconds,
        statistics.mean(e["reward"] for e in found),
    )


def main() -> None:
    """Measure all backends there are, and print a table; with --json, JSON."""
    backends = [name for name in BACKENDS if not why_not(name)]
    first = [(backends[0], mix) for mix in ("none", "all")]
    others = [(name, "none") for name in backends[1:]]
    rates = [rate(*chosen, *how) for chosen in _SETS for how in (*first, *others)]
    if "--json" in sys.argv:
        print(json.dumps([asdict(found) for found in rates]))
        return
    heads = ("family", "tasks", "sandbox", "mix", "episode ms", "reset ms", "last step ms")
    table = Table(*heads, "turns", "a second", "pooled", "solved", box=None)
    for found in rates:
        words = (found.family, found.tasks, found.sandbox, found.mix)
        numbers = (found.episode, found.reset, found.last, found.turns, found.alone, found.pooled)
        table.add_row(*words, *(f"{n:.1f}" for n in numbers), f"{found.solved:.0%}")
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
