"""Steps of questions: over the graph, and over the pages that tell it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wildgym.envs.web.graph import Entity, Graph, Value
from wildgym.envs.web.reading import Browse, Found, articles_on, fact_of
from wildgym.envs.web.sites.lists import listed
from wildgym.tools import Facts

Test = Callable[[Any, Facts], bool]
"""Whether a value passes, given what the question says."""


class Step(Protocol):
    """One step from some entities to others: over the graph, and over the pages."""

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Sequence[Entity]:
        """Take the step over the graph."""
        ...

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Sequence[Found]]:
        """Take the step as an agent does."""
        ...


@dataclass(frozen=True, slots=True)
class ListOf(Step):
    """Begin with all entries of a list page.

    Attributes:
        kind: What they are.
        title: From what the question says to the title of the list.
    """

    kind: str
    title: Callable[[Facts], str]

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Sequence[Entity]:
        """Take the entries of the list."""
        return listed(graph).get(self.title(facts), ())

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Sequence[Found]]:
        """Search for the list, and read it."""
        names = yield from articles_on(self.title(facts))
        return [Found(self.kind, name) for name in names]


@dataclass(frozen=True, slots=True)
class Named(Step):
    """Begin with something that the question names.

    Attributes:
        kind: What it is.
        fact: The name of the fact that holds its name.
    """

    kind: str
    fact: str

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Sequence[Entity]:
        """Take it."""
        return [e for e in graph.of(self.kind) if e.name == facts[self.fact]]

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Sequence[Found]]:
        """There is nothing to look up yet."""
        return [Found(self.kind, facts[self.fact])]
        yield


@dataclass(frozen=True, slots=True)
class Follow(Step):
    """Go from each entity to what a fact of it leads to.

    Attributes:
        relation: The name of the relation.
        target: The kind that it leads to.
    """

    relation: str
    target: str

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Sequence[Entity]:
        """Follow the relation."""
        values = [e.facts[self.relation] for e in found if self.relation in e.facts]
        return [graph[id] for id in dict.fromkeys(id for value in values for id in _ids(value))]

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Sequence[Found]]:
        """Look the fact up for each."""
        names: list[str] = []
        for entity in found:
            value = yield from fact_of(entity, self.relation)
            if value is not None:
                names += _ids(value)
        return [Found(self.target, name) for name in dict.fromkeys(names)]


@dataclass(frozen=True, slots=True)
class Listed(Step):
    """Go from an entity to all that its article lists under a heading.

    Attributes:
        kind: What they are.
        relation: The relation that leads from them to it.
    """

    kind: str
    relation: str

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Sequence[Entity]:
        """Go the relation backwards."""
        sources = [s for e in found for s in graph.sources(self.kind, self.relation, e.id)]
        return [graph[id] for id in dict.fromkeys(source.id for source in sources)]

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Sequence[Found]]:
        """Read the list of each article."""
        names: list[str] = []
        for entity in found:
            names += yield from articles_on(entity.name, (self.kind, self.relation))
        return [Found(self.kind, name) for name in dict.fromkeys(names)]


@dataclass(frozen=True, slots=True)
class Keep(Step):
    """Keep the entities of which a fact, or a fact of what it leads to, passes a test.

    Attributes:
        path: Relations to follow, with the kinds that they lead to; the last is tested.
        test: What it must pass.
    """

    path: tuple[tuple[str, str], ...]
    test: Test

    def within(self, graph: Graph, found: Sequence[Entity], facts: Facts) -> Sequence[Entity]:
        """Keep them."""
        return [entity for entity in found if self._passes(graph, entity, facts)]

    def _passes(self, graph: Graph, entity: Entity, facts: Facts) -> bool:
        value: Value | None = None
        for relation, target in self.path:
            value = entity.facts.get(relation)
            if value is None:
                return False
            if target:
                entity = graph[_ids(value)[0]]
                value = entity.name
        return self.test(value, facts)

    def browse(self, found: Sequence[Found], facts: Facts) -> Browse[Sequence[Found]]:
        """Look the facts up for each."""
        kept = []
        known: dict[tuple[Found, str], Value | None] = {}
        for entity in found:
            value = yield from self._looked_up(entity, known)
            if value is not None and self.test(value, facts):
                kept.append(entity)
        return kept

    def _looked_up(
        self, entity: Found, known: dict[tuple[Found, str], Value | None]
    ) -> Browse[Value | None]:
        value: Value | None = None
        for relation, target in self.path:
            if (entity, relation) not in known:
                known[entity, relation] = yield from fact_of(entity, relation)
            value = known[entity, relation]
            if value is None:
                return None
            if target:
                value = _ids(value)[0]
                entity = Found(target, value)
        return value


def _ids(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)
