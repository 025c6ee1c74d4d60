"""Rows that are not named but described, so that they have to be looked up."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import literal
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.look_up import (
    Described,
    Found,
    described,
    distinct,
    found,
    listings,
    short,
)
from wildgym.tools import Calls, Facts, Json, Row, ToolCall


class DescribeByRow(Perturbation):
    """Tell of a row by something else that only it has, instead of its name or id."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.8
    source: ClassVar = "U25"
    lesson: ClassVar = "The row is told by something that only it has, so I look for that."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Describe a share of the rows that the request names."""
        rows = [
            row
            for it in found(scenario)
            if draw.chance(self.strength, it.fact) and (row := by_column(it, draw))
        ]
        return described(scenario, self.name, rows, with_value)


def by_column(it: Found, draw: Draw) -> Described | None:
    """Describe a row by another column, if there is one that tells it from all others."""
    columns = [c for c in distinct(it.row, it.rows, short) if c not in (it.key, "id")]
    if not columns:
        return None
    column = draw.rng("column", it.fact).pick(columns)
    name, words = f"{it.fact}__{column}", column.replace("_", " ")
    snippet = f"(the one of the {it.kind} whose {words} is {{{name}}})"
    return Described(it.fact, it.key, it.tool, snippet, {name: it.row[column]}, {"column": column})


def with_value(told: Facts, row: Described) -> Calls[Json]:
    """Find the row that has what it is described by."""
    listed = yield ToolCall(row.tool)
    column = row.how["column"]
    wanted = told[f"{row.fact}__{column}"]
    return next(other[row.key] for other in listed.value if other.get(column) == wanted)


class ReferByRank(Perturbation):
    """Tell of a row by its place among all in size: 'the one with the second highest total'."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.8
    source: ClassVar = "U25"
    lesson: ClassVar = (
        "The row is told by its rank, so I list them all and take the one at that place."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Refer so to a share of the rows that have such a place."""
        rows = [
            row
            for it in found(scenario)
            if draw.chance(self.strength, it.fact) and (row := _by_place(it, draw))
        ]
        return described(scenario, self.name, rows, _at_place)


def _by_place(it: Found, draw: Draw) -> Described | None:
    columns = distinct(it.row, it.rows, _is_number)
    if not columns or not all(_is_number(row.get(columns[0])) for row in it.rows):
        return None
    column = columns[0]
    highest = draw.rng("order", it.fact).chance(0.5)
    ranked = sorted((row[column] for row in it.rows), reverse=highest)
    place, name = ranked.index(it.row[column]) + 1, f"{it.fact}__place"
    extreme = "highest" if highest else "lowest"
    words = column.replace("_", " ")
    snippet = f"(number {{{name}}} of the {it.kind}, from the {extreme} {words})"
    how = {"column": column, "highest": highest}
    return Described(it.fact, it.key, it.tool, snippet, {name: place}, how)


def _at_place(told: Facts, row: Described) -> Calls[Json]:
    listed = yield ToolCall(row.tool)
    column, highest = row.how["column"], row.how["highest"]
    ranked = sorted(listed.value, key=lambda other: float(other[column]), reverse=highest)
    return ranked[told[f"{row.fact}__place"] - 1][row.key]


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class ReferIndirectly(Perturbation):
    """Tell of a row by another that leads to it: 'the customer of order ...'."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.8
    source: ClassVar = "U25"
    lesson: ClassVar = "The row is told by another that leads to it, so I follow that one."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1.1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Refer so to a share of the rows to which another leads."""
        tables = listings(scenario)
        rows = [
            row
            for it in found(scenario)
            if draw.chance(self.strength, it.fact) and (row := _by_other(it, tables, draw))
        ]
        return described(scenario, self.name, rows, _by_way_of)


def _by_other(it: Found, tables: Mapping[str, Sequence[Row]], draw: Draw) -> Described | None:
    leading = [
        (table, column, other["id"])
        for table, rows in tables.items()
        if table != it.table
        for other in rows
        for column, value in other.items()
        if column.endswith("_id") and value == it.row["id"]
    ]
    if not leading:
        return None
    table, column, id = draw.rng("way", it.fact).pick(leading)
    name, link = f"{it.fact}__via", column.removesuffix("_id").replace("_", " ")
    snippet = f"(the {link} of {{{name}}} in the {literal(table.replace('_', ' '))})"
    how = {"table": f"list_{table}", "column": column}
    return Described(it.fact, it.key, it.tool, snippet, {name: id}, how)


def _by_way_of(told: Facts, row: Described) -> Calls[Json]:
    listed = yield ToolCall(row.how["table"])
    via = told[f"{row.fact}__via"]
    id = next(other[row.how["column"]] for other in listed.value if other["id"] == via)
    if row.key == "id":
        return id
    others = yield ToolCall(row.tool)
    return next(other[row.key] for other in others.value if other["id"] == id)
