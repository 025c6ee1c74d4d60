"""How facts about papers are told."""

from wildgym.envs.web.relations.core import Relation

RELATIONS = (
    Relation(
        "paper",
        "year",
        "year",
        "Year",
        (
            "{s} was published in {v}.",
            "{s} appeared in print in {v}.",
            "Libraries date {s} to {v}.",
            "{s} is a paper of {v}.",
        ),
    ),
    Relation(
        "paper",
        "authors",
        "entities",
        "Authors",
        (
            "{s} was written by {v}.",
            "The authors of {s} are {v}.",
            "{s} is signed by {v}.",
            "{s}, a paper by {v}, is often quoted.",
        ),
        target="person",
        inverse="Papers",
    ),
    Relation(
        "paper",
        "institution",
        "entity",
        "Institution",
        (
            "The work on {s} was done at {v}.",
            "{s} comes from {v}.",
            "{v} is the institution named on {s}.",
            "The experiments of {s} took place at {v}.",
        ),
        target="organisation",
        inverse="Papers from here",
    ),
    Relation(
        "paper",
        "subject",
        "text",
        "Subject",
        (
            "{s} is about {v}.",
            "The subject of {s} is {v}.",
            "{s} deals with {v}.",
            "In {s}, the question is {v}.",
        ),
    ),
    Relation(
        "paper",
        "cites",
        "entities",
        "Cites",
        (
            "{s} cites {v}.",
            "The references of {s} include {v}.",
            "{s} builds on {v}.",
            "Among the sources of {s} is {v}.",
        ),
        target="paper",
        inverse="Cited by",
    ),
    Relation(
        "paper",
        "presented_at",
        "entity",
        "Presented at",
        (
            "{s} was presented at {v}.",
            "The first talk on {s} was given at {v}.",
            "{v} heard {s} first.",
            "{s} was read out at {v}.",
        ),
        target="event",
        inverse="Papers presented",
    ),
    Relation(
        "paper",
        "sample_size",
        "count",
        "Sample size",
        (
            "{s} rests on a sample of {v}.",
            "The sample of {s} numbered {v}.",
            "For {s}, {v} specimens were examined.",
            "{s} reports on {v} cases.",
        ),
    ),
)
