"""Works: novels, films, paintings, operas and albums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wildgym.envs.web.graph import Draft, Sketch
from wildgym.envs.web.kinds.people import TODAY, alive

WORKS = 900


@dataclass(frozen=True, slots=True)
class Art:
    """What works of a type have in common.

    Attributes:
        by: The occupation of who makes them.
        house: The type of organisation that brings them out.
        length: The least and the most of their length, in pages, minutes or centimetres.
        from_novels: Whether they may be made after a novel.
    """

    by: str
    house: str
    length: tuple[int, int]
    from_novels: bool = False


ARTS: Mapping[str, Art] = {
    "novel": Art("novelist", "publisher", (140, 780)),
    "film": Art("film director", "company", (78, 196), from_novels=True),
    "painting": Art("painter", "museum", (30, 310)),
    "opera": Art("composer", "orchestra", (55, 230), from_novels=True),
    "album": Art("musician", "company", (28, 92)),
}


def draw_works(sketch: Sketch) -> None:
    """Draw works, novels first: others are made after them."""
    makers = {
        kind: [p for p in sketch.of("person") if p.facts["occupation"] == art.by]
        for kind, art in ARTS.items()
    }
    houses = {
        kind: [o for o in sketch.of("organisation") if o.facts["type"] == art.house]
        for kind, art in ARTS.items()
    }
    for number in range(WORKS):
        kind = "novel" if number < WORKS // 3 else sketch.rng.pick([*ARTS])
        _draw(sketch, kind, sketch.rng.pick(makers[kind]), houses[kind])


def _draw(sketch: Sketch, kind: str, maker: Draft, houses: Sequence[Draft]) -> None:
    rng, art = sketch.rng, ARTS[kind]
    last = min(TODAY - 1, maker.year("born") + 74)
    year = rng.integer(maker.year("born") + 22, max(maker.year("born") + 22, last))
    while not alive(maker, year):
        year -= 1
    city = rng.pick(sketch.of("city"))
    facts: dict[str, str | int] = {
        "type": kind,
        "year": year,
        "creator": maker.id,
        "set_in": city.id,
        "length": rng.integer(*art.length),
    }
    open_then = [house for house in houses if house.year("founded") <= year]
    if open_then and rng.chance(0.8):
        facts["publisher"] = rng.pick(open_then).id
    older = _novels_before(sketch, year) if art.from_novels and rng.chance(0.4) else []
    if older:
        facts["based_on"] = rng.pick(older).id
    sketch.add("work", sketch.names.title(city.name), maker.culture, **facts)


def _novels_before(sketch: Sketch, year: int) -> list[Draft]:
    works = sketch.of("work")
    return [w for w in works if w.facts["type"] == "novel" and w.year("year") < year]
