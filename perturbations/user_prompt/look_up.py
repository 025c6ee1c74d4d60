"""Rows that an agent can list, and how one of them is told from the others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wildgym.envs import Scenario
from wildgym.perturbations.user_prompt.facts_of_request import replaced_field, stated_here
from wildgym.tools import Calls, Facts, Json, Obstacle, Row, ToolCall

KEYS = ("id", "name", "title", "subject", "email")
"""Columns by which requests name rows."""
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A row that a fact of the request names, and no other row.

    Attributes:
        fact: The name of the fact.
        table: The table.
        tool: The name of the tool that lists all its rows.
        key: The column that holds the fact.
        row: The row.
        rows: All rows, as the tool lists them.
    """

    fact: str
    table: str
    tool: str
    key: str
    row: Row
    rows: Sequence[Row]

    @property
    def kind(self) -> str:
        """What the table's rows are called, together."""
        return self.table.replace("_", " ")


def found(scenario: Scenario) -> Iterator[Found]:
    """Yield each fact of the request that names one row of a table that can be listed."""
    tables = listings(scenario)
    for name in stated_here(scenario):
        value = scenario.told[name]
        if type(value) is str:
            yield from _only(name, value, tables)


def listings(scenario: Scenario) -> Mapping[str, Sequence[Row]]:
    """Return the rows of each table for which a tool is offered that lists them all."""
    # A fork: time passes in some worlds while one looks.
    specs, world, tables = scenario.toolset.specs, scenario.world.fork(), {}
    for table in scenario.world.base:
        spec = specs.get(f"list_{table}")
        if spec is not None and not spec.required:
            rows = scenario.canonical.call(ToolCall(spec.name), world)
            tables[table] = rows.value
    return tables


def _only(name: str, value: str, tables: Mapping[str, Sequence[Row]]) -> Iterator[Found]:
    for table, rows in tables.items():
        for key in KEYS:
            same = [row for row in rows if row.get(key) == value]
            if len(same) == 1:
                yield Found(name, table, f"list_{table}", key, same[0], rows)
                return


def distinct(row: Row, rows: Sequence[Row], fits: Callable[[Json], bool]) -> list[str]:
    """Return the columns whose values fit, and tell a row from all others."""
    return [
        column
        for column, value in row.items()
        if fits(value) and sum(other.get(column) == value for other in rows) == 1
    ]


def short(value: Json) -> bool:
    """Say whether a value can be named in a sentence."""
    if isinstance(value, bool) or value is None:
        return False
    return isinstance(value, int | float) or (isinstance(value, str) and 0 < len(value) < _LONGEST)


Resolve = Callable[[Facts, "Described"], Calls[Json]]


@dataclass(frozen=True, slots=True)
class Described:
    """How a row is told of, and how it is found again.

    Attributes:
        fact: The name of the fact that is told so.
        key: The column that holds it.
        tool: The tool that lists the rows.
        snippet: What stands in the request instead, a template.
        told: What fills it, by name.
        how: Whatever else finding it needs, in words that the request has.
    """

    fact: str
    key: str
    tool: str
    snippet: str
    told: Facts
    how: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Resolved(Obstacle):
    """Facts that are told by describing a row, which has to be looked up.

    Args:
        rows: What is described.
        resolve: How it is found: from what is told to the value.
    """

    rows: tuple[Described, ...]
    resolve: Resolve

    def brief(self, told: Facts) -> Calls[Facts]:
        """Look up each."""
        known: dict[str, Json] = dict(told)
        for described in self.rows:
            known[described.fact] = yield from self.resolve(told, described)
        return known


def described(
    scenario: Scenario, operator: str, rows: Sequence[Described], resolve: Resolve
) -> Scenario:
    """Return the scenario with descriptions of rows in place of what names them."""
    if not rows:
        return scenario
    parts, told = scenario.user.parts, dict(scenario.told)
    for row in rows:
        parts = tuple(replaced_field(part, row.fact, row.snippet) for part in parts)
        del told[row.fact]
        told |= row.told
    obstacle = Resolved(tuple(rows), resolve)
    user = replace(scenario.user, parts=parts)
    return scenario.behind(operator, obstacle, told=told, user=user)
