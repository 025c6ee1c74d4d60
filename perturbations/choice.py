"""Which tools an operator falls on, and which of several ways it takes with each."""

from collections.abc import Sequence
from typing import TypeVar

from wildgym.perturbations.draw import Draw
from wildgym.tools import EPISODE_TOOLS, Specs, ToolSpec

T = TypeVar("T")


def chosen(specs: Specs, draw: Draw, share: float, **having: object) -> frozenset[str]:
    """Return the names of a share of the services' tools.

    Args:
        specs: All tools.
        draw: Each tool has a draw of its own, so that a smaller share is part of a larger one.
        share: From 0 to 1.
        having: Attributes that a spec must have, such as `effect="write"`.
    """
    return frozenset(
        name
        for name, spec in specs.items()
        if name not in EPISODE_TOOLS and _has(spec, having) and draw.chance(share, name)
    )


def picked(options: Sequence[T], draw: Draw, *slot: object) -> T:
    """Return one of `options`: a draw without a generator, which costs far less to make."""
    return options[int(draw.uniform(*slot) * len(options))]


def _has(spec: ToolSpec, having: dict[str, object]) -> bool:
    return all(getattr(spec, attribute) == value for attribute, value in having.items())
