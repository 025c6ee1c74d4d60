"""Tables, whatever they are written as: for a terminal, or as Markdown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wildgym.benchmarks.report.cells import printable

_WIDE = 200
_MEANT = re.compile(r"([\\`*\[\]<>|#&])")
"""What Markdown or HTML would take for more than text."""


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


def _numeric(grid: Grid) -> list[bool]:
    """Say for each column whether it holds numbers."""
    columns = zip(*grid.rows, strict=True)
    return [all(cell[:1] in "+-0123456789" for cell in column) for column in columns]


def _markdown(grid: Grid) -> str:
    ruler = ["--:" if numeric else ":--" for numeric in _numeric(grid)]
    header, *rows = ([_plain(cell) for cell in cells] for cells in (grid.header, *grid.rows))
    lines = [f"| {' | '.join(cells)} |" for cells in (header, ruler, *rows)]
    note = [_plain(grid.note), ""] if grid.note else []
    return "\n".join([f"## {_plain(grid.title)}", "", *lines, "", *note])


def _plain(text: str) -> str:
    """Return text on one line that Markdown shows as it is."""
    return _MEANT.sub(r"\\\1", printable(" ".join(text.split())))
