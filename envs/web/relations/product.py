"""How facts about products are told."""

from wildgym.envs.web.relations.core import Relation

RELATIONS = (
    Relation(
        "product",
        "maker",
        "entity",
        "Maker",
        (
            "The {s} is made by {v}.",
            "{v} makes the {s}.",
            "The {s} comes from {v}.",
            "On the back of the {s} one reads the name of {v}.",
        ),
        target="organisation",
        inverse="Products",
    ),
    Relation(
        "product",
        "category",
        "text",
        "Category",
        (
            "The {s} is sold as {v}.",
            "Shops list the {s} as {v}.",
            "Among the goods of the kind {v}, the {s} has many rivals.",
            "Whoever looks for {v} may look at the {s}.",
        ),
    ),
    Relation(
        "product",
        "released",
        "day",
        "Released",
        (
            "The {s} was released on {v}.",
            "The {s} has been on sale since {v}.",
            "First deliveries of the {s} left the factory on {v}.",
            "The {s} came to market on {v}.",
        ),
    ),
    Relation(
        "product",
        "price",
        "money",
        "Price",
        (
            "The {s} costs {v}.",
            "The list price of the {s} is {v}.",
            "The {s} sells for {v}.",
            "For {v} the {s} can be yours.",
        ),
    ),
    Relation(
        "product",
        "weight_grams",
        "count",
        "Weight in grams",
        (
            "The {s} weighs {v} grams.",
            "On the scales, the {s} shows {v} grams.",
            "At {v} grams, the {s} is no burden.",
            "The manual gives the weight of the {s} as {v} grams.",
        ),
    ),
    Relation(
        "product",
        "designer",
        "entity",
        "Designer",
        (
            "The {s} was designed by {v}.",
            "The design of the {s} is by {v}.",
            "{v} drew the {s}.",
            "The {s} bears the signature of {v}.",
        ),
        target="person",
        inverse="Designs",
    ),
    Relation(
        "product",
        "predecessor",
        "entity",
        "Predecessor",
        (
            "The {s} replaces the {v}.",
            "The {s} came after the {v}.",
            "The predecessor of the {s} is the {v}.",
            "With the {s}, the {v} was retired.",
        ),
        target="product",
        inverse="Successor",
    ),
)
