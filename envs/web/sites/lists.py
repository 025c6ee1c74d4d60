"""List pages of the encyclopaedia: all of a kind and type, year by year."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.sites.core import text
from wildgym.envs.web.sites.encyclopaedia import SITE
from wildgym.envs.web.telling import link
from wildgym.tools.web import Bullets, Page

_DATED = {"work": "year", "event": "date", "product": "released", "paper": "year"}
_PUBLISHED = "2030-06-01"


def lists(graph: Graph) -> Iterator[Page]:
    """Yield a page for each list."""
    for title, entities in listed(graph).items():
        yield Page(
            list_address(title),
            title,
            SITE,
            "",
            _PUBLISHED,
            (
                text(f"This list is complete: it has {len(entities)} entries."),
                Bullets(tuple((link(entity),) for entity in entities)),
            ),
        )


@lru_cache(maxsize=8)
def listed(graph: Graph) -> Mapping[str, Sequence[Entity]]:
    """Return the entities of each list, by its title."""
    found: dict[str, list[Entity]] = {}
    for kind, relation in _DATED.items():
        for entity in graph.of(kind):
            year = int(str(entity.facts[relation])[:4])
            found.setdefault(list_title(entity, year), []).append(entity)
    for person in graph.of("person"):
        title = f"People known as {person.facts['occupation']}"
        found.setdefault(title, []).append(person)
    for organisation in graph.of("organisation"):
        title = f"Organisations of the type {organisation.facts['type']}"
        found.setdefault(title, []).append(organisation)
    for country in graph.of("country"):
        found.setdefault("Countries", []).append(country)
    return found


def list_title(entity: Entity, year: int) -> str:
    """Return the title of the list that an entity with a year is in."""
    what = entity.facts.get("type", entity.facts.get("category", entity.kind))
    return f"List of {what} entries of {year}"


def list_address(title: str) -> str:
    """Return where a list is."""
    return f"https://encyclopaedia.example/list/{title.replace(' ', '_')}"
