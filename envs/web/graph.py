"""The knowledge that a web tells: entities, and facts that are consistent with each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from wildgym.envs.web.names import Namer
from wildgym.tools import Rng

Value = int | float | str | tuple[str, ...]
"""A number, a text, a date in ISO 8601, the id of an entity, or the ids of several."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that pages are about.

    Attributes:
        id: Its kind and a number, such as `person/12`.
        name: What it is called.
        facts: What is true of it, by the name of the relation.
    """

    id: str
    name: str
    facts: Mapping[str, Value]

    @property
    def kind(self) -> str:
        """What kind of thing it is."""
        return self.id.partition("/")[0]


@dataclass(frozen=True, eq=False)
class Graph:
    """All entities of a web.

    Attributes:
        entities: By id, in the order in which they were drawn.
    """

    entities: Mapping[str, Entity]

    def __getitem__(self, id: str) -> Entity:
        return self.entities[id]

    def of(self, kind: str) -> Sequence[Entity]:
        """Return all of a kind."""
        return self._of_kind.get(kind, ())

    def sources(self, kind: str, relation: str, target: str) -> Sequence[Entity]:
        """Return the entities of a kind that a relation leads from to `target`."""
        return self._inverse.get((kind, relation, target), ())

    def with_value(self, kind: str, relation: str, value: Value) -> Sequence[Entity]:
        """Return the entities of a kind of which a fact has a value."""
        return self._inverse.get((kind, relation, value), ())

    @cached_property
    def _of_kind(self) -> Mapping[str, Sequence[Entity]]:
        found: dict[str, list[Entity]] = {}
        for entity in self.entities.values():
            found.setdefault(entity.kind, []).append(entity)
        return found

    @cached_property
    def _inverse(self) -> Mapping[tuple[str, str, Value], Sequence[Entity]]:
        found: dict[tuple[str, str, Value], list[Entity]] = {}
        for entity in self.entities.values():
            for relation, value in entity.facts.items():
                for one in value if isinstance(value, tuple) else (value,):
                    found.setdefault((entity.kind, relation, one), []).append(entity)
        return found


@dataclass(slots=True)
class Draft:
    """An entity whose facts are still being drawn.

    Attributes:
        id: Its id.
        name: Its name.
        culture: How names around it sound.
        facts: What is known so far.
    """

    id: str
    name: str
    culture: str
    facts: dict[str, Value] = field(default_factory=dict)
    _years: dict[str, int] = field(default_factory=dict)

    def year(self, relation: str) -> int:
        """Return the year of a date or a number that is a year; facts are not drawn twice."""
        found = self._years.get(relation)
        if found is None:
            found = self._years[relation] = int(str(self.facts[relation])[:4])
        return found


@dataclass(slots=True)
class Sketch:
    """A graph that is being drawn, kind by kind.

    Attributes:
        rng: What draws it.
        names: What names it.
        drafts: All entities so far, by id.
    """

    rng: Rng
    names: Namer
    drafts: dict[str, Draft] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _of_kind: dict[str, list[Draft]] = field(default_factory=dict)

    def add(self, kind: str, name: str, culture: str, **facts: Value) -> Draft:
        """Add an entity of a kind, and return it."""
        number = self._counts[kind] = self._counts.get(kind, 0) + 1
        draft = Draft(f"{kind}/{number}", name, culture, dict(facts))
        self.drafts[draft.id] = draft
        self._of_kind.setdefault(kind, []).append(draft)
        return draft

    def of(self, kind: str) -> Sequence[Draft]:
        """Return the drafts of a kind."""
        return self._of_kind.get(kind, [])

    def done(self) -> Graph:
        """Return the graph, which nobody changes any more."""
        return Graph({d.id: Entity(d.id, d.name, d.facts) for d in self.drafts.values()})
