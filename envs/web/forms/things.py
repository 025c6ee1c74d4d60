"""Questions about products, events, papers, houses and places."""

from collections.abc import Mapping

from wildgym.envs.web.asks import Count, Extreme, Fact, InOrder, Name, Nobody
from wildgym.envs.web.forms.drawing import (
    above,
    at,
    below,
    few,
    having,
    round_above,
    round_below,
    same,
    year_of,
    yearly,
)
from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.question import Form
from wildgym.envs.web.steps import Follow, Keep, Listed, ListOf, Named
from wildgym.tools import Json, Rng

Drawn = Mapping[str, Json] | None
_CITIES = (Named("country", "country"), Listed("city", "country"))
_SEATS = (Named("city", "city"), Listed("organisation", "headquarters"))
_PAPERS = (Named("organisation", "organisation"), Listed("paper", "institution"))
_PRODUCTS = (Named("organisation", "organisation"), Listed("product", "maker"))
_EVENTS = ListOf("event", yearly)


def _on_river(graph: Graph, rng: Rng) -> Drawn:
    city = having(graph, rng, "city")
    country = at(graph, city, "country") if city else None
    if city is None or country is None:
        return None
    limit = round_below(int(str(city.facts["population"])), rng)
    return {"country": country.name, "river": city.facts["river"], "limit": limit}


def _country(graph: Graph, rng: Rng) -> Drawn:
    country = having(graph, rng, "country")
    return {"country": country.name} if country else None


def _product(graph: Graph, rng: Rng) -> Entity | None:
    product = having(graph, rng, "product", "designer")
    maker = at(graph, product, "maker") if product else None
    return product if maker and few(graph.sources("product", "maker", maker.id)) else None


def _light_product(graph: Graph, rng: Rng) -> Drawn:
    product = _product(graph, rng)
    maker = at(graph, product, "maker") if product else None
    if product is None or maker is None:
        return None
    limit = round_above(int(str(product.facts["weight_grams"])), rng)
    return {"organisation": maker.name, "limit": limit}


def _maker(graph: Graph, rng: Rng) -> Drawn:
    product = _product(graph, rng)
    maker = at(graph, product, "maker") if product else None
    return {"organisation": maker.name} if maker else None


def _successor(graph: Graph, rng: Rng) -> Drawn:
    product = having(graph, rng, "product", "predecessor")
    return {"product": product.name} if product else None


def _event(graph: Graph, rng: Rng, kind: str, *relations: str) -> Entity | None:
    return having(graph, rng, "event", *relations, type=kind)


def _of_year(event: Entity) -> dict[str, Json]:
    return {"type": event.facts["type"], "year": year_of(event, "date")}


def _rich_prize(graph: Graph, rng: Rng) -> Drawn:
    event = _event(graph, rng, "competition", "winner")
    if event is None:
        return None
    return {**_of_year(event), "limit": round_below(int(str(event.facts["prize"])), rng)}


def _festival(graph: Graph, rng: Rng) -> Drawn:
    event = _event(graph, rng, "festival", "winning_work")
    country = at(graph, event, "place", "country") if event else None
    return {**_of_year(event), "country": country.name} if event and country else None


def _any_event(graph: Graph, rng: Rng) -> Drawn:
    event = _event(graph, rng, "competition", "prize")
    return _of_year(event) if event else None


def _paper(graph: Graph, rng: Rng) -> Drawn:
    paper = having(graph, rng, "paper", "presented_at")
    house = at(graph, paper, "institution") if paper else None
    if paper is None or house is None or not few(graph.sources("paper", "institution", house.id)):
        return None
    return {"organisation": house.name, "subject": paper.facts["subject"]}


def _sample(graph: Graph, rng: Rng) -> Drawn:
    drawn = _paper(graph, rng)
    return {"organisation": drawn["organisation"]} if drawn else None


def _big_sample(graph: Graph, rng: Rng) -> Drawn:
    drawn = _paper(graph, rng)
    return {**drawn, "limit": 100 * rng.integer(5, 40)} if drawn else None


def _seat(graph: Graph, rng: Rng) -> Drawn:
    house = having(graph, rng, "organisation", "founder")
    city = at(graph, house, "headquarters") if house else None
    if house is None or city is None:
        return None
    if len(graph.sources("organisation", "headquarters", city.id)) < 2:
        return None
    return {"city": city.name, "limit": round_below(int(str(house.facts["employees"])), rng)}


def _subsidiary(graph: Graph, rng: Rng) -> Drawn:
    house = having(graph, rng, "organisation", "parent")
    return {"organisation": house.name} if house else None


def _no_product(graph: Graph, rng: Rng) -> Drawn:
    drawn = _maker(graph, rng)
    if drawn is None:
        return None
    return {**drawn, "limit": 12_000 + 100 * rng.integer(0, 40)}


