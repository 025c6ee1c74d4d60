"""Copies: mirrors of articles that were edited a little, and articles as they once were."""

from collections.abc import Iterator
from dataclasses import replace

from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.sites.core import day, text
from wildgym.envs.web.sites.encyclopaedia import article
from wildgym.envs.web.telling import link
from wildgym.tools import Rng
from wildgym.tools.web import Page

MIRRORS = 150
ARCHIVED = 150


def mirrors(graph: Graph, rng: Rng) -> Iterator[Page]:
    """Yield copies of articles on another site, which say of what they are copies."""
    for number, entity in enumerate(rng.sample(list(graph.entities.values()), MIRRORS), 1):
        own = Rng(rng.random(), entity.id)
        page = article(graph, entity, own)
        note = text("Copied from the encyclopaedia; edited for length. Original: ", link(entity))
        url = f"https://mirror.example/{number}"
        title = f"{entity.name} - mirror"
        yield replace(
            page, url=url, title=title, site="mirror", author="", blocks=(note, *page.blocks[:2])
        )


def archived(graph: Graph, rng: Rng) -> Iterator[Page]:
    """Yield articles on cities as they once were, with what was true then."""
    for city in rng.sample(graph.of("city"), ARCHIVED):
        yield _as_it_was(city, Rng(rng.random(), city.id))


def _as_it_was(city: Entity, rng: Rng) -> Page:
    then = round(int(str(city.facts["population"])) * rng.integer(60, 92) / 100)
    published = day(rng, 1998, 2012)
    blocks = (
        text(
            f"Archived on {published}. This version is kept for reference and is out of date; the"
            " current one is ",
            link(city),
            ".",
        ),
        text(f"At that time, {then:,} persons were registered in the city."),
    )
    url = f"https://archive.example/{published}/{city.id.partition('/')[2]}"
    return Page(url, f"{city.name} (archived version)", "archive", "", published, blocks)
