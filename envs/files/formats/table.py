"""Tables as delimited text."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.files.formats.core import Content, same_texts

Cell = str | int | float


@dataclass(frozen=True)
class Csv(Content):
    """A header and rows. A cell that is a number may be written in any way that means it.

    Args:
        header: The names of the columns, in order.
        rows: The rows.
        ordered: Whether the order of the rows counts.
        delimiter: What stands between cells.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    ordered: bool = True
    delimiter: str = ","

    def right(self, data: bytes) -> bool:
        """Parse strictly, and compare header and rows."""
        text = io.StringIO(data.decode(), newline="")
        header, *rows = [row for row in csv.reader(text, delimiter=self.delimiter, strict=True)]
        wanted = list(self.rows)
        rows = [row for row in rows if row]
        if header != list(self.header) or len(rows) != len(wanted):
            return False
        if not self.ordered:
            rows, wanted = sorted(rows, key=_place), sorted(wanted, key=_place)
        return all(map(same_texts, wanted, rows))


def _place(row: Sequence[Cell]) -> tuple[str, ...]:
    """Where a row sorts: numbers as they would be written, however they are."""
    return tuple(_plain(cell) for cell in row)


def _plain(cell: Cell) -> str:
    try:
        return f"{float(cell):.2f}"
    except ValueError:
        return str(cell)


@dataclass(frozen=True)
class MarkdownTable(Content):
    """A Markdown text with one table; what stands around it does not matter.

    Args:
        header: The names of the columns, in order.
        rows: The rows, in order.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def right(self, data: bytes) -> bool:
        """Compare header and rows."""
        lines = [line.strip() for line in data.decode().split("\n")]
        table = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in lines
            if line.startswith("|")
        ]
        header, rule, *rows = table
        ruled = len(rule) == len(header) and all(set(cell) <= set("-:") for cell in rule)
        return (
            ruled
            and header == list(self.header)
            and len(rows) == len(self.rows)
            and all(map(same_texts, self.rows, rows))
        )
