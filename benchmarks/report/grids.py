"""Grids: metrics as tables, and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from wildgym.benchmarks.metrics import PolicyMetrics
from wildgym.benchmarks.report.cells import MEASURES, measured, share
from wildgym.benchmarks.report.tables import Grid


def grids(policies: Sequence[PolicyMetrics], most: int | None = None) -> Iterator[Grid]:
    """Yield for each policy its arms and the perturbations it did worst under, then standings.

    Args:
        policies: What was measured.
        most: How many perturbations; None for all.
    """
    for policy in policies:
        yield _arms(policy)
        # Who never succeeds does equally badly everywhere.
        if any(operator.success.value for operator in policy.operators):
            yield _operators(policy, most)
        if policy.interactions:
            yield _interactions(policy)
    if len(policies) > 1:
        yield _standings(policies)
    yield _work(policies)


def summary(policy: PolicyMetrics) -> dict[str, Any]:
    """Return metrics as JSON."""
    return {**asdict(policy), "left_out": policy.setting.left_out}


def _arms(policy: PolicyMetrics) -> Grid:
    setting = policy.setting
    header = ("arm", "played", "success %", "gap to clean", "calls", "invalid")
    rows = [
        (
            arm.arm,
            str(arm.episodes),
            share(arm.success),
            share(arm.gap, "+"),
            "" if arm.calls is None else f"{arm.calls:.1f}",
            str(arm.invalid),
        )
        for arm in policy.arms
    ]
    notes = ["In brackets: 95 % intervals."]
    if policy.worst_axis:
        notes.append(f"Worst axis: {policy.worst_axis}.")
    if stopped := ", ".join(f"{why} {count}" for why, count in policy.stopped.items()):
        notes.append(f"Ended without handing in: {stopped}.")
    if left_out := ", ".join(setting.left_out):
        notes.append(f"Left out: {left_out}; the chat wire has one scaffold.")
    title = f"{setting.policy} on {setting.suite} ({setting.split}, {setting.interface})"
    return Grid(title, header, rows, " ".join(notes))


def _operators(policy: PolicyMetrics, most: int | None) -> Grid:
    rows = [(o.name, str(o.episodes), f"{100 * o.success.value:.1f}") for o in policy.operators]
    return Grid(
        f"{policy.setting.policy}: where a perturbation occurred, alone or among others",
        ("perturbation", "played", "success %"),
        rows[:most],
        f"{len(rows) - most} more are in the report." if most and len(rows) > most else "",
    )


def _interactions(policy: PolicyMetrics) -> Grid:
    return Grid(
        f"{policy.setting.policy}: what two axes lose together, beyond what each loses",
        ("axes", "excess"),
        [(f"{i.first} and {i.second}", share(i.excess, "+")) for i in policy.interactions],
        "Above 0: together they are worse than apart.",
    )


def _standings(policies: Sequence[PolicyMetrics]) -> Grid:
    arms = [arm.arm for arm in policies[0].arms]
    # Spaces let a narrow terminal break the names.
    header = ["policy", *(arm.replace("_", " ").replace("-", " ") for arm in arms), "worst axis"]
    success = [{arm.arm: arm.success for arm in policy.arms} for policy in policies]
    rows = [
        [
            policy.setting.policy,
            *(f"{100 * s.value:.1f}" if (s := own.get(arm)) else "" for arm in arms),
            policy.worst_axis or "",
        ]
        for policy, own in zip(policies, success, strict=True)
    ]
    return Grid("All policies: success % in each arm", header, rows)


def _work(policies: Sequence[PolicyMetrics]) -> Grid:
    told = [m for m in MEASURES if any(getattr(p.overall, m.name) for p in policies)]
    rows = [
        [policy.setting.policy, *(measured(getattr(policy.overall, m.name), m) for m in told)]
        for policy in policies
    ]
    return Grid("How they work, over all arms", ["policy", *(m.label for m in told)], rows)
