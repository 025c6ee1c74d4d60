"""A shop: products, and works on paper, film and disc, with what buyers say."""

from collections.abc import Iterator

from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.sites.core import day, fact_table, sentences, text, told_by
from wildgym.envs.web.telling import link
from wildgym.tools import Rng
from wildgym.tools.web import Block, Bullets, Heading, Page

SITE = "shop"
_FILLER = (
    "Orders before noon leave the same day.",
    "Returns are free within thirty days.",
    "Gift wrapping is available.",
    "Only a few are left in stock.",
)
_REVIEWS = (
    "Arrived on time, well packed.",
    "Does what it should. The box was dented.",
    "My daughter loves it.",
    "I expected more for the money.",
    "Bought it twice already.",
    "The smell went away after a week.",
)


def offers(graph: Graph, rng: Rng) -> Iterator[Page]:
    """Yield the page of everything that is for sale."""
    for entity in (*graph.of("product"), *graph.of("work")):
        known = told_by(SITE, entity)
        if known:
            yield _offer(graph, entity, known, Rng(rng.random(), entity.id))


def _offer(graph: Graph, entity: Entity, known: list[str], rng: Rng) -> Page:
    split = rng.integer(0, len(known))
    blocks: list[Block] = [text("About this item: ", link(entity), ".")]
    if split:
        blocks.append(fact_table(graph, entity, known[:split], rng))
    blocks.append(sentences(graph, entity, known[split:], rng, _FILLER))
    reviews = rng.sample(_REVIEWS, rng.integer(1, 4))
    stars = [f"{rng.integer(1, 5)} of 5 stars. {review}" for review in reviews]
    blocks += [Heading("What buyers say"), Bullets(tuple((line,) for line in stars))]
    if "price" in entity.facts:
        before = float(str(entity.facts["price"])) * (1 + rng.integer(5, 40) / 100)
        blocks.append(text(f"Until last month, it was sold here at {before:,.2f} EUR."))
    number = entity.id.replace("/", "-")
    url = f"https://shop.example/item/{number}"
    return Page(url, f"{entity.name} | shop", SITE, "", day(rng, 2028), tuple(blocks))
