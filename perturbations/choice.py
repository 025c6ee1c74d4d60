"""Which tools an operator falls on."""

from wildgym.perturbations.draw import Draw
from wildgym.tools import EPISODE_TOOLS, Specs, ToolSpec


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


def _has(spec: ToolSpec, having: dict[str, object]) -> bool:
    return all(getattr(spec, attribute) == value for attribute, value in having.items())