FORMS = (
    Form(
        "city_by_river",
        "A city of a country, by river and size.",
        (
            "In {country} there is one city on the river {river} with more than {limit} people.",
            "Report its name.",
        ),
        _on_river,
        (
            *_CITIES,
            Keep((("river", ""),), same("river")),
            Keep((("population", ""),), above("limit")),
        ),
        Name(),
    ),
    Form(
        "largest_city",
        "The largest city of a country.",
        ("Report which city of {country} has the most people at present.",),
        _country,
        _CITIES,
        Extreme("population", most=True),
    ),
    Form(
        "large_cities",
        "How many cities of a country have more than so many people.",
        (
            "Look at all cities of {country}.",
            "Report how many of them have more than {limit} people at present.",
        ),
        _on_river,
        (*_CITIES, Keep((("population", ""),), above("limit"))),
        Count(),
    ),
    Form(
        "designer_of_light_one",
        "Who designed the only product of a maker below a weight.",
        (
            "A single product of {organisation} weighs less than {limit} grams, by the manuals that"
            " hold now.",
            "Report who designed it.",
        ),
        _light_product,
        (*_PRODUCTS, Keep((("weight_grams", ""),), below("limit"))),
        Fact("designer"),
    ),
    Form(
        "heaviest_product",
        "The heaviest product of a maker.",
        ("Report which product of {organisation} is the heaviest, by the manuals that hold now.",),
        _maker,
        _PRODUCTS,
        Extreme("weight_grams", most=True),
    ),
    Form(
        "cheapest_product",
        "The cheapest product of a maker.",
        ("Report which product of {organisation} costs the least in the shop today.",),
        _maker,
        _PRODUCTS,
        Extreme("price", most=False),
    ),
    Form(
        "products_in_order",
        "The products of a maker, by release.",
        (
            "Put all products of {organisation} into the order of their release.",
            "Report their names from the first to the last, with ' < ' between them.",
        ),
        _maker,
        _PRODUCTS,
        InOrder("released"),
    ),
    Form(
        "release_of_predecessor",
        "When the product before one was released.",
        (
            "The {product} came after another product.",
            "Report the date on which that other one was released.",
        ),
        _successor,
        (Named("product", "product"), Follow("predecessor", "product")),
        Fact("released"),
    ),
    Form(
        "winner_of_rich_prize",
        "Who won the only competition of a year above a purse.",
        (
            "In {year}, one event of the type {type} paid more than {limit} EUR.",
            "Report where its winner was born.",
        ),
        _rich_prize,
        (_EVENTS, Keep((("prize", ""),), above("limit")), Follow("winner", "person")),
        Fact("birthplace"),
    ),
    Form(
        "richest_prize",
        "Which competition of a year paid most.",
        ("Report which event of the type {type} of the year {year} paid the largest prize.",),
        _any_event,
        (_EVENTS,),
        Extreme("prize", most=True),
    ),
    Form(
        "winning_work",
        "Who made what won a festival, by its country.",
        (
            "One event of the type {type} took place in a city of {country} in {year}.",
            "Report who made the work that won its main prize.",
        ),
        _festival,
        (
            _EVENTS,
            Keep((("place", "city"), ("country", "country")), same("country")),
            Follow("winning_work", "work"),
        ),
        Fact("creator"),
    ),
    Form(
        "organiser_of_event",
        "When the organiser of an event was founded, by its country.",
        (
            "A single event of the type {type} was held in {country} in {year}.",
            "Report the year in which its organiser was founded.",
        ),
        _festival,
        (
            _EVENTS,
            Keep((("place", "city"), ("country", "country")), same("country")),
            Follow("organiser", "organisation"),
        ),
        Fact("founded"),
    ),
    Form(
        "venue_of_paper",
        "Where a paper was presented, by institution and subject.",
        (
            "One paper that came from {organisation} is about {subject}.",
            "Report the city of the event at which it was presented.",
        ),
        _paper,
        (
            *_PAPERS,
            Keep((("subject", ""),), same("subject")),
            Follow("presented_at", "event"),
        ),
        Fact("place"),
    ),
    Form(
        "largest_sample",
        "The paper of an institution with the largest sample.",
        ("Report which paper from {organisation} rests on the largest sample.",),
        _sample,
        _PAPERS,
        Extreme("sample_size", most=True),
    ),
    Form(
        "large_samples",
        "How many papers of an institution rest on a large sample.",
        (
            "Several papers came from {organisation}.",
            "Report how many of them rest on a sample of more than {limit}.",
        ),
        _big_sample,
        (*_PAPERS, Keep((("sample_size", ""),), above("limit"))),
        Count(),
    ),
    Form(
        "founder_by_size",
        "Who founded the only house in a city above a size.",
        (
            "Of the houses that are based in {city}, one has more than {limit} employees.",
            "Report who founded it.",
        ),
        _seat,
        (*_SEATS, Keep((("employees", ""),), above("limit"))),
        Fact("founder"),
    ),
    Form(
        "mayor_of_seat",
        "The population of the town that a house's parent is based in.",
        (
            "{organisation} belongs to a larger house.",
            "Report how many people live in the city in which that one has its head office.",
        ),
        _subsidiary,
        (
            Named("organisation", "organisation"),
            Follow("parent", "organisation"),
            Follow("headquarters", "city"),
        ),
        Fact("population"),
    ),
    Form(
        "no_such_product",
        "No product fits: how many were looked at.",
        (
            "Report which product of {organisation} weighs more than {limit} grams.",
            "If there is none, hand in 'impossible' instead, and as the answer how many products of"
            " theirs the encyclopaedia lists.",
        ),
        _no_product,
        (*_PRODUCTS, Keep((("weight_grams", ""),), above("limit"))),
        Nobody(_PRODUCTS),
    ),
)
