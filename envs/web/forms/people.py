"""Questions about people: who learnt from whom, lived where, worked for whom."""

from collections.abc import Mapping

from wildgym.envs.web.asks import Count, Extreme, Fact, Name, Nobody
from wildgym.envs.web.forms.drawing import at, few, having, in_decade, same, year_of
from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.question import Form
from wildgym.envs.web.steps import Follow, Keep, Listed, Named
from wildgym.tools import Json, Rng

Drawn = Mapping[str, Json] | None
_BORN_THERE = (Named("city", "city"), Listed("person", "birthplace"))
_STAFF = (Named("organisation", "organisation"), Listed("person", "employer"))


def _native(graph: Graph, rng: Rng, *relations: str) -> tuple[Entity, Entity] | None:
    """Draw somebody born in a city of which a few people are."""
    person = having(graph, rng, "person", *relations)
    city = at(graph, person, "birthplace") if person else None
    if person is None or city is None:
        return None
    return (person, city) if few(graph.sources("person", "birthplace", city.id)) else None


def _by_trade(graph: Graph, rng: Rng) -> Drawn:
    drawn = _native(graph, rng)
    if drawn is None:
        return None
    person, city = drawn
    return {"city": city.name, "occupation": person.facts["occupation"]}


def _by_trade_and_decade(graph: Graph, rng: Rng) -> Drawn:
    drawn = _native(graph, rng, "mentor")
    if drawn is None:
        return None
    person, city = drawn
    return {"city": city.name, "decade": year_of(person, "born") // 10 * 10}


def _by_employer_type(graph: Graph, rng: Rng) -> Drawn:
    drawn = _native(graph, rng, "employer")
    house = at(graph, drawn[0], "employer") if drawn else None
    if drawn is None or house is None:
        return None
    return {"city": drawn[1].name, "type": house.facts["type"]}


def _colleague(graph: Graph, rng: Rng) -> Drawn:
    person = having(graph, rng, "person", "employer")
    house = at(graph, person, "employer") if person else None
    if person is None or house is None or not few(graph.sources("person", "employer", house.id)):
        return None
    return {"organisation": house.name, "occupation": person.facts["occupation"]}


def _city(graph: Graph, rng: Rng) -> Drawn:
    drawn = _native(graph, rng)
    return {"city": drawn[1].name} if drawn else None


def _mentor_of_mentor(graph: Graph, rng: Rng) -> Drawn:
    person = having(graph, rng, "person", "mentor")
    older = at(graph, person, "mentor") if person else None
    return {"person": person.name} if person and older and "mentor" in older.facts else None


def _spouse(graph: Graph, rng: Rng) -> Drawn:
    person = having(graph, rng, "person", "spouse")
    return {"person": person.name} if person else None


def _unheard_of(graph: Graph, rng: Rng) -> Drawn:
    drawn = _native(graph, rng)
    if drawn is None:
        return None
    there = {p.facts["occupation"] for p in graph.sources("person", "birthplace", drawn[1].id)}
    others = sorted({str(p.facts["occupation"]) for p in graph.of("person")} - there)
    return {"city": drawn[1].name, "occupation": rng.pick(others)}


def _mayor(graph: Graph, rng: Rng) -> Drawn:
    city = having(graph, rng, "city", "mayor", "twin")
    twin = at(graph, city, "twin") if city else None
    return {"city": city.name} if city and twin and "mayor" in twin.facts else None


FORMS = (
    Form(
        "native_by_trade",
        "Somebody from a city, by trade.",
        (
            "One person who was born in {city} is known as {occupation}.",
            "Report the name.",
        ),
        _by_trade,
        (*_BORN_THERE, Keep((("occupation", ""),), same("occupation"))),
        Name(),
    ),
    Form(
        "school_of_native",
        "Where somebody from a city studied, by trade.",
        (
            "Of all people who were born in {city}, one made a name as {occupation}.",
            "Report where that person took a degree.",
        ),
        _by_trade,
        (*_BORN_THERE, Keep((("occupation", ""),), same("occupation"))),
        Fact("studied_at"),
    ),
    Form(
        "teacher_of_native",
        "Who taught somebody from a city, by decade of birth.",
        (
            "In the {decade}s a single one of the people was born in {city} of whom pages tell.",
            "Report from whom that person learnt the trade.",
        ),
        _by_trade_and_decade,
        (*_BORN_THERE, Keep((("born", ""),), in_decade("decade"))),
        Fact("mentor"),
    ),
    Form(
        "native_by_employer",
        "Somebody from a city, by the type of the employer.",
        (
            "Among those born in {city}, one alone spent a career at a house of the type {type}.",
            "Report when that person was born.",
        ),
        _by_employer_type,
        (*_BORN_THERE, Keep((("employer", "organisation"), ("type", "")), same("type"))),
        Fact("born"),
    ),
    Form(
        "seat_of_employer",
        "The founder of the house that somebody worked for.",
        (
            "One person who came from {city} worked for a house of the type {type}.",
            "Report who founded that house.",
        ),
        _by_employer_type,
        (
            *_BORN_THERE,
            Keep((("employer", "organisation"), ("type", "")), same("type")),
            Follow("employer", "organisation"),
        ),
        Fact("founder"),
    ),
    Form(
        "colleague_by_trade",
        "Somebody on the staff of a house, by trade.",
        (
            "The staff of {organisation} counted a single {occupation}.",
            "Report in which city that person was born.",
        ),
        _colleague,
        (*_STAFF, Keep((("occupation", ""),), same("occupation"))),
        Fact("birthplace"),
    ),
    Form(
        "oldest_native",
        "Who was born first in a city.",
        (
            "Many people were born in {city}.",
            "Report the name of the one who came into the world first.",
        ),
        _city,
        _BORN_THERE,
        Extreme("born", most=False),
    ),
    Form(
        "youngest_native",
        "Who was born last in a city.",
        ("Report who of the people born in {city} has the latest date of birth.",),
        _city,
        _BORN_THERE,
        Extreme("born", most=True),
    ),
    Form(
        "natives_of_decade",
        "How many people were born in a city in a decade.",
        (
            "Several people were born in {city}, and some of them in the {decade}s.",
            "Report how many were born there in that decade.",
        ),
        _by_trade_and_decade,
        (*_BORN_THERE, Keep((("born", ""),), in_decade("decade"))),
        Count(),
    ),
    Form(
        "teacher_of_teacher",
        "Two generations of teachers back.",
        (
            "{person} learnt from somebody, who in turn had a teacher.",
            "Report the city in which that teacher's teacher was born.",
        ),
        _mentor_of_mentor,
        (
            Named("person", "person"),
            Follow("mentor", "person"),
            Follow("mentor", "person"),
        ),
        Fact("birthplace"),
    ),
    Form(
        "country_of_spouse",
        "The language spoken where somebody's spouse was born.",
        (
            "{person} was married.",
            "Report the official language of the country in which the other one was born.",
        ),
        _spouse,
        (
            Named("person", "person"),
            Follow("spouse", "person"),
            Follow("birthplace", "city"),
            Follow("country", "country"),
        ),
        Fact("language"),
    ),
    Form(
        "mayor_of_twin",
        "Who governs the twin of a city.",
        (
            "{city} has a twin city abroad.",
            "Report when the mayor of that twin city was born.",
        ),
        _mayor,
        (Named("city", "city"), Follow("twin", "city"), Follow("mayor", "person")),
        Fact("born"),
    ),
    Form(
        "nobody_of_trade",
        "Nobody fits: how many were looked at.",
        (
            "Somebody told me that a person known as {occupation} was born in {city}.",
            "Report the name.",
            "If pages know of no such person, hand in 'impossible' instead, and as the answer how"
            " many people the encyclopaedia lists as born there.",
        ),
        _unheard_of,
        (*_BORN_THERE, Keep((("occupation", ""),), same("occupation"))),
        Nobody(_BORN_THERE),
    ),
)
