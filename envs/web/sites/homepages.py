"""Pages that people have of themselves, or that somebody keeps for them."""

from collections.abc import Iterator

from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.sites.core import day, fact_table, sentences, text, told_by
from wildgym.envs.web.telling import link
from wildgym.tools import Rng
from wildgym.tools.web import Block, Heading, Page

SITE = "homepages"
_FILLER = (
    "Please do not call before ten.",
    "The garden is open to visitors in May.",
    "This page has not been redesigned since it was made, on purpose.",
    "Scans of old notebooks will follow.",
    "The cat in the photograph is not ours.",
    "Corrections are welcome by post.",
)


def homepages(graph: Graph, rng: Rng) -> Iterator[Page]:
    """Yield a page for everybody of whom it would say something."""
    for person in graph.of("person"):
        known = told_by(SITE, person)
        if known:
            yield _page(graph, person, known, Rng(rng.random(), person.id))


def _page(graph: Graph, person: Entity, known: list[str], rng: Rng) -> Page:
    blocks: list[Block] = [text("This page is about ", link(person), ".")]
    if rng.chance(0.4):
        blocks += [Heading("Vita"), fact_table(graph, person, known, rng)]
        blocks.append(text(rng.pick(_FILLER)))
    else:
        blocks.append(sentences(graph, person, known, rng, _FILLER))
    handle = person.name.lower().replace(" ", "-")
    title = rng.pick(("{}: a life", "Notes on {}", "{}, privately")).format(person.name)
    url = f"https://homepages.example/~{handle}"
    return Page(url, title, SITE, "", day(rng, 2005), tuple(blocks))
