"""A library of papers."""

from collections.abc import Iterator

from wildgym.envs.web.graph import Graph
from wildgym.envs.web.sites.core import fact_table, sentences, text, told_by
from wildgym.envs.web.telling import link
from wildgym.tools import Rng
from wildgym.tools.web import Block, Heading, Page

SITE = "library"
_FILLER = (
    "Full text is available in the reading room.",
    "Plates are reproduced in black and white.",
    "Keywords were assigned by the editors.",
    "The abstract exists in two languages.",
)


def records(graph: Graph, rng: Rng) -> Iterator[Page]:
    """Yield the record of every paper."""
    for paper in graph.of("paper"):
        own = Rng(rng.random(), paper.id)
        known = own.shuffled(told_by(SITE, paper))
        split = own.integer(0, len(known))
        blocks: list[Block] = [text("Record of ", link(paper), ".")]
        if split:
            blocks += [Heading("Record"), fact_table(graph, paper, known[:split], own)]
        if known[split:]:
            blocks.append(sentences(graph, paper, known[split:], own, _FILLER))
        year = str(paper.facts["year"])
        url = f"https://library.example/record/{paper.id.partition('/')[2]}"
        yield Page(url, f"{paper.name} ({year})", SITE, "", f"{year}-12-31", tuple(blocks))
