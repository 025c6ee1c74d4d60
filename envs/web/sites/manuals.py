"""Manuals of products, with versions of them that no longer hold."""

from collections.abc import Iterator

from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.sites.core import day, fact_table, sentences, text, told_by
from wildgym.envs.web.telling import link
from wildgym.tools import Rng
from wildgym.tools.web import Block, Bullets, Heading, Page

SITE = "manuals"
_STEPS = (
    "Remove all packaging before first use.",
    "Press and hold the button until the lamp turns green.",
    "Clean with a dry cloth only.",
    "Keep away from heat and magnets.",
    "Register the serial number within a month.",
    "Do not open the housing.",
)


def manuals(graph: Graph, rng: Rng) -> Iterator[Page]:
    """Yield the manual of every product, and of some an outdated version."""
    for product in graph.of("product"):
        own = Rng(rng.random(), product.id)
        yield _manual(graph, product, own)
        if own.chance(0.3):
            yield _outdated(product, own)


def _manual(graph: Graph, product: Entity, rng: Rng) -> Page:
    known = told_by(SITE, product)
    split = rng.integer(0, len(known))
    blocks: list[Block] = [text("Manual, current version, of ", link(product), ".")]
    if split:
        blocks += [Heading("Data"), fact_table(graph, product, known[:split], rng)]
    if known[split:]:
        blocks.append(sentences(graph, product, known[split:], rng))
    steps = rng.sample(_STEPS, rng.integer(2, 5))
    blocks += [Heading("Use"), Bullets(tuple((step,) for step in steps))]
    return Page(_address(product), f"{product.name}: manual", SITE, "", day(rng), tuple(blocks))


def _outdated(product: Entity, rng: Rng) -> Page:
    """A preliminary version, which says that it is one and gives another weight."""
    weight = int(str(product.facts["weight_grams"])) + 10 * rng.integer(3, 40)
    blocks = (
        text("Preliminary version. It was superseded by the current one and must not be used."),
        text(f"In the prototype, the weight was {weight} grams."),
    )
    url = f"{_address(product)}/preliminary"
    return Page(url, f"{product.name}: preliminary manual", SITE, "", day(rng, 2010, 2018), blocks)


def _address(product: Entity) -> str:
    return f"https://manuals.example/{product.id.partition('/')[2]}"
