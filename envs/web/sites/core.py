"""What sites have in common: who tells which facts, and paragraphs made of them."""

from collections.abc import Mapping, Sequence

from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.relations import RELATIONS
from wildgym.envs.web.telling import told, written
from wildgym.tools import Rng
from wildgym.tools.web import Inline, Paragraph, Table

TELLS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "encyclopaedia": {
        "country": ("capital", "currency", "language", "founded"),
        "city": ("country", "population", "founded", "river"),
        "person": ("birthplace", "born", "died"),
        "organisation": ("type", "founded", "headquarters"),
        "work": ("type", "creator", "year"),
        "event": ("type", "date", "place", "edition"),
        "product": ("category", "maker"),
        "paper": ("subject", "year"),
    },
    "news": {
        "city": ("mayor",),
        "person": ("spouse",),
        "organisation": ("founder",),
        "event": ("winner", "winning_work", "prize", "organiser"),
        "paper": ("presented_at",),
    },
    "homepages": {"person": ("occupation", "studied_at", "employer", "mentor")},
    "register": {"organisation": ("employees", "parent")},
    "forum": {"city": ("twin",), "work": ("set_in", "based_on")},
    "shop": {
        "product": ("category", "maker", "released", "price"),
        "work": ("publisher", "length"),
    },
    "manuals": {"product": ("weight_grams", "designer", "predecessor")},
    "library": {
        "paper": ("year", "authors", "subject", "institution", "sample_size", "cites"),
    },
}
"""For each site, the facts that it tells of each kind: no site tells everything about anything."""


def told_by(site: str, entity: Entity) -> list[str]:
    """Return the relations of an entity that a site tells."""
    return [name for name in TELLS[site].get(entity.kind, ()) if name in entity.facts]


def sentences(
    graph: Graph, entity: Entity, relations: Sequence[str], rng: Rng, filler: Sequence[str] = ()
) -> Paragraph:
    """Return a paragraph that states facts in drawn order, with words between them.

    Args:
        graph: Where the facts are from.
        entity: Whose facts.
        relations: Which.
        rng: What draws order and wording.
        filler: Sentences that state nothing, of which some are drawn.
    """
    parts: list[tuple[Inline, ...]] = [
        told(graph, entity, RELATIONS[entity.kind, name], rng) for name in rng.shuffled(relations)
    ]
    for sentence in rng.sample(filler, min(len(filler), rng.integer(1, 3))):
        parts.insert(rng.integer(0, len(parts)), (sentence,))
    line: list[Inline] = []
    for part in parts:
        line += [*([" "] if line else []), *part]
    return Paragraph(tuple(line))


def fact_table(graph: Graph, entity: Entity, relations: Sequence[str], rng: Rng) -> Table:
    """Return facts as rows of a label and a value."""
    rows = []
    for name in relations:
        relation = RELATIONS[entity.kind, name]
        value = written(graph, relation, entity.facts[name], rng)
        rows.append(((relation.label,), tuple(value)))
    return Table(("Fact", "Value"), tuple(rows))


def text(*parts: Inline) -> Paragraph:
    """Return a paragraph."""
    return Paragraph(tuple(parts))


def day(rng: Rng, first: int = 2019, last: int = 2030) -> str:
    """Return a date on which a page may have been written."""
    return f"{rng.integer(first, last)}-{rng.integer(1, 12):02}-{rng.integer(1, 28):02}"
