"""Proofs of tasks that are not ours: the expert gets through, perturbed or not, a no-op not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wildgym.envs import Perturb, Task, WildEnv
from wildgym.tools import finish


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of one task.

    Attributes:
        task: Its name.
        about: What it is about.
        expert: The least score of the expert; None if there is no solution that it could play.
        perturbed: The same under perturbations.
        noop: The best score of handing in at once.
        fault: What went wrong, if anything did.
    """

    task: str
    about: str
    expert: float | None
    perturbed: float | None
    noop: float
    fault: str = ""

    @property
    def holds(self) -> bool:
        """Whether it can be solved, perturbed or not, and not by doing nothing."""
        return self.expert == self.perturbed == 1.0 and self.noop == 0.0


def proofs(
    tasks: Sequence[Task], perturb: Perturb, seeds: Sequence[int], sandbox: str = "auto"
) -> Iterator[Proof]:
    """Yield a proof of each task.

    Args:
        tasks: What is to be proven.
        perturb: What perturbs them.
        seeds: Of the episodes of each task.
        sandbox: The name of a backend, or "auto".
    """
    plain = WildEnv(tasks, sandbox=sandbox)
    perturbed = WildEnv(tasks, perturb=perturb, sandbox=sandbox)
    for task in tasks:
        noop = max(_score(plain, task.name, seed, idle=True) for seed in seeds)
        expert, fault = _least(plain, task.name, seeds)
        under, other = _least(perturbed, task.name, seeds)
        yield Proof(task.name, task.about, expert, under, noop, fault or other)


def _least(env: WildEnv, task: str, seeds: Sequence[int]) -> tuple[float | None, str]:
    """Return the least score of the expert, or why it cannot play."""
    try:
        return min(_score(env, task, seed) for seed in seeds), ""
    except Exception as error:
        # Whatever a solution raises shows that it is none.
        return None, f"{type(error).__name__}: {error}"


def _score(env: WildEnv, task: str, seed: int, *, idle: bool = False) -> float:
    observation, _ = env.reset(seed=seed, options={"task": task})
    act = env.expert()
    end: dict[str, Any] = {}
    while not end:
        action = env.written(finish(answer="")) if idle else act(observation)
        observation, _, _, _, end = env.step(action)
    if "invalid" in end:
        raise RuntimeError(end["invalid"])
    return float(end["score"])
