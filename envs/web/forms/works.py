"""Questions about novels, films and the like, and who made them."""

from collections.abc import Mapping

from wildgym.envs.web.asks import Count, Extreme, Fact, InOrder, Name
from wildgym.envs.web.forms.drawing import (
    above,
    at,
    below,
    few,
    having,
    in_decade,
    same,
    year_of,
    yearly,
)
from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.question import Form
from wildgym.envs.web.steps import Follow, Keep, Listed, ListOf, Named
from wildgym.tools import Json, Rng

Drawn = Mapping[str, Json] | None
_OF_THE_YEAR = ListOf("work", yearly)
_SETTING = ("set_in", "city")
_MAKER = ("creator", "person")


def _work(graph: Graph, rng: Rng, *relations: str) -> Entity | None:
    return having(graph, rng, "work", *relations)


def _listed(work: Entity) -> dict[str, Json]:
    return {"type": work.facts["type"], "year": work.facts["year"]}


def _by_river(graph: Graph, rng: Rng) -> Drawn:
    work = _work(graph, rng)
    city = at(graph, work, "set_in") if work else None
    return {**_listed(work), "river": city.facts["river"]} if work and city else None


def _by_river_and_birth(graph: Graph, rng: Rng) -> Drawn:
    work = _work(graph, rng)
    maker = at(graph, work, "creator") if work else None
    city = at(graph, work, "set_in") if work else None
    if work is None or maker is None or city is None:
        return None
    decade = year_of(maker, "born") // 10 * 10
    return {**_listed(work), "river": city.facts["river"], "decade": decade}


def _by_publisher_seat(graph: Graph, rng: Rng) -> Drawn:
    work = _work(graph, rng, "publisher")
    seat = at(graph, work, "publisher", "headquarters", "country") if work else None
    return {**_listed(work), "country": seat.name} if work and seat else None


def _by_length(graph: Graph, rng: Rng) -> Drawn:
    work = _work(graph, rng)
    if work is None:
        return None
    birth = at(graph, work, "creator", "birthplace", "country")
    limit = int(str(work.facts["length"])) - rng.integer(1, 12)
    return {**_listed(work), "country": birth.name, "limit": limit} if birth else None


def _adaptation(graph: Graph, rng: Rng) -> Drawn:
    work = _work(graph, rng, "based_on")
    return {"work": work.name} if work else None


def _source_setting(graph: Graph, rng: Rng) -> Drawn:
    work = _work(graph, rng, "based_on")
    return _listed(work) if work else None


def _of_maker(graph: Graph, rng: Rng) -> Drawn:
    maker = having(graph, rng, "person")
    works = graph.sources("work", "creator", maker.id) if maker else ()
    return {"person": maker.name} if maker and few(works) else None


def _pupil(graph: Graph, rng: Rng) -> Drawn:
    work = _work(graph, rng)
    maker = at(graph, work, "creator") if work else None
    return {"work": work.name} if work and maker and "mentor" in maker.facts else None


def _decade_of_maker(graph: Graph, rng: Rng) -> Drawn:
    drawn = _of_maker(graph, rng)
    if drawn is None:
        return None
    maker = next(p for p in graph.of("person") if p.name == drawn["person"])
    some = rng.pick(graph.sources("work", "creator", maker.id))
    return {**drawn, "limit": some.facts["year"]}


def _few_of_year(graph: Graph, rng: Rng) -> Drawn:
    work = _work(graph, rng)
    return _listed(work) if work else None


