"""From rows to a folder: without duplicates, counted, and described."""

import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from wildgym.benchmarks.errors import Halted
from wildgym.benchmarks.export.datasheet import Datasheet
from wildgym.benchmarks.export.files import describe, writing
from wildgym.benchmarks.export.formats import Row, told_of
from wildgym.benchmarks.export.shapes import COLUMNS


@dataclass(frozen=True, slots=True)
class Made:
    """What is made of rows.

    Attributes:
        out: The folder.
        format: What rows are.
        parquet: Whether to write Parquet.
        limit: How many rows there are at most.
        duplicates: Whether rows are kept in which the same was said before.
    """

    out: Path
    format: str
    parquet: bool = False
    limit: int | None = None
    duplicates: bool = False


def write(rows: Iterable[Row], made: Made, held_out: str) -> Datasheet:
    """Write rows as they come, then the card and the datasheet.

    Args:
        rows: What to write.
        made: How.
        held_out: What the datasheet says of what is held out of training.

    Raises:
        Misuse: The folder cannot be used.
        Halted: There is no row, or no room.
    """
    columns, sheet = COLUMNS[made.format], Datasheet()
    kept = rows if made.duplicates else _distinct(rows, sheet)
    with writing(made.out, columns, made.parquet) as keep, _bar() as bar:
        running = bar.add_task("")
        for row in islice(kept, made.limit):
            keep(row)
            sheet.count(row)
            bar.update(running, completed=sheet.rows)
        if not sheet.rows:
            raise Halted("no episode fits; nothing was written")
    split = "test" if set(sheet.counts["split"]) == {"test"} else "train"
    command = shlex.join(["wildgym", *sys.argv[1:]])
    describe(made.out, columns, split, sheet.write(made.format, command, held_out))
    return sheet


def _distinct(rows: Iterable[Row], sheet: Datasheet) -> Iterator[Row]:
    """Yield rows in which something else was said than in all before: 16 bytes are kept of each."""
    seen = set[bytes]()
    for row in rows:
        parts = (told_of(row)["id"], row.get("rejected_metadata", {}).get("id", ""))
        digest = bytes.fromhex("".join(parts))
        if digest in seen:
            sheet.duplicates += 1
        else:
            seen.add(digest)
            yield row


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.completed:,.0f} rows"), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)
