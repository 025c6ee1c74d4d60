"""What a user asks, as templates and the facts that fill them."""

from collections.abc import Mapping
from dataclasses import dataclass

from wildgym.tools import Json


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks, as templates, and the facts that fill them.

    Args:
        parts: One sentence or more each.
        facts: What the templates name, by name.
    """

    parts: tuple[str, ...]
    facts: Mapping[str, Json]


def ask(*parts: str, **facts: Json) -> Request:
    """Return a request."""
    return Request(parts, facts)
