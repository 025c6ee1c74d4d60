"""How facts about countries are told."""

from wildgym.envs.web.relations.core import Relation

RELATIONS = (
    Relation(
        "country",
        "capital",
        "entity",
        "Capital",
        (
            "The capital of {s} is {v}.",
            "{s} is governed from {v}, its capital.",
            "Parliament in {s} sits in {v}.",
            "In {s}, all roads are measured from the capital, {v}.",
        ),
        target="city",
        inverse="Capital of",
    ),
    Relation(
        "country",
        "currency",
        "text",
        "Currency",
        (
            "The currency of {s} is the {v}.",
            "In {s} one pays in {v}.",
            "Prices in {s} are given in {v}.",
            "The central bank of {s} issues the {v}.",
        ),
    ),
    Relation(
        "country",
        "language",
        "text",
        "Official language",
        (
            "The official language of {s} is {v}.",
            "In {s} people speak {v}.",
            "{v} is the language of schools in {s}.",
            "Laws in {s} are written in {v}.",
        ),
    ),
    Relation(
        "country",
        "founded",
        "year",
        "Founded",
        (
            "{s} was founded as a state in {v}.",
            "The state of {s} dates from {v}.",
            "{s} has been independent since {v}.",
            "The constitution of {s} was signed in {v}.",
        ),
    ),
)