FORMS = (
    Form(
        "work_by_river",
        "A work of a year, by the river of the city that it is set in.",
        (
            "Among the works of the kind {type} of the year {year} there is just one that is set in"
            " a city on the river {river}.",
            "Report its title.",
        ),
        _by_river,
        (_OF_THE_YEAR, Keep((_SETTING, ("river", "")), same("river"))),
        Name(),
    ),
    Form(
        "maker_by_river",
        "Who made it: the work first, by the river of its setting.",
        (
            "Somebody made a work of the kind {type} in {year} that is set in a city on the river"
            " {river}.",
            "Report who that was.",
        ),
        _by_river,
        (_OF_THE_YEAR, Keep((_SETTING, ("river", "")), same("river"))),
        Fact("creator"),
    ),
    Form(
        "birthplace_of_maker",
        "Where its maker was born: the work by river and decade.",
        (
            "In {year} a work of the kind {type} appeared that is set on the river {river}; whoever"
            " made it was born in the {decade}s.",
            "Report the city in which that person was born.",
        ),
        _by_river_and_birth,
        (
            _OF_THE_YEAR,
            Keep((_SETTING, ("river", "")), same("river")),
            Keep((_MAKER, ("born", "")), in_decade("decade")),
            Follow("creator", "person"),
        ),
        Fact("birthplace"),
    ),
    Form(
        "work_by_publisher",
        "A work of a year, by the country of the house that brought it out.",
        (
            "Of the works of the kind {type} of {year}, a single one was brought out by a house"
            " that has its head office in a city of {country}.",
            "Report the title.",
        ),
        _by_publisher_seat,
        (
            _OF_THE_YEAR,
            Keep(
                (("publisher", "organisation"), ("headquarters", "city"), ("country", "country")),
                same("country"),
            ),
        ),
        Name(),
    ),
    Form(
        "founder_of_house",
        "Who founded the house that brought a work out.",
        (
            "A house whose head office is in {country} brought out a work of the kind {type} in"
            " {year}; no other from there did in that year.",
            "Report who founded that house.",
        ),
        _by_publisher_seat,
        (
            _OF_THE_YEAR,
            Keep(
                (("publisher", "organisation"), ("headquarters", "city"), ("country", "country")),
                same("country"),
            ),
            Follow("publisher", "organisation"),
        ),
        Fact("founder"),
    ),
    Form(
        "long_work",
        "A work by its length and its maker's country.",
        (
            "Somebody who was born in {country} made a work of the kind {type} that appeared in"
            " {year} and whose length is above {limit}.",
            "There is one such work.",
            "Report its title.",
        ),
        _by_length,
        (
            _OF_THE_YEAR,
            Keep((_MAKER, ("birthplace", "city"), ("country", "country")), same("country")),
            Keep((("length", ""),), above("limit")),
        ),
        Name(),
    ),
    Form(
        "longest_of_year",
        "Which of a year is the longest.",
        (
            "Compare all works of the kind {type} of the year {year}.",
            "Report the title of the one with the greatest length that any shop gives.",
        ),
        _few_of_year,
        (_OF_THE_YEAR,),
        Extreme("length", most=True),
    ),
    Form(
        "source_author",
        "Who wrote what a work is based on.",
        (
            "The work '{work}' was made after another one.",
            "Report who made that other work.",
        ),
        _adaptation,
        (Named("work", "work"), Follow("based_on", "work")),
        Fact("creator"),
    ),
    Form(
        "source_of_adaptation",
        "Which work an adaptation of a year is based on.",
        (
            "Just one work of the kind {type} of the year {year} was made after an older work.",
            "Report the year of that older work.",
        ),
        _source_setting,
        (
            _OF_THE_YEAR,
            Keep((("based_on", "work"),), lambda value, facts: True),
            Follow("based_on", "work"),
        ),
        Fact("year"),
    ),
    Form(
        "works_in_order",
        "Everything that somebody made, in order.",
        (
            "Put everything that {person} made into the order of its years.",
            "Report the titles from the oldest to the newest, with ' < ' between them.",
        ),
        _of_maker,
        (Named("person", "person"), Listed("work", "creator")),
        InOrder("year"),
    ),
    Form(
        "works_after",
        "How many works somebody made after a year.",
        (
            "Count what {person} made, as far as it appeared after {limit}.",
            "Report the number.",
        ),
        _decade_of_maker,
        (
            Named("person", "person"),
            Listed("work", "creator"),
            Keep((("year", ""),), above("limit")),
        ),
        Count(),
    ),
    Form(
        "teacher_of_maker",
        "Where the teacher of a work's maker studied.",
        (
            "Whoever made '{work}' learnt the trade from somebody.",
            "Report at which house that teacher took a degree.",
        ),
        _pupil,
        (Named("work", "work"), Follow("creator", "person"), Follow("mentor", "person")),
        Fact("studied_at"),
    ),
    Form(
        "early_works",
        "How many works somebody made before a year.",
        (
            "Some of what {person} made appeared before {limit}.",
            "Report how many works that were.",
        ),
        _decade_of_maker,
        (
            Named("person", "person"),
            Listed("work", "creator"),
            Keep((("year", ""),), below("limit")),
        ),
        Count(),
    ),
)
