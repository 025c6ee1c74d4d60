"""Reports: metrics as tables for a terminal, as Markdown, and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wildgym.benchmarks.metrics import Estimate, PolicyMetrics


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, whatever it is written as.

    Attributes:
        title: What stands above it.
        header: The names of the columns.
        rows: Cells; those that begin with a digit or sign are set flush right.
        note: What stands below it.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def grids(policies: Sequence[PolicyMetrics]) -> Iterator[Grid]:
    """Yield two tables for each policy: its arms, and the perturbations that it met."""
    for policy in policies:
        yield _arms(policy)
        if policy.operators:
            yield _operators(policy)


def show(grids: Sequence[Grid], console: Console) -> None:
    """Print tables to a terminal."""
    for grid in grids:
        table = Table(title=escape(grid.title), title_justify="left", caption_justify="left")
        table.caption = escape(grid.note) or None
        for n, name in enumerate(grid.header):
            table.add_column(name, justify="left" if n == 0 else "right")
        for row in grid.rows:
            table.add_row(*map(escape, row))
        console.print(table)


def markdown(grids: Sequence[Grid]) -> str:
    """Return tables as Markdown."""
    return "\n".join(_markdown(grid) for grid in grids)


def summary(policy: PolicyMetrics) -> dict[str, Any]:
    """Return metrics as JSON."""
    return {**asdict(policy), "left_out": policy.setting.left_out}


def _markdown(grid: Grid) -> str:
    ruler = [":--", *("--:" for _ in grid.header[1:])]
    lines = [f"| {' | '.join(cells)} |" for cells in (grid.header, ruler, *grid.rows)]
    return "\n".join([f"## {grid.title}", "", *lines, "", *([grid.note, ""] if grid.note else [])])


def _arms(policy: PolicyMetrics) -> Grid:
    setting = policy.setting
    header = ("arm", "episodes", "success", "95 %", "gap to clean", "95 %", "calls", "invalid")
    rows = [
        (
            arm.arm,
            str(arm.episodes),
            *_estimate(arm.success, "{:.1%}"),
            *_estimate(arm.gap, "{:+.1%}"),
            "" if arm.calls is None else f"{arm.calls:.1f}",
            str(arm.invalid),
        )
        for arm in policy.arms
    ]
    notes = [f"Worst axis: {policy.worst_axis}."] if policy.worst_axis else []
    if left_out := ", ".join(setting.left_out):
        notes.append(f"Left out: {left_out}; the chat wire has one scaffold.")
    title = f"{setting.policy} on {setting.suite} ({setting.split}, {setting.interface})"
    return Grid(title, header, rows, " ".join(notes))


def _operators(policy: PolicyMetrics) -> Grid:
    rows = [(o.name, str(o.episodes), f"{o.success:.1%}") for o in policy.operators]
    return Grid(
        f"{policy.setting.policy}: where a perturbation occurred, alone or among others",
        ("perturbation", "episodes", "success"),
        rows,
    )


def _estimate(estimate: Estimate | None, form: str) -> tuple[str, str]:
    if estimate is None:
        return "", ""
    low, high = form.format(estimate.low), form.format(estimate.high)
    return form.format(estimate.value), f"{low} … {high}"
