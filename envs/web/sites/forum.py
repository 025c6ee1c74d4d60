"""A forum: somebody asks, some guess wrong, somebody knows and says from where."""

from collections.abc import Iterator

from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.relations import RELATIONS
from wildgym.envs.web.sites.core import day, sentences, text, told_by
from wildgym.envs.web.telling import link
from wildgym.tools import Rng
from wildgym.tools.web import Block, Heading, Page

SITE = "forum"
_NAMES = (
    "quill",
    "nightbus",
    "marzipan",
    "old_fox",
    "tin_whistle",
    "harbour7",
    "zenobia",
    "pluto9",
)
_QUESTIONS = (
    "Does anybody know more about {}?",
    "I keep wondering about {}. Who can help?",
    "A question on {}, for a quiz.",
)
_FILLER = (
    "Thanks, that helps a lot.",
    "I had a copy once, and lent it to a friend.",
    "Off topic: the search of this forum is terrible.",
    "Seconded.",
)


def threads(graph: Graph, rng: Rng) -> Iterator[Page]:
    """Yield a thread on everything that the forum knows something about."""
    number = 0
    for entity in graph.entities.values():
        known = told_by(SITE, entity)
        if known:
            number += 1
            yield _thread(graph, entity, known, number, Rng(rng.random(), entity.id))


def _thread(graph: Graph, entity: Entity, known: list[str], number: int, rng: Rng) -> Page:
    names = rng.sample(_NAMES, 4)
    blocks: list[Block] = [
        Heading(f"{names[0]} wrote"),
        text(rng.pick(_QUESTIONS).format(entity.name), " I only found ", link(entity), "."),
    ]
    if rng.chance(0.5):
        guess = _guess(graph, entity, rng.pick(known), rng)
        blocks += [Heading(f"{names[1]} wrote"), text(f"No idea, but I would guess {guess}.")]
    blocks += [
        Heading(f"{names[2]} wrote"),
        text("I looked it up in the printed catalogue, so this is certain:"),
        sentences(graph, entity, known, rng),
        Heading(f"{names[3]} wrote"),
        text(rng.pick(_FILLER)),
    ]
    title = f"{rng.pick(('Question', 'Help needed', 'Trivia'))}: {entity.name}"
    return Page(f"https://forum.example/t/{number}", title, SITE, names[0], day(rng), tuple(blocks))


def _guess(graph: Graph, entity: Entity, relation: str, rng: Rng) -> str:
    """Return the name of something of the right kind that is wrong."""
    others = graph.of(RELATIONS[entity.kind, relation].target)
    wrong = [other for other in rng.sample(others, 2) if other.id != entity.facts[relation]]
    return wrong[0].name
