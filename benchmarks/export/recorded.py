"""Episodes of runs that were recorded, read one at a time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.export.formats import FORMATS, Row, pair
from wildgym.benchmarks.export.metadata import metadata
from wildgym.benchmarks.export.wanted import Wanted
from wildgym.benchmarks.runs import Run, load


@dataclass(frozen=True, slots=True)
class Place:
    """Where an episode is.

    Attributes:
        run: The run that it belongs to.
        index: Which of its episodes it is.
        record: The episode without its transcript.
    """

    run: Run
    index: int
    record: Record


def places(folders: Sequence[Path], wanted: Wanted) -> list[Place]:
    """Return where the episodes are that are wanted.

    Raises:
        Misuse: A folder has no results, or damaged ones.
    """
    return [
        Place(run, index, record)
        for run in load(*folders)
        for index, record in enumerate(run.records)
        if wanted.fits(record)
    ]


def rows(found: Sequence[Place], format: str) -> Iterator[Row]:
    """Yield a row for each episode, or for preferences one for each pair."""
    if format == "preferences":
        for chosen, rejected in pairs(found):
            yield pair(_row(chosen, format), _row(rejected, format))
    else:
        for place in found:
            yield _row(place, format)


def pairs(found: Sequence[Place]) -> Iterator[tuple[Place, Place]]:
    """Yield who solved an episode in which a perturbation acted, with each who did not."""
    same: dict[str, list[Place]] = {}
    for place in found:
        same.setdefault(_identity(place.record), []).append(place)
    for others in same.values():
        solved = [p for p in others if p.record["score"] >= 1 and p.record["acted"]]
        failed = [p for p in others if p.record["score"] < 1]
        yield from ((chosen, rejected) for chosen in solved for rejected in failed)


def _identity(record: Record) -> str:
    """Return what two records share that are of one episode, word for word."""
    names = ("family", "task", "seed", "arm", "split", "interface", "variation")
    return json.dumps([record[name] for name in names], sort_keys=True)


def _row(place: Place, format: str) -> Row:
    run = place.run
    record = run.whole(place.index)
    return FORMATS[format](record, metadata(record, run.version, run.suite_digest))
