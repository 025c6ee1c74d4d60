"""Facts in words, and read back from words: the same phrases both ways."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from wildgym.envs.dates import MONTHS, day_of
from wildgym.envs.web.graph import Entity, Graph, Value
from wildgym.envs.web.kinds.events import ordinal
from wildgym.envs.web.relations import RELATIONS, Relation
from wildgym.tools import Rng
from wildgym.tools.web import Inline, Link

_DAYS = ("{d} {m} {y}", "{m} {d}, {y}", "{y}-{n:02}-{d:02}", "the {o} of {m} {y}")
_SUBJECT = "\0"
_LINK = re.compile(r"\[\d+: ([^\]]*)\]")
_VALUES = {
    "day": r"\w[\w ,-]*?",
    "year": r"\d{3,4}",
    "count": r"\d[\d, ]*?",
    "money": r"\d[\d.,]*? EUR",
    "text": r"[^.;|\n]+?",
    "entity": r"[^.;|\n]+?",
    "entities": r"[^.;|\n]+?",
}
_BEGINNING = r"(?:^|(?<=[.!?:] )|(?<=\n)|(?<=- ))"


def told(graph: Graph, entity: Entity, relation: Relation, rng: Rng) -> tuple[Inline, ...]:
    """Return a sentence that states a fact, in one of many ways; entities in it are links."""
    phrase = rng.pick(relation.phrases)
    value = written(graph, relation, entity.facts[relation.name], rng)
    parts: list[Inline] = []
    for piece in re.split(r"(\{[sv]\})", phrase):
        if piece == "{s}":
            parts.append(entity.name)
        elif piece == "{v}":
            parts += value
        elif piece:
            parts.append(piece)
    return tuple(parts)


def written(graph: Graph, relation: Relation, value: Value, rng: Rng) -> Sequence[Inline]:
    """Return a value as pages write it."""
    match relation.type:
        case "entity":
            return [link(graph[str(value)])]
        case "entities":
            assert isinstance(value, tuple)
            names: list[Inline] = []
            for id in value:
                names += [" and " if names else "", link(graph[id])]
            return [part for part in names if part]
        case "day":
            return [day_in_words(str(value), rng)]
        case "count":
            return [rng.pick((f"{value:,}", str(value), f"{value:,}".replace(",", " ")))]
        case "money":
            return [f"{float(str(value)):,.2f} EUR"]
        case _:
            return [str(value)]


def link(entity: Entity) -> Link:
    """Return a link to the article on an entity."""
    return Link(entity.name, address(entity))


def address(entity: Entity) -> str:
    """Return where the article on an entity is."""
    words = re.sub(r"[^\w-]+", "_", entity.name.strip())
    return f"https://encyclopaedia.example/{entity.kind}/{words}"


def day_in_words(iso: str, rng: Rng) -> str:
    """Write a date in one of the usual forms."""
    day = date.fromisoformat(iso)
    return rng.pick(_DAYS).format(
        o=ordinal(day.day), d=day.day, m=MONTHS[day.month - 1], n=day.month, y=day.year
    )


def read(text: str, subject: str, kind: str, relation: str) -> str | None:
    """Return the value of a fact that a text states of a subject, as the text writes it.

    Args:
        text: What a browser shows of a page about the subject.
        subject: The name of the entity.
        kind: Its kind.
        relation: The name of the relation.
    """
    bare, name = _LINK.sub(r"\1", text), re.escape(subject)
    row = re.search(rf"^{re.escape(RELATIONS[kind, relation].label)} \| (.+)$", bare, re.MULTILINE)
    if row:
        return row[1].strip()
    for pattern in _patterns(kind, relation):
        found = re.search(pattern.replace(_SUBJECT, name), bare)
        if found:
            return found["v"].strip()
    return None


def canonical(relation: Relation, text: str) -> Value | None:
    """Return a value as the graph has it, but for entities, which stay names."""
    match relation.type:
        case "day":
            return day_of(text)
        case "year" | "count":
            digits = re.sub(r"\D", "", text)
            return int(digits) if digits else None
        case "money":
            return float(re.sub(r"[^\d.]", "", text))
        case "entities":
            return tuple(text.split(" and "))
        case _:
            return text


@lru_cache(maxsize=256)
def _patterns(kind: str, relation: str) -> Sequence[str]:
    """Return what reads each phrase, with a mark where the subject stands."""
    of = RELATIONS[kind, relation]
    value = f"(?P<v>{_VALUES[of.type]})"
    return [
        _BEGINNING + re.escape(phrase).replace(r"\{v\}", value).replace(r"\{s\}", _SUBJECT)
        for phrase in of.phrases
    ]
