"""Countries, and cities in them."""

from wildgym.envs.web.graph import Sketch
from wildgym.envs.web.names import CULTURES

COUNTRIES = 20
CITIES = 11
_CURRENCIES = (
    *("crown", "florin", "dinar", "thaler", "peso", "mark", "lira", "krona", "ducat", "shell"),
    *("penning", "real", "guilder", "zolot", "rupa", "taler", "obol", "scudo", "grosh", "sol"),
)
_RULING = ("politician", "industrialist", "architect", "historian")


def draw_places(sketch: Sketch) -> None:
    """Draw countries, each with its cities, of which the first is the capital."""
    rng, names = sketch.rng, sketch.names
    for n in range(COUNTRIES):
        culture = [*CULTURES][n % len(CULTURES)]
        name = names.place(culture)
        country = sketch.add("country", name, culture, founded=rng.integer(1480, 1860))
        country.facts["language"] = names.language(name, culture)
        country.facts["currency"] = f"{name} {_CURRENCIES[n]}"
        rivers = [names.place(culture) for _ in range(4)]
        cities = [
            sketch.add(
                "city",
                names.place(culture),
                culture,
                country=country.id,
                population=1_000 * rng.integer(18, 2_400) + rng.integer(0, 999),
                founded=rng.integer(900, 1470),
                river=rng.pick(rivers),
            )
            for _ in range(CITIES)
        ]
        country.facts["capital"] = cities[0].id
    _twin(sketch)


def draw_mayors(sketch: Sketch) -> None:
    """Give some cities a mayor, who is alive."""
    able = [p for p in sketch.of("person") if p.facts["occupation"] in _RULING]
    able = [p for p in able if "died" not in p.facts and p.year("born") < 1995]
    cities = sketch.rng.shuffled(sketch.of("city"))
    for city, person in zip(cities, sketch.rng.shuffled(able), strict=False):
        city.facts["mayor"] = person.id


def _twin(sketch: Sketch) -> None:
    cities = sketch.rng.shuffled(sketch.of("city"))
    pairs = zip(cities[0:120:2], cities[1:120:2], strict=True)
    for one, other in pairs:
        if one.facts["country"] != other.facts["country"]:
            one.facts["twin"], other.facts["twin"] = other.id, one.id
