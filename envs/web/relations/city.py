"""How facts about cities are told."""

from wildgym.envs.web.relations.core import Relation

RELATIONS = (
    Relation(
        "city",
        "country",
        "entity",
        "Country",
        (
            "{s} is a city in {v}.",
            "{s} lies in {v}.",
            "Among the cities of {v}, {s} is one of the better known.",
            "{s} belongs to {v}.",
        ),
        target="country",
        inverse="Cities",
    ),
    Relation(
        "city",
        "population",
        "count",
        "Population",
        (
            "{s} has {v} inhabitants.",
            "About {v} people live in {s}.",
            "The last census counted {v} residents in {s}.",
            "{s} is home to {v} people.",
        ),
    ),
    Relation(
        "city",
        "founded",
        "year",
        "First mentioned",
        (
            "{s} was first mentioned in {v}.",
            "The oldest record of {s} dates from {v}.",
            "{s} celebrates {v} as the year of its founding.",
            "A charter of {v} is the first to name {s}.",
        ),
    ),
    Relation(
        "city",
        "river",
        "text",
        "River",
        (
            "{s} lies on the river {v}.",
            "The {v} flows through {s}.",
            "In {s}, eleven bridges cross the {v}.",
            "{s} grew around a ford of the {v}.",
        ),
    ),
    Relation(
        "city",
        "twin",
        "entity",
        "Twin city",
        (
            "{s} is twinned with {v}.",
            "The twin city of {s} is {v}.",
            "For decades {s} has had a partner city in {v}.",
            "Pupils from {s} visit the twin city {v} every spring.",
        ),
        target="city",
    ),
    Relation(
        "city",
        "mayor",
        "entity",
        "Mayor",
        (
            "The mayor of {s} is {v}.",
            "{v} was elected mayor of {s}.",
            "{s} is led by its mayor, {v}.",
            "In {s}, mayor {v} opened the session.",
        ),
        target="person",
        inverse="Mayor of",
    ),
)
