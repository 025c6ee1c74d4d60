"""A public register of organisations."""

from collections.abc import Iterator

from wildgym.envs.web.graph import Graph
from wildgym.envs.web.sites.core import day, fact_table, sentences, text, told_by
from wildgym.envs.web.telling import link
from wildgym.tools import Rng
from wildgym.tools.web import Block, Page

SITE = "register"
_FILLER = (
    "Entries are checked once a year.",
    "The seal of the registrar is on file.",
    "Accounts may be inspected at the counter.",
    "Fees were paid in full.",
)


def entries(graph: Graph, rng: Rng) -> Iterator[Page]:
    """Yield the entry of every organisation."""
    for number, organisation in enumerate(graph.of("organisation"), 1):
        own = Rng(rng.random(), organisation.id)
        known = told_by(SITE, organisation)
        blocks: list[Block] = [text("Entry on ", link(organisation), ".")]
        if own.chance(0.5):
            blocks += [fact_table(graph, organisation, known, own), text(own.pick(_FILLER))]
        else:
            blocks.append(sentences(graph, organisation, known, own, _FILLER))
        title = f"Register of organisations: {organisation.name}"
        url = f"https://register.example/entry/{5000 + number}"
        yield Page(url, title, SITE, "", day(own, 2026), tuple(blocks))
