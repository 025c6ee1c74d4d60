"""Metrics: records to numbers. What each means is in docs/leaderboard.md."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.frozen import Arm
from wildgym.benchmarks.intervals import Estimate as Estimate
from wildgym.benchmarks.intervals import Part, ratio
from wildgym.benchmarks.intervals import statistics as statistics
from wildgym.benchmarks.measures import Overall, kind_of, overall
from wildgym.benchmarks.repeats import Scenario, Scores, changed, repeated, spread
from wildgym.benchmarks.suites import Setting
from wildgym.perturbations import AXES, REGISTRY

_ENOUGH = 5
"""Tasks. What was met on fewer can be the worst by chance."""

Losses = Mapping[str, Estimate | None]


@dataclass(frozen=True, slots=True)
class ArmMetrics:
    """How a policy did in an arm.

    Attributes:
        arm: Which.
        episodes: How many were scored.
        invalid: How many could not be.
        success: The share that succeeded.
        gap: What the success differs from that in the clean arm over the same scenarios.
        calls: Tool calls per episode.
        pass_hat: For some k, how likely k tries all succeed.
        pass_at: For the same k, how likely one of k tries succeeds.
        rerun_spread: How often two runs of the same episode end differently; None without reruns.
        changed: How often a scenario ends otherwise than in the clean arm, beyond what reruns alone
            make of it; None without reruns.
    """

    arm: str
    episodes: int
    invalid: int
    success: Estimate | None
    gap: Estimate | None
    calls: float | None
    pass_hat: Mapping[int, Estimate]
    pass_at: Mapping[int, Estimate]
    rerun_spread: Estimate | None
    changed: Estimate | None


@dataclass(frozen=True, slots=True)
class OperatorMetrics:
    """How a policy did where a perturbation occurred, alone or among others.

    Attributes:
        name: Which.
        axis: What it changes.
        kind: What it may do to information.
        episodes: How many it occurred in, of those that were scored.
        tasks: How many different tasks these were of.
        success: The share of them that succeeded.
        gap: What that differs from the clean arm over the same scenarios.
    """

    name: str
    axis: str
    kind: str
    episodes: int
    tasks: int
    success: Estimate
    gap: Estimate | None


@dataclass(frozen=True, slots=True)
class Interaction:
    """What two axes do together.

    Attributes:
        first: An axis.
        second: Another.
        excess: How much more the success drops under both than the drops under each add up to.
    """

    first: str
    second: str
    excess: Estimate


@dataclass(frozen=True, slots=True)
class PolicyMetrics:
    """How a policy did in a suite.

    Attributes:
        setting: What was measured.
        arms: For each arm that was played, in the suite's order.
        operators: For each perturbation that occurred, the worst first.
        worst_axis: The axis on which it lost most against the clean arm, if it lost on any.
        worst_operator: The perturbation under which it lost most, if it lost under any that was met
            on several tasks.
        overall: How it works.
        interactions: For each pair of axes that was played together and apart.
        stopped: How many episodes ended before the work was handed in, by why.
    """

    setting: Setting
    arms: Sequence[ArmMetrics]
    operators: Sequence[OperatorMetrics]
    worst_axis: str | None
    worst_operator: str | None
    overall: Overall
    interactions: Sequence[Interaction]
    stopped: Mapping[str, int]


def metrics(setting: Setting, records: Iterable[Record]) -> PolicyMetrics:
    """Return the metrics of a run, whatever the order of its records.

    Raises:
        Misuse: scipy is not installed.
    """
    played: dict[str, list[Record]] = {arm.name: [] for arm in setting.arms}
    for record in records:
        played[record["arm"]].append(record)
    scored = {arm: [r for r in of if r["invalid"] is None] for arm, of in played.items()}
    everything = [record for of in scored.values() for record in of]
    arms = [_arm(setting, name, len(of), scored) for name, of in played.items()]
    operators = _operators(everything, _scores(scored.get("clean", ())))
    axes: Losses = {arm.arm: arm.gap for arm in arms if arm.arm in AXES}
    tried: Losses = {
        operator.name: operator.gap for operator in operators if operator.tasks >= _ENOUGH
    }
    reasons = sorted(record["stopped"] for record in everything if record["stopped"])
    return PolicyMetrics(
        setting=setting,
        arms=arms,
        operators=operators,
        worst_axis=_worst(axes),
        worst_operator=_worst(tried),
        overall=overall(everything),
        interactions=list(_interactions(setting.arms, scored)),
        stopped=dict(Counter(reason.partition(":")[0] for reason in reasons)),
    )


def gap(clean: Iterable[Record], scored: Iterable[Record]) -> Estimate | None:
    """Return the mean difference of scores over scenarios played in both arms, None without any."""
    return ratio(_differences(_scores(clean), scored))


def _arm(
    setting: Setting, name: str, played: int, scored: Mapping[str, Sequence[Record]]
) -> ArmMetrics:
    records, clean = scored[name], scored.get("clean", ())
    own, before = _scores(records), _scores(clean)
    hat, at = repeated(setting, own)
    return ArmMetrics(
        arm=name,
        episodes=len(records),
        invalid=played - len(records),
        success=_success(records),
        gap=None if name == "clean" else gap(clean, records),
        calls=fmean(record["calls"] for record in records) if records else None,
        pass_hat=hat,
        pass_at=at,
        rerun_spread=ratio(spread(own), share=True),
        changed=None if name == "clean" else ratio(changed(before, own)),
    )


def _success(records: Iterable[Record]) -> Estimate | None:
    return ratio(((record["task"], record["score"], 1.0) for record in records), share=True)


def _scores(records: Iterable[Record]) -> Scores:
    """Return for each scenario the scores of its reruns."""
    found: dict[Scenario, list[float]] = defaultdict(list)
    for record in records:
        found[_scenario(record)].append(record["score"])
    return found


def _differences(before: Scores, scored: Iterable[Record]) -> Iterator[Part]:
    for record in scored:
        if _scenario(record) in before:
            yield record["task"], record["score"] - fmean(before[_scenario(record)]), 1.0


def _operators(records: Sequence[Record], clean: Scores) -> list[OperatorMetrics]:
    met: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for perturbation in record["variation"].get("perturbations", ()):
            met[perturbation["name"]].append(record)
    found = [_operator(name, of, clean) for name, of in met.items()]
    return sorted(found, key=lambda operator: (operator.success.value, operator.name))


def _operator(name: str, records: Sequence[Record], clean: Scores) -> OperatorMetrics:
    success = _success(records)
    assert success is not None, "it was met"
    return OperatorMetrics(
        name=name,
        axis=REGISTRY[name].axis if name in REGISTRY else "",
        kind=kind_of(name),
        episodes=len(records),
        tasks=len({record["task"] for record in records}),
        success=success,
        gap=ratio(_differences(clean, records)),
    )


def _interactions(
    arms: Iterable[Arm], scored: Mapping[str, Sequence[Record]]
) -> Iterator[Interaction]:
    for arm in arms:
        if len(arm.mixes) != 2 or not {"clean", *arm.mixes} <= scored.keys():
            continue
        first, second = arm.mixes
        clean, one, other, both = (
            _scores(scored[name]) for name in ("clean", first, second, arm.name)
        )
        shared = both.keys() & clean.keys() & one.keys() & other.keys()
        excess = ratio(
            (s[1], fmean(one[s]) + fmean(other[s]) - fmean(both[s]) - fmean(clean[s]), 1.0)
            for s in shared
        )
        if excess is not None:
            yield Interaction(first, second, excess)


def _worst(gaps: Losses) -> str | None:
    """Return what the largest loss is under, None where nothing was lost."""
    lost = [(gap.value, name) for name, gap in gaps.items() if gap is not None and gap.value < 0]
    return min(lost)[1] if lost else None


def _scenario(record: Record) -> Scenario:
    return record["family"], record["task"], record["seed"]
