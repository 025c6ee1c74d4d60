"""A newspaper: reports that state what articles leave out."""

from collections.abc import Iterator

from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.sites.core import day, sentences, text, told_by
from wildgym.envs.web.telling import link
from wildgym.tools import Rng
from wildgym.tools.web import Block, Page

SITE = "news"
_FILLER = (
    "The weather was fine, and the brass band played.",
    "Questions from the floor were answered patiently.",
    "A reader from the suburbs sent us the photograph.",
    "Our correspondent had to stand at the back.",
    "Coffee was served in paper cups.",
    "The town council was represented by its youngest member.",
)
_QUOTES = (
    "“We did not expect that,” said a bystander.",
    "“It was about time,” a neighbour told this paper.",
    "“I came for the music,” one visitor admitted.",
    "“You should have seen it last year,” an usher remarked.",
)
_HEADLINES = {
    "city": ("At the town hall of {}", "{}: a visit to the mayor", "What moves {} this week"),
    "person": ("A wedding remembered: {}", "The private life of {}", "{} at home"),
    "organisation": ("How {} began", "The beginnings of {}", "{}: who started it all"),
    "paper": ("Heard at the congress: {}", "What scholars made of {}", "{}: first impressions"),
    "event": ("And the winner of {} is…", "{}: the results", "A long evening at {}"),
}
_REPORTERS = ("Ida Brandt", "Jonas Weil", "Carmen Ruiz", "Piet de Boer", "Amal Nasser", "Kofi Boa")


def reports(graph: Graph, rng: Rng) -> Iterator[Page]:
    """Yield a report on everything of which the newspaper knows something."""
    number = 0
    for entity in graph.entities.values():
        known = told_by(SITE, entity)
        if known:
            number += 1
            yield _report(graph, entity, known, number, Rng(rng.random(), entity.id))


def _report(graph: Graph, entity: Entity, known: list[str], number: int, rng: Rng) -> Page:
    published = _date(entity, rng)
    blocks: list[Block] = [
        sentences(graph, entity, known, rng, _FILLER),
        text(rng.pick(_QUOTES)),
        text("More on this in our archive: ", link(entity), "."),
    ]
    if rng.chance(0.5):
        blocks[:2] = [text(rng.pick(_QUOTES)), sentences(graph, entity, known, rng, _FILLER)]
    title = rng.pick(_HEADLINES[entity.kind]).format(entity.name)
    url = f"https://news.example/{published[:4]}/{number}"
    return Page(url, title, SITE, rng.pick(_REPORTERS), published, tuple(blocks))


def _date(entity: Entity, rng: Rng) -> str:
    return str(entity.facts["date"]) if entity.kind == "event" else day(rng)
