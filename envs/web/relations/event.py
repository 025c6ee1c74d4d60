"""How facts about events are told."""

from wildgym.envs.web.relations.core import Relation

RELATIONS = (
    Relation(
        "event",
        "type",
        "text",
        "Type",
        (
            "{s} was held as {v}.",
            "By its programme, {s} was {v}.",
            "Organisers call {s} {v}.",
            "{s} is filed under {v}.",
        ),
    ),
    Relation(
        "event",
        "date",
        "day",
        "Date",
        (
            "{s} opened on {v}.",
            "{s} took place on {v}.",
            "The date of {s} was {v}.",
            "On {v}, {s} began.",
        ),
    ),
    Relation(
        "event",
        "place",
        "entity",
        "Place",
        (
            "{s} was held in {v}.",
            "The venue of {s} was {v}.",
            "{v} hosted {s}.",
            "Visitors travelled to {v} for {s}.",
        ),
        target="city",
        inverse="Events held here",
    ),
    Relation(
        "event",
        "organiser",
        "entity",
        "Organiser",
        (
            "{s} was organised by {v}.",
            "{v} was the organiser of {s}.",
            "Behind {s} stood {v}.",
            "{v} put up the means for {s}.",
        ),
        target="organisation",
        inverse="Events organised",
    ),
    Relation(
        "event",
        "edition",
        "count",
        "Edition",
        (
            "{s} had edition number {v}.",
            "In the series, {s} is number {v}.",
            "The programme of {s} counts it as edition {v}.",
            "By its own count, {s} was number {v}.",
        ),
    ),
    Relation(
        "event",
        "winner",
        "entity",
        "Winner",
        (
            "{s} was won by {v}.",
            "The winner of {s} was {v}.",
            "{v} took first place at {s}.",
            "At {s}, the jury crowned {v}.",
        ),
        target="person",
        inverse="Prizes won",
    ),
    Relation(
        "event",
        "winning_work",
        "entity",
        "Winning work",
        (
            "The main prize of {s} went to {v}.",
            "{v} won the main prize of {s}.",
            "At {s}, no work was applauded like {v}, which won.",
            "The jury of {s} chose {v}.",
        ),
        target="work",
        inverse="Prizes won",
    ),
    Relation(
        "event",
        "prize",
        "money",
        "Prize",
        (
            "The winner of {s} received {v}.",
            "{s} was endowed with {v}.",
            "The purse of {s} held {v}.",
            "{v} were paid out at {s}.",
        ),
    ),
)
