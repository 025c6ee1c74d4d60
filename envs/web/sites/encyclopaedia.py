"""An encyclopaedia: an article on everything, with lists of what leads there."""

from collections.abc import Iterator, Sequence

from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.relations import RELATIONS
from wildgym.envs.web.sites.core import day, fact_table, sentences, told_by
from wildgym.envs.web.telling import address, link
from wildgym.tools import Rng
from wildgym.tools.web import Block, Bullets, Heading, Page

SITE = "encyclopaedia"
_FILLER = {
    "country": (
        "Its coast is rocky in the north and sandy elsewhere.",
        "Railways were nationalised early and returned to private hands late.",
        "The school year begins in autumn.",
        "Mountains cover about a third of the land.",
    ),
    "city": (
        "The old town burnt down twice and was rebuilt in brick.",
        "Trams run until midnight, on feast days until two.",
        "A weekly market is held in front of the town hall.",
        "The cathedral was never finished.",
        "Since the harbour was deepened, larger ships call again.",
    ),
    "person": (
        "Early letters show a dry sense of humour.",
        "Little is known about the years abroad.",
        "An asteroid was named in recognition.",
        "The family moved several times.",
        "Critics were divided from the beginning.",
        "A biography appeared in three volumes.",
    ),
    "organisation": (
        "Its archive is open to the public on request.",
        "A fire destroyed the first building.",
        "It was reorganised after a change in the law.",
        "Annual reports have appeared without a gap.",
    ),
    "work": (
        "Reviews were warm at first and cooler later.",
        "A restored version is shown from time to time.",
        "It has been translated into several languages.",
        "The first draft is lost.",
    ),
    "event": (
        "Rain delayed the opening by an hour.",
        "Tickets were sold out within days.",
        "The programme was printed on recycled paper.",
        "A minute of silence was held for a former chair.",
    ),
    "product": (
        "It was received well by specialist magazines.",
        "Several colours were offered.",
        "A recall in the first year concerned the plug alone.",
    ),
    "paper": (
        "The peer review took longer than usual.",
        "A correction of two figures was printed later.",
        "The data are kept in a public repository.",
    ),
}
_EDITORS = ("A. Feld", "M. Okoro", "J. Sund", "T. Varga", "L. Moreau", "P. Haddad")


def articles(graph: Graph, rng: Rng) -> Iterator[Page]:
    """Yield an article on every entity."""
    for entity in graph.entities.values():
        yield article(graph, entity, Rng(rng.random(), entity.id))


def article(graph: Graph, entity: Entity, rng: Rng) -> Page:
    """Return the article on an entity: some facts in a table, some in words, and lists."""
    known = told_by(SITE, entity)
    split = rng.integer(0, min(2, len(known)))
    shown = rng.shuffled(known)
    blocks: list[Block] = []
    if split:
        blocks.append(fact_table(graph, entity, shown[:split], rng))
    blocks.append(sentences(graph, entity, shown[split:], rng, _FILLER[entity.kind]))
    blocks += [block for listed in _lists(graph, entity) for block in listed]
    return Page(
        address(entity), entity.name, SITE, rng.pick(_EDITORS), day(rng, 2024), tuple(blocks)
    )


def _lists(graph: Graph, entity: Entity) -> Iterator[Sequence[Block]]:
    """Yield a list of all that a relation leads from, for each that articles tell."""
    for relation in RELATIONS.values():
        if relation.target != entity.kind or not relation.inverse:
            continue
        found = graph.sources(relation.kind, relation.name, entity.id)
        if found:
            yield Heading(relation.inverse), Bullets(tuple((link(source),) for source in found))
