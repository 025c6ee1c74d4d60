"""Events: festivals, competitions, conferences and expeditions, most of them in editions."""

from wildgym.envs.web.graph import Draft, Sketch
from wildgym.envs.web.kinds.people import TODAY, alive
from wildgym.envs.web.kinds.works import ARTS

SERIES = 70
_EDITIONS = 6
_SHAPES = {
    "festival": ("{} Festival", "{} Biennale", "{} Days of Art"),
    "competition": ("{} Prize", "{} Grand Competition", "{} Medal"),
    "conference": ("{} Conference", "{} Congress", "{} Symposium on Science"),
    "expedition": ("{} Expedition", "{} Survey"),
}
_OF_A_SERIES = ("festival", "competition", "conference", "expedition")


def draw_events(sketch: Sketch) -> None:
    """Draw series of events; each has a place, an organiser, and some winners."""
    rng = sketch.rng
    for number in range(SERIES):
        kind = _OF_A_SERIES[number % len(_OF_A_SERIES)]
        city = rng.pick(sketch.of("city"))
        name = sketch.names.new([shape.format(city.name) for shape in _SHAPES[kind]])
        organisers = [o for o in sketch.of("organisation") if o.year("founded") < 2005]
        organiser, art = rng.pick(organisers), rng.pick([*ARTS])
        first = rng.integer(organiser.year("founded"), 2012)
        pause = rng.integer(1, 4)
        for edition in range(1, _EDITIONS + 1):
            year = first + (edition - 1) * pause
            if year < TODAY:
                # In another town each time, so that the name does not tell where.
                event = _edition(sketch, kind, name, rng.pick(sketch.of("city")), year, edition)
                event.facts["organiser"] = organiser.id
                _decide(sketch, event, art, year)


def _edition(sketch: Sketch, kind: str, name: str, city: Draft, year: int, edition: int) -> Draft:
    date = f"{year}-{sketch.rng.integer(1, 12):02}-{sketch.rng.integer(1, 28):02}"
    return sketch.add(
        "event",
        f"{ordinal(edition)} {name}",
        city.culture,
        type=kind,
        date=date,
        place=city.id,
        edition=edition,
    )


def _decide(sketch: Sketch, event: Draft, art: str, year: int) -> None:
    """Festivals crown a work of the years before, competitions a person; both pay."""
    rng, kind = sketch.rng, event.facts["type"]
    if kind in ("festival", "competition"):
        event.facts["prize"] = 500 * rng.integer(2, 120)
    if kind == "festival":
        works = [
            w
            for w in sketch.of("work")
            if w.facts["type"] == art and year - 12 <= w.year("year") < year
        ]
        if works:
            event.facts["winning_work"] = rng.pick(works).id
    if kind == "competition":
        able = [p for p in sketch.of("person") if alive(p, year, 22, 80)]
        event.facts["winner"] = rng.pick(able).id


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd and so on."""
    if 10 < number % 100 < 14:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
