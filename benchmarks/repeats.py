"""Repeats: what several trials of the same tell, beyond how many succeeded."""

from collections.abc import Iterator, Mapping, Sequence
from math import comb
from statistics import fmean

from wildgym.benchmarks.intervals import Estimate, Part, ratio
from wildgym.benchmarks.suites import Setting

Scenario = tuple[str, str, int]
"""A family, a task of it, and a seed."""

Scores = Mapping[Scenario, Sequence[float]]
"""For each scenario the scores of its reruns."""


def repeated(setting: Setting, scores: Scores) -> tuple[dict[int, Estimate], dict[int, Estimate]]:
    """Return pass^k and pass@k: over reruns where there are, else over the seeds of a task."""
    trials: dict[object, tuple[str, list[float]]] = {}
    for (family, task, seed), of_scenario in scores.items():
        which = (family, task, seed) if setting.reruns > 1 else (family, task)
        trials.setdefault(which, (task, []))[1].extend(of_scenario)
    hat, at = dict[int, Estimate](), dict[int, Estimate]()
    k = 2
    while k <= max(setting.reruns if setting.reruns > 1 else setting.seeds, 1):
        every, some = (ratio(parts, share=True) for parts in _at_k(trials, k))
        if every is not None and some is not None:
            hat[k], at[k] = every, some
        k *= 2
    return hat, at


def spread(scores: Scores) -> Iterator[Part]:
    """Yield how often two reruns of a scenario end differently."""
    for (_, task, _), of in scores.items():
        if len(of) > 1:
            yield task, _disagreement(of), 1.0


def changed(before: Scores, after: Scores) -> Iterator[Part]:
    """Yield without bias the squared difference between the chances of success before and after."""
    for scenario, of in after.items():
        clean = before.get(scenario, ())
        if len(clean) > 1 and len(of) > 1:
            p, q = fmean(clean), fmean(of)
            unequal = p * (1 - q) + q * (1 - p)
            yield scenario[1], unequal - (_disagreement(clean) + _disagreement(of)) / 2, 1.0


def _at_k(
    trials: Mapping[object, tuple[str, Sequence[float]]], k: int
) -> tuple[list[Part], list[Part]]:
    """Return what adds to pass^k and to pass@k.

    Both are without bias: of all ways to choose k trials, the share in which all succeeded, or any.

    Args:
        trials: For each thing that was tried several times, its task and the scores.
        k: How many trials are chosen. Where there were fewer, nothing is added.
    """
    every, some = list[Part](), list[Part]()
    for task, scores in trials.values():
        ways, won = comb(len(scores), k), round(sum(scores))
        if ways:
            every.append((task, comb(won, k) / ways, 1.0))
            some.append((task, 1 - comb(len(scores) - won, k) / ways, 1.0))
    return every, some


def _disagreement(scores: Sequence[float]) -> float:
    """Return how often two of at least two trials of the same end differently."""
    count, won = len(scores), sum(scores)
    return 2 * won * (count - won) / (count * (count - 1))
