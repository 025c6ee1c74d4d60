"""Reports: metrics as tables for a terminal, as Markdown, and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wildgym.benchmarks.metrics import Estimate, PolicyMetrics

_WIDE = 200


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, whatever it is written as.

    Attributes:
        title: What stands above it.
        header: The names of the columns.
        rows: Cells.
        note: What stands below it.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


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
    if len(policies) > 1:
        yield _standings(policies)


def show(grids: Iterable[Grid]) -> None:
    """Print tables to stdout."""
    console = Console()
    if not console.is_terminal:
        # A pipe has no width to fit into.
        console = Console(width=_WIDE)
    for grid in grids:
        console.print(f"\n[bold]{escape(grid.title)}[/bold]" if grid.title else "")
        table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        for name, numeric in zip(grid.header, _numeric(grid), strict=True):
            table.add_column(name, justify="right" if numeric else "left")
        for row in grid.rows:
            table.add_row(*map(escape, row))
        console.print(table)
        if grid.note:
            console.print(escape(grid.note))


def markdown(grids: Iterable[Grid]) -> str:
    """Return tables as Markdown."""
    return "\n".join(_markdown(grid) for grid in grids)


def summary(policy: PolicyMetrics) -> dict[str, Any]:
    """Return metrics as JSON."""
    return {**asdict(policy), "left_out": policy.setting.left_out}


def _numeric(grid: Grid) -> list[bool]:
    """Say for each column whether it holds numbers."""
    columns = zip(*grid.rows, strict=True)
    return [all(cell[:1] in "+-0123456789" for cell in column) for column in columns]


def _markdown(grid: Grid) -> str:
    ruler = ["--:" if numeric else ":--" for numeric in _numeric(grid)]
    lines = [f"| {' | '.join(cells)} |" for cells in (grid.header, ruler, *grid.rows)]
    return "\n".join([f"## {grid.title}", "", *lines, "", *([grid.note, ""] if grid.note else [])])


def _arms(policy: PolicyMetrics) -> Grid:
    setting = policy.setting
    header = ("arm", "played", "success %", "gap to clean", "calls", "invalid")
    rows = [
        (
            arm.arm,
            str(arm.episodes),
            _estimate(arm.success, ""),
            _estimate(arm.gap, "+"),
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


def _standings(policies: Sequence[PolicyMetrics]) -> Grid:
    arms = [arm.arm for arm in policies[0].arms]
    # Spaces let a narrow terminal break the names.
    header = ["policy", *(arm.replace("_", " ").replace("-", " ") for arm in arms), "worst axis"]
    rows = [
        [
            policy.setting.policy,
            *(f"{100 * arm.success.value:.1f}" if arm.success else "" for arm in policy.arms),
            policy.worst_axis or "",
        ]
        for policy in policies
    ]
    return Grid("All policies: success % in each arm", header, rows)


def _estimate(estimate: Estimate | None, sign: str) -> str:
    """Write an estimate and its 95 % interval in percent."""
    if estimate is None:
        return ""
    value, low, high = (100 * v for v in (estimate.value, estimate.low, estimate.high))
    return f"{value:{sign}.1f} ({low:{sign}.0f}…{high:{sign}.0f})"
