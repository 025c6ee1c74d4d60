"""Lists of records in another shape."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import recoded
from wildgym.perturbations.records import (
    columns,
    is_row,
    lists_mapped,
    records_mapped,
    records_restored,
)
from wildgym.tools import Json

Shape = Literal["keyed", "columns", "bare", "attributes"]

_KEYED, _COLUMNS, _ENTRY = "by_id", "columns", "entry"


def _keyed(value: Json) -> Json:
    return lists_mapped(value, _by_id)


def _by_id(rows: list[Json]) -> Json:
    if not rows or not all(map(is_row, rows)) or len({row["id"] for row in rows}) < len(rows):
        return rows
    return {_KEYED: {row["id"]: {k: v for k, v in row.items() if k != "id"} for row in rows}}


def _listed(value: Json) -> Json:
    return records_restored(value, _of_ids)


def _of_ids(record: Mapping[str, Json]) -> Json:
    if record.keys() != {_KEYED}:
        return record
    return [{"id": id, **row} for id, row in record[_KEYED].items()]


def _in_columns(value: Json) -> Json:
    return lists_mapped(value, _turned)


def _turned(rows: list[Json]) -> Json:
    keys = columns(rows)
    return {_COLUMNS: {key: [row[key] for row in rows] for key in keys}} if keys else rows


def _in_rows(value: Json) -> Json:
    return records_restored(value, _turned_back)


def _turned_back(record: Mapping[str, Json]) -> Json:
    if record.keys() != {_COLUMNS}:
        return record
    parts = record[_COLUMNS]
    return [dict(zip(parts, values, strict=True)) for values in zip(*parts.values(), strict=True)]


def _bare(value: Json) -> Json:
    """Give the only record of a list alone, and an empty list as null."""
    if not isinstance(value, list):
        return {_ENTRY: value}
    if len(value) == 1 and isinstance(value[0], dict) and value[0].keys() != {_ENTRY}:
        return value[0]
    return value or None


def _not_bare(value: Json) -> Json:
    if isinstance(value, dict):
        return value[_ENTRY] if value.keys() == {_ENTRY} else [value]
    return value or []


def _attributes(value: Json) -> Json:
    return records_mapped(value, _as_resource)


def _as_resource(record: Mapping[str, Json]) -> Json:
    if not is_row(record):
        return record
    others = {k: v for k, v in record.items() if k != "id"}
    related = {k.removesuffix("_id"): v for k, v in others.items() if k.endswith("_id")}
    return {
        "type": "record",
        "id": record["id"],
        "attributes": {k: v for k, v in others.items() if not k.endswith("_id")},
        "relationships": {name: {"data": id} for name, id in related.items()},
    }


def _flat(value: Json) -> Json:
    return records_restored(value, _as_row)


def _as_row(record: Mapping[str, Json]) -> Json:
    if record.keys() != {"type", "id", "attributes", "relationships"}:
        return record
    related = {f"{name}_id": link["data"] for name, link in record["relationships"].items()}
    return {"id": record["id"], **record["attributes"], **related}


_SHAPES: Mapping[Shape, tuple[Callable[[Json], Json], Callable[[Json], Json], str]] = {
    "keyed": (_keyed, _listed, ""),
    "columns": (_in_columns, _in_rows, ""),
    "bare": (
        _bare,
        _not_bare,
        "A list with a single record is given as that record, an empty one as null; what is no list"
        f" stands under {_ENTRY}.",
    ),
    "attributes": (_attributes, _flat, ""),
}


class ReshapeResults(Perturbation):
    """Give lists of records by id, by columns, or bare if there is one; or nest their fields."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.3
    source: ClassVar = "R08, R50"
    lesson: ClassVar = "The records come in another shape, so I put them together again."
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 0.7

    shape: Shape = "columns"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Reshape what a share of all tools give."""
        code, decode, about = _SHAPES[self.shape]
        bare = self.shape == "bare"
        return recoded(scenario, draw, self.strength, code, decode, about=about, lists=bare)
