"""How questions are drawn: something that has what a question needs, and how it is described."""

from collections.abc import Callable, Sequence
from typing import Any

from wildgym.envs.web.graph import Entity, Graph, Value
from wildgym.envs.web.sites.lists import list_title
from wildgym.envs.web.steps import Test
from wildgym.tools import Facts, Rng

_TRIES = 40
_SHORTEST, _LONGEST = 3, 14


def having(graph: Graph, rng: Rng, kind: str, *relations: str, **equal: Value) -> Entity | None:
    """Draw an entity that has some facts; None where none is found."""
    entities = graph.of(kind)
    for _ in range(_TRIES):
        entity = rng.pick(entities)
        facts = entity.facts
        if all(r in facts for r in relations) and all(facts.get(k) == v for k, v in equal.items()):
            return entity
    return None


def year_of(entity: Entity, relation: str) -> int:
    """Return the year of a fact."""
    return int(str(entity.facts[relation])[:4])


def at(graph: Graph, entity: Entity, *path: str) -> Entity | None:
    """Follow relations from an entity; None where one is missing."""
    for relation in path:
        value = entity.facts.get(relation)
        if value is None:
            return None
        entity = graph[value[0] if isinstance(value, tuple) else str(value)]
    return entity


def few(entities: Sequence[Entity]) -> bool:
    """Say whether there are so many that looking at each is work, and can be done."""
    return _SHORTEST <= len(entities) <= _LONGEST


def yearly(facts: Facts) -> str:
    """Return the title of the list of a type and a year."""
    return f"List of {facts['type']} entries of {facts['year']}"


def title_of(entity: Entity, relation: str) -> str:
    """Return the title of the list that an entity is in."""
    return list_title(entity, year_of(entity, relation))


def same(fact: str) -> Test:
    """Pass what is equal to a fact of the question."""

    def test(value: Any, facts: Facts) -> bool:
        return bool(value == facts[fact])

    return test


def above(fact: str) -> Test:
    """Pass what is more than a fact of the question, or later."""
    return _compared(fact, lambda value, limit: value > limit)


def below(fact: str) -> Test:
    """Pass what is less than a fact of the question, or earlier."""
    return _compared(fact, lambda value, limit: value < limit)


def in_decade(fact: str) -> Test:
    """Pass dates and years of a decade."""

    def test(value: Any, facts: Facts) -> bool:
        return int(str(value)[:4]) // 10 == int(facts[fact]) // 10

    return test


def _compared(fact: str, passes: Callable[[Any, Any], bool]) -> Test:
    def test(value: Any, facts: Facts) -> bool:
        limit = facts[fact]
        given = int(str(value)[:4]) if isinstance(value, str) and "-" in value else value
        return passes(given, limit)

    return test


def round_below(number: float, rng: Rng) -> int:
    """Return a rounder number that is somewhat less."""
    return _rounded(number * rng.integer(70, 97) / 100)


def round_above(number: float, rng: Rng) -> int:
    """Return a rounder number that is somewhat more."""
    return _rounded(number * rng.integer(104, 135) / 100) + 1


def _rounded(number: float) -> int:
    unit = 1
    while number >= 100 * unit:
        unit *= 10
    return int(number) // unit * unit
