"""What a relation is: a kind of fact, its type, and the ways of putting it into words."""

from dataclasses import dataclass
from typing import Literal

Type = Literal["day", "year", "count", "money", "text", "entity", "entities"]


@dataclass(frozen=True, slots=True)
class Relation:
    """A kind of fact.

    Attributes:
        kind: The kind of entity that it is a fact of.
        name: Its name in the graph.
        type: What its values are.
        label: What it is called in a table beside its value.
        phrases: Sentences that state it: `{s}` is whom it is about, `{v}` the value. No phrase may
            be part of another's.
        target: The kind of entity that it leads to, if it leads to one.
        inverse: What a list on the target's page is called, of all that the relation leads from.
    """

    kind: str
    name: str
    type: Type
    label: str
    phrases: tuple[str, ...]
    target: str = ""
    inverse: str = ""
