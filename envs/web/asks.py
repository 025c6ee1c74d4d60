"""What questions ask of the entities that their steps lead to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wildgym.envs.scenario import Impossible
from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.reading import Browse, Found, fact_of
from wildgym.envs.web.steps import Step
from wildgym.tools import Facts, Json


class Ask(Protocol):
    """What is asked of the entities that are left."""

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Json:
        """Return the answer; None where there is no single one."""
        ...

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Json]:
        """Return the answer as an agent finds it."""
        ...


@dataclass(frozen=True, slots=True)
class Name(Ask):
    """Ask what the only one left is called."""

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Json:
        """Return its name."""
        return found[0].name if len(found) == 1 else None

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Json]:
        """Return its name."""
        return found[0].name
        yield


@dataclass(frozen=True, slots=True)
class Fact(Ask):
    """Ask for a fact of the only one left.

    Attributes:
        relation: The name of the relation.
    """

    relation: str

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Json:
        """Return the fact."""
        if len(found) != 1:
            return None
        value = found[0].facts.get(self.relation)
        return graph[value].name if isinstance(value, str) and value in graph.entities else value

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Json]:
        """Look it up."""
        return (yield from fact_of(found[0], self.relation))


@dataclass(frozen=True, slots=True)
class Count(Ask):
    """Ask how many are left."""

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Json:
        """Count them; none at all makes no question."""
        return len(found) or None

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Json]:
        """Count them."""
        return len(found)
        yield


@dataclass(frozen=True, slots=True)
class Extreme(Ask):
    """Ask which has the most of something, or the least.

    Attributes:
        relation: A number or a date.
        most: Whether it is the most.
    """

    relation: str
    most: bool

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Json:
        """Return its name, if it is the only one, among two or more."""
        having = [(e.facts[self.relation], e.name) for e in found if self.relation in e.facts]
        return _best(having, self.most) if len(having) > 1 else None

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Json]:
        """Look the fact up for each."""
        having = []
        for entity in found:
            value = yield from fact_of(entity, self.relation)
            if value is not None:
                having.append((value, entity.name))
        return _best(having, self.most)


@dataclass(frozen=True, slots=True)
class InOrder(Ask):
    """Ask for the names in the order of something.

    Attributes:
        relation: A number or a date.
    """

    relation: str

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Json:
        """Return the names, joined, if no two are equal."""
        having = [(e.facts.get(self.relation), e.name) for e in found]
        return _ordered(having)

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Json]:
        """Look the fact up for each."""
        having = []
        for entity in found:
            having.append(((yield from fact_of(entity, self.relation)), entity.name))
        return _ordered(having)


@dataclass(frozen=True, slots=True)
class Nobody(Ask):
    """Ask for what does not exist: right is to say so, and how many were looked at.

    Attributes:
        steps: Those after which they are counted: the first of the question's own.
    """

    steps: tuple[Step, ...]

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Json:
        """Return how many there were before all but the first steps."""
        if found:
            return None
        return Impossible(len(_taken(graph, self.steps, facts)))

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Json]:
        """Count them."""
        looked: Sequence[Found] = ()
        for step in self.steps:
            looked = yield from step.browse(looked, facts)
        return Impossible(len(looked))


def _taken(graph: Graph, steps: Sequence[Step], facts: Facts) -> Sequence[Entity]:
    found: Sequence[Entity] = ()
    for step in steps:
        found = step.within(graph, found, facts)
    return found


def _best(having: Sequence[tuple[Any, str]], most: bool) -> str | None:
    ordered = sorted(having, reverse=most)
    if len(ordered) > 1 and ordered[0][0] == ordered[1][0]:
        return None
    return ordered[0][1]


def _ordered(having: Sequence[tuple[Any, str]]) -> str | None:
    values = [value for value, _ in having]
    if None in values or len(set(values)) < len(values) or len(values) < 2:
        return None
    return " < ".join(name for _, name in sorted(having))
