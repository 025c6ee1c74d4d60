"""How facts about organisations are told."""

from wildgym.envs.web.relations.core import Relation

RELATIONS = (
    Relation(
        "organisation",
        "type",
        "text",
        "Type",
        (
            "{s} calls itself {v}.",
            "The kind of house that {s} is: {v}.",
            "In the register, {s} is entered as a {v}.",
            "By its statutes, {s} is {v}.",
        ),
    ),
    Relation(
        "organisation",
        "founded",
        "year",
        "Founded",
        (
            "{s} was founded in {v}.",
            "{s} opened its doors in {v}.",
            "The history of {s} begins in {v}.",
            "{s} was established in {v}.",
        ),
    ),
    Relation(
        "organisation",
        "headquarters",
        "entity",
        "Headquarters",
        (
            "{s} has its headquarters in {v}.",
            "{s} is based in {v}.",
            "The head office of {s} is in {v}.",
            "{s} moved into its present building in {v}.",
        ),
        target="city",
        inverse="Organisations based here",
    ),
    Relation(
        "organisation",
        "founder",
        "entity",
        "Founder",
        (
            "{s} was set up by {v}.",
            "The founder of {s} was {v}.",
            "{v} founded {s}.",
            "{s} owes its existence to {v}.",
        ),
        target="person",
        inverse="Founder of",
    ),
    Relation(
        "organisation",
        "parent",
        "entity",
        "Parent",
        (
            "{s} is a subsidiary of {v}.",
            "{s} belongs to {v}.",
            "{v} took {s} over and keeps all shares.",
            "The parent of {s} is {v}.",
        ),
        target="organisation",
        inverse="Subsidiaries",
    ),
    Relation(
        "organisation",
        "employees",
        "count",
        "Employees",
        (
            "{s} has {v} employees.",
            "{v} people work for {s}.",
            "The payroll of {s} lists {v} names.",
            "With {v} employees, {s} is known well beyond its town.",
        ),
    ),
)
