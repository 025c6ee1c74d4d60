"""How facts about people are told."""

from wildgym.envs.web.relations.core import Relation

RELATIONS = (
    Relation(
        "person",
        "born",
        "day",
        "Born",
        (
            "{s} was born on {v}.",
            "{s} came into the world on {v}.",
            "The parish register gives {v} as the birthday of {s}.",
            "{s}, born {v}, grew up as the youngest of four.",
        ),
    ),
    Relation(
        "person",
        "birthplace",
        "entity",
        "Place of birth",
        (
            "{s} was born in {v}.",
            "{s} is a native of {v}.",
            "{s} spent the first years of life in {v}, the place of birth.",
            "{v} is the birthplace of {s}.",
        ),
        target="city",
        inverse="People born here",
    ),
    Relation(
        "person",
        "died",
        "day",
        "Died",
        (
            "{s} died on {v}.",
            "{s} passed away on {v}.",
            "The death of {s} on {v} was widely mourned.",
            "{s} lived until {v}.",
        ),
    ),
    Relation(
        "person",
        "occupation",
        "text",
        "Occupation",
        (
            "{s} worked as {v} for most of life.",
            "By profession, {s} was {v}.",
            "{s} made a name as {v}.",
            "Colleagues knew {s} as {v}.",
        ),
    ),
    Relation(
        "person",
        "employer",
        "entity",
        "Employer",
        (
            "{s} worked for {v}.",
            "{s} was on the staff of {v}.",
            "{s} spent a career at {v}.",
            "{v} employed {s} for many years.",
        ),
        target="organisation",
        inverse="People who worked here",
    ),
    Relation(
        "person",
        "studied_at",
        "entity",
        "Education",
        (
            "{s} studied at {v}.",
            "{s} took a degree at {v}.",
            "{s} is a graduate of {v}.",
            "{v} counts {s} among its alumni.",
        ),
        target="organisation",
        inverse="Alumni",
    ),
    Relation(
        "person",
        "spouse",
        "entity",
        "Spouse",
        (
            "{s} was married to {v}.",
            "In a small ceremony {s} married {v}.",
            "The spouse of {s} was {v}.",
            "{s} shared a home with {v}, to whom the marriage lasted.",
        ),
        target="person",
    ),
    Relation(
        "person",
        "mentor",
        "entity",
        "Mentor",
        (
            "{s} was a pupil of {v}.",
            "{s} learnt the trade from {v}.",
            "{v} was the mentor of {s}.",
            "{s} always named {v} as teacher.",
        ),
        target="person",
        inverse="Pupils",
    ),
)
