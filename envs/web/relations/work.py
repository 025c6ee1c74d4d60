"""How facts about works are told."""

from wildgym.envs.web.relations.core import Relation

RELATIONS = (
    Relation(
        "work",
        "type",
        "text",
        "Type",
        (
            "{s} is a work of the kind called {v}.",
            "Catalogues list {s} as {v}.",
            "{s} counts as {v}.",
            "As {v}, {s} has been reviewed often.",
        ),
    ),
    Relation(
        "work",
        "year",
        "year",
        "Year",
        (
            "{s} appeared in {v}.",
            "{s} was first shown to the public in {v}.",
            "{s} dates from {v}.",
            "The year of {s} is {v}.",
        ),
    ),
    Relation(
        "work",
        "creator",
        "entity",
        "Created by",
        (
            "{s} was created by {v}.",
            "{s} is the work of {v}.",
            "{v} is the author of {s}.",
            "The credits of {s} name {v} first.",
        ),
        target="person",
        inverse="Works",
    ),
    Relation(
        "work",
        "publisher",
        "entity",
        "Brought out by",
        (
            "{s} was brought out by {v}.",
            "{v} published {s}.",
            "The rights in {s} are held by {v}.",
            "{s} came out under the name of {v}.",
        ),
        target="organisation",
        inverse="Works brought out",
    ),
    Relation(
        "work",
        "set_in",
        "entity",
        "Setting",
        (
            "{s} is set in {v}.",
            "The story of {s} takes place in {v}.",
            "{v} is the scene of {s}.",
            "{s} shows the streets of {v}.",
        ),
        target="city",
        inverse="Works set here",
    ),
    Relation(
        "work",
        "length",
        "count",
        "Length",
        (
            "The length of {s} is given as {v}.",
            "{s} measures {v} in the usual unit.",
            "In catalogues, {s} has a length of {v}.",
            "Editions of {s} agree on a length of {v}.",
        ),
    ),
    Relation(
        "work",
        "based_on",
        "entity",
        "Based on",
        (
            "{s} is based on {v}.",
            "{s} was made after {v}.",
            "{v} is the source of {s}.",
            "{s} follows the plot of {v} closely.",
        ),
        target="work",
        inverse="Adaptations",
    ),
)
