"""What a service is made of: tables, tools, rules. One service, one file."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from wildgym.envs.people import Person
from wildgym.tools import Json, Rng, Row, TableType, Tool, ToolCall, ToolError, reads, writes

Detour = Callable[..., Generator[ToolCall, Json, Json]]
"""A program that does without a tool what the tool does, from the tool's arguments."""

Generate = Callable[[Rng, Sequence[Person], str], Mapping[str, Iterable[Row]]]
"""Draws the rows of every table, from a generator, the world's people, and today's date."""

AnyDetour = TypeVar("AnyDetour", bound=Detour)


@dataclass(frozen=True, slots=True)
class Value:
    """A number or word in a rule that a policy may set otherwise.

    Attributes:
        usual: What it is by default.
        others: What else it may be.
    """

    usual: Json
    others: tuple[Json, ...]


class Service:
    """One service that agents work with.

    Args:
        name: A short noun.
        tables: The type of each of its tables.
        rules: Templates of the rules that whoever uses it must follow.
        values: What the rules' fields stand for, by name; names are unique among all services.
    """

    def __init__(
        self,
        name: str,
        *,
        tables: Mapping[str, TableType],
        rules: Sequence[str] = (),
        values: Mapping[str, Value] | None = None,
    ) -> None:
        self.name = name
        self.tables = tables
        self.rules = tuple(rules)
        self.values = dict(values or {})
        self.tools: list[Tool] = []
        self.detours: dict[str, Detour] = {}
        self.generate: Generate

    def reads(self, function: Callable[..., Json]) -> Tool:
        """Offer a function that leaves the world as it is."""
        self.tools.append(reads(function))
        return self.tools[-1]

    def writes(self, function: Callable[..., Json]) -> Tool:
        """Offer a function that may change the world."""
        self.tools.append(writes(function))
        return self.tools[-1]

    def world(self, generate: Generate) -> Generate:
        """Use a function that draws all rows; the rows of a table have equal keys."""
        self.generate = generate
        return generate

    def without(self, tool: Tool) -> Callable[[AnyDetour], AnyDetour]:
        """Declare how to do without a tool, by calls of other tools: certified by the tests."""

        def declare(detour: AnyDetour) -> AnyDetour:
            self.detours[tool.name] = detour
            return detour

        return declare


def only(rows: Iterable[Row], id: str) -> Row:
    """Return the row with an id; raise ToolError as a look-up does if there is none."""
    for row in rows:
        if row["id"] == id:
            return row
    raise ToolError("not_found", f"There is no entry {id!r}.")
