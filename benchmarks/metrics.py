"""Metrics: records to numbers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.errors import lacking
from wildgym.benchmarks.suites import Setting
from wildgym.perturbations import AXES

_LEVEL = 0.95
_RESAMPLES = 9999


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, and the 95 % interval that it is known to."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ArmMetrics:
    """How a policy did in an arm.

    Attributes:
        arm: Which.
        episodes: How many were scored.
        invalid: How many could not be.
        success: The share that succeeded, with Wilson's interval.
        gap: What the success differs from that in the clean arm over the same scenarios.
        calls: Tool calls per episode.
    """

    arm: str
    episodes: int
    invalid: int
    success: Estimate | None
    gap: Estimate | None
    calls: float | None


@dataclass(frozen=True, slots=True)
class OperatorMetrics:
    """How a policy did where a perturbation occurred, alone or among others."""

    name: str
    episodes: int
    success: float


@dataclass(frozen=True, slots=True)
class PolicyMetrics:
    """How a policy did in a suite.

    Attributes:
        setting: What was measured.
        arms: For each arm that was played, in the suite's order.
        operators: For each perturbation that occurred, the worst first.
        worst_axis: The axis on which it lost most against the clean arm, if it lost on any.
        stopped: How many episodes ended before the work was handed in, by why.
    """

    setting: Setting
    arms: Sequence[ArmMetrics]
    operators: Sequence[OperatorMetrics]
    worst_axis: str | None
    stopped: Mapping[str, int]


def statistics() -> ModuleType:
    """Return scipy's statistics; raise Misuse if it is not installed."""
    try:
        from scipy import stats
    except ImportError:
        raise lacking("scipy") from None
    return stats


def metrics(setting: Setting, records: Sequence[Record]) -> PolicyMetrics:
    """Return the metrics of a run."""
    clean = [record for record in records if record["arm"] == "clean"]
    arms = [
        _arm(arm.name, [record for record in records if record["arm"] == arm.name], clean)
        for arm in setting.arms
    ]
    lost = [(arm.gap.value, arm.arm) for arm in arms if arm.arm in AXES and arm.gap]
    worst = min(lost, default=(0.0, ""))
    reasons = [record["stopped"] for record in _scored(records) if record["stopped"]]
    return PolicyMetrics(
        setting=setting,
        arms=arms,
        operators=_operators(records),
        worst_axis=worst[1] if worst[0] < 0 else None,
        stopped=dict(Counter(reason.partition(":")[0] for reason in reasons)),
    )


def _arm(name: str, records: Sequence[Record], clean: Sequence[Record]) -> ArmMetrics:
    scored = _scored(records)
    return ArmMetrics(
        arm=name,
        episodes=len(scored),
        invalid=len(records) - len(scored),
        success=_success(scored) if scored else None,
        gap=None if name == "clean" else gap(_scored(clean), scored),
        calls=_mean([record["calls"] for record in scored]) if scored else None,
    )


def _success(scored: Sequence[Record]) -> Estimate:
    won = sum(record["score"] == 1 for record in scored)
    # Wilson's, which is of some width even where all episodes ended the same way.
    low, high = statistics().binomtest(won, len(scored)).proportion_ci(_LEVEL, "wilson")
    return Estimate(won / len(scored), float(low), float(high))


def gap(clean: Iterable[Record], scored: Iterable[Record]) -> Estimate | None:
    """Return the mean difference of scores over scenarios played in both arms, None without any.

    Its interval is by bootstrap over tasks, since the seeds of a task resemble each other.
    """
    before = {_scenario(record): record["score"] for record in clean}
    of_task: Mapping[str, list[float]] = defaultdict(list)
    for record in scored:
        if _scenario(record) in before:
            of_task[record["task"]].append(record["score"] - before[_scenario(record)])
    if not of_task:
        return None
    sums = np.array([sum(differences) for differences in of_task.values()])
    counts = np.array([len(differences) for differences in of_task.values()])
    mean = float(sums.sum() / counts.sum())
    if np.ptp(sums / counts) == 0:
        return Estimate(mean, mean, mean)
    resampled = statistics().bootstrap(
        (sums, counts),
        lambda sums, counts, axis=-1: sums.sum(axis) / counts.sum(axis),
        paired=True,
        vectorized=True,
        n_resamples=_RESAMPLES,
        confidence_level=_LEVEL,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    low, high = resampled.confidence_interval
    return Estimate(mean, float(low), float(high))


def _operators(records: Sequence[Record]) -> list[OperatorMetrics]:
    scores: Mapping[str, list[float]] = defaultdict(list)
    for record in _scored(records):
        for perturbation in record["variation"].get("perturbations", ()):
            scores[perturbation["name"]].append(record["score"])
    found = [OperatorMetrics(name, len(s), _mean(s)) for name, s in scores.items()]
    return sorted(found, key=lambda operator: (operator.success, operator.name))


def _scored(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record["invalid"] is None]


def _scenario(record: Record) -> tuple[str, str, int]:
    return record["family"], record["task"], record["seed"]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
