"""People: when and where they were born, what they do, whom they learnt from and married."""

from wildgym.envs.web.graph import Draft, Sketch

PEOPLE = 1_200
TODAY = 2031
OCCUPATIONS = (
    *("novelist", "film director", "painter", "composer", "musician", "physicist", "chemist"),
    *("biologist", "historian", "engineer", "architect", "politician", "industrialist"),
    *("designer", "explorer", "mathematician"),
)
_LEAST_YEARS = 42


def draw_people(sketch: Sketch) -> None:
    """Draw people, without what takes others to exist."""
    rng, cities = sketch.rng, sketch.of("city")
    for _ in range(PEOPLE):
        city = rng.pick(cities)
        born = rng.integer(1862, 2003)
        person = sketch.add(
            "person",
            sketch.names.person(city.culture),
            city.culture,
            born=_day(sketch, born),
            birthplace=city.id,
            occupation=rng.pick(OCCUPATIONS),
        )
        died = born + rng.integer(_LEAST_YEARS, 98)
        if died < TODAY:
            person.facts["died"] = _day(sketch, died)


def draw_lives(sketch: Sketch) -> None:
    """Draw where people studied and work, whom they married and who taught them."""
    universities = [o for o in sketch.of("organisation") if o.facts["type"] == "university"]
    houses = [o for o in sketch.of("organisation") if o.facts["type"] != "orchestra"]
    for person in sketch.of("person"):
        if sketch.rng.chance(0.7):
            _place(sketch, person, "studied_at", universities, 19)
        if sketch.rng.chance(0.7):
            _place(sketch, person, "employer", houses, 25)
        if sketch.rng.chance(0.5):
            _learn(sketch, person)
    _marry(sketch)


def alive(person: Draft, year: int, least: int = 20, most: int = 75) -> bool:
    """Say whether a person was of some age in a year, and lived."""
    died = person.year("died") if "died" in person.facts else TODAY + 1
    return person.year("born") + least <= year <= min(person.year("born") + most, died - 1)


def _day(sketch: Sketch, year: int) -> str:
    return f"{year}-{sketch.rng.integer(1, 12):02}-{sketch.rng.integer(1, 28):02}"


def _place(sketch: Sketch, person: Draft, relation: str, among: list[Draft], age: int) -> None:
    older = [o for o in among if o.year("founded") <= person.year("born") + age]
    if older:
        person.facts[relation] = sketch.rng.pick(older).id


def _learn(sketch: Sketch, person: Draft) -> None:
    born = person.year("born")
    able = [
        other
        for other in sketch.of("person")
        if other.facts["occupation"] == person.facts["occupation"]
        and 15 <= born - other.year("born") <= 40
    ]
    if able:
        person.facts["mentor"] = sketch.rng.pick(able).id


def _marry(sketch: Sketch) -> None:
    single = sketch.rng.shuffled(sketch.of("person"))
    single = sorted(single, key=lambda person: person.year("born"))
    for one, other in zip(single[::2], single[1::2], strict=False):
        if sketch.rng.chance(0.5):
            one.facts["spouse"], other.facts["spouse"] = other.id, one.id
