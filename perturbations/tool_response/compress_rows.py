"""Lists of records, written so as to save room."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import recoded
from wildgym.perturbations.records import columns, lists_mapped, records_restored
from wildgym.tools import Json

Method = Literal["header", "dictionary", "run_length"]
Cells = Sequence[Sequence[Json]]
Packed = Mapping[str, Json]

_KEYS = {"compressed", "fields", "note", "data"}


def _same(cells: Cells) -> Json:
    return [list(row) for row in cells]


def _distinct(cells: Cells) -> Json:
    # By their repr, since 1, 1.0 and true are equal, and lists have no hash.
    known: dict[str, tuple[int, Json]] = {}
    rows = [[known.setdefault(repr(v), (len(known), v))[0] for v in row] for row in cells]
    return {"values": [value for _, value in known.values()], "rows": rows}


def _looked_up(data: Json) -> Cells:
    values: list[Json] = data["values"]
    return [[values[place] for place in row] for row in data["rows"]]


def _runs(cells: Cells) -> Json:
    return [
        [[(same := list(group))[0], len(same)] for _, group in groupby(column, key=repr)]
        for column in zip(*cells, strict=True)
    ]


def _unrolled(data: Json) -> Cells:
    columns = [[value for value, count in runs for _ in range(count)] for runs in data]
    return list(zip(*columns, strict=True))


_METHODS: Mapping[Method, tuple[Callable[[Cells], Json], Callable[[Json], Cells], str]] = {
    "header": (_same, _same, "each row of data holds the values of the fields, in their order"),
    "dictionary": (
        _distinct,
        _looked_up,
        "each row holds a place in values for each field, from 0",
    ),
    "run_length": (
        _runs,
        _unrolled,
        "for each field there are pairs of a value and how many records have it, one after another",
    ),
}


class CompressRows(Perturbation):
    """Give lists of records as a header and arrays, a dictionary of values, or runs of them."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.3
    source: ClassVar = "R08, R32"
    lesson: ClassVar = (
        "The rows come compressed, so I read them by the header that comes with them."
    )
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 0.8

    method: Method = "header"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Compress what a share of all tools give."""
        pack, unpack, note = _METHODS[self.method]

        def packed(rows: list[Json]) -> Json:
            fields = columns(rows)
            if not fields:
                return rows
            data = pack([[row[field] for field in fields] for row in rows])
            return {"compressed": self.method, "note": note, "fields": fields, "data": data}

        def unpacked(record: Packed) -> Json:
            if record.keys() != _KEYS:
                return record
            fields = record["fields"]
            return [dict(zip(fields, row, strict=True)) for row in unpack(record["data"])]

        return recoded(
            scenario,
            draw,
            self.strength,
            lambda value: lists_mapped(value, packed),
            lambda value: records_restored(value, unpacked),
        )
