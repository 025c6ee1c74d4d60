"""Intervals: how well a number is known, by resampling the tasks that it was measured on."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from wildgym.benchmarks.errors import lacking

_LEVEL = 0.95
_RESAMPLES = 2000

Part = tuple[str, float, float]
"""What one observation adds to a ratio: its task, and what goes above and below the line."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, and the 95 % interval that it is known to."""

    value: float
    low: float
    high: float


def statistics() -> ModuleType:
    """Return scipy's statistics; raise Misuse if it is not installed."""
    try:
        from scipy import stats
    except ImportError:
        raise lacking("scipy") from None
    return stats


def by_task(parts: Iterable[Part]) -> tuple[np.ndarray, np.ndarray]:
    """Return for each task, in the order of their names, its sums above and below the line."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for task, above, below in sorted(parts):
        sums[task][0] += above
        sums[task][1] += below
    kept = np.array([sums[task] for task in sorted(sums) if sums[task][1] > 0]).reshape(-1, 2)
    return kept[:, 0], kept[:, 1]


def ratio(parts: Iterable[Part], *, share: bool = False) -> Estimate | None:
    """Return a sum over a sum, None where there is nothing below the line.

    Its interval is by bootstrap over tasks, since the episodes of a task resemble each other.

    Args:
        parts: The observations, in any order; those with nothing below the line count for nothing.
        share: Whether it is a share. One on which all tasks agree still has an interval of some
            width: Wilson's, of as many trials as there are tasks.
    """
    above, below = by_task(parts)
    if not len(above):
        return None
    value = float(above.sum() / below.sum())
    if np.ptp(above / below) == 0:
        low, high = _wilson(value, len(above)) if share else (value, value)
    else:
        low, high = _resampled(above, below)
    # Few tasks, resampled, may all lie on one side.
    return Estimate(value, min(low, value), max(high, value))


def _wilson(value: float, trials: int) -> tuple[float, float]:
    test = statistics().binomtest(round(value * trials), trials)
    low, high = test.proportion_ci(_LEVEL, "wilson")
    return float(low), float(high)


def _resampled(above: np.ndarray, below: np.ndarray) -> tuple[float, float]:
    found = statistics().bootstrap(
        (above, below),
        lambda above, below, axis=-1: above.sum(axis) / below.sum(axis),
        paired=True,
        vectorized=True,
        n_resamples=_RESAMPLES,
        confidence_level=_LEVEL,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    low, high = found.confidence_interval
    return float(low), float(high)
