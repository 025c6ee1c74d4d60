"""Organisations: who founded them, where they sit, to whom they belong."""

from wildgym.envs.web.graph import Draft, Sketch
from wildgym.envs.web.kinds.people import alive

ORGANISATIONS = 380
_NAMES = {
    "university": ("University of {}", "{} Technical University", "{} College"),
    "company": ("{} Works", "{} Industries", "{} & Partners", "{} Instruments"),
    "museum": ("{} Museum", "Museum of {}", "{} Gallery"),
    "publisher": ("{} Press", "{} House", "{} Editions"),
    "institute": ("{} Institute", "Institute of {}", "{} Laboratory"),
    "orchestra": ("{} Philharmonic", "{} Symphony", "{} Chamber Orchestra"),
}
_SHARES = ("company", "company", "company", "university", "museum", "publisher", "institute")
_TYPES = (*_SHARES, "orchestra")


def draw_organisations(sketch: Sketch) -> None:
    """Draw organisations; some belong to an older one of their type."""
    rng = sketch.rng
    for _ in range(ORGANISATIONS):
        kind, city = rng.pick(_TYPES), rng.pick(sketch.of("city"))
        founded = rng.integer(1890, 2018) if kind != "university" else rng.integer(1840, 1960)
        facts: dict[str, str | int] = {
            "type": kind,
            "founded": founded,
            "headquarters": city.id,
            "employees": rng.integer(14, 9_800),
        }
        able = [person for person in sketch.of("person") if alive(person, founded, 24, 68)]
        if able:
            facts["founder"] = rng.pick(able).id
        sketch.add("organisation", _name(sketch, kind, city), city.culture, **facts)
    _adopt(sketch)


def _name(sketch: Sketch, kind: str, city: Draft) -> str:
    own = sketch.names.place(city.culture)
    return sketch.names.new([shape.format(own) for shape in _NAMES[kind]])


def _adopt(sketch: Sketch) -> None:
    for child in sketch.of("organisation"):
        if sketch.rng.chance(0.2):
            older = [
                other
                for other in sketch.of("organisation")
                if other.facts["type"] == child.facts["type"]
                and other.year("founded") < child.year("founded")
                and "parent" not in other.facts
            ]
            if older:
                child.facts["parent"] = sketch.rng.pick(older).id
