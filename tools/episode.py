"""The tools every episode has: time passes, and work is handed in."""

from typing import Annotated, Literal

from pydantic import Field

from wildgym.tools.tool import Json, reads, writes
from wildgym.tools.world import World


@reads
def wait(world: World, seconds: Annotated[float, Field(gt=0, le=86_400)]) -> dict[str, Json]:
    """Let time pass. Nothing else does.

    Args:
        seconds: How long to wait.
    """
    world.clock += seconds
    return {"waited_seconds": seconds}


@writes
def finish(
    world: World, answer: str = "", status: Literal["done", "refused", "impossible"] = "done"
) -> dict[str, Json]:
    """Hand in the work and end the episode.

    Args:
        answer: What was asked to be reported, and only that; empty if nothing was.
        status: "done" if the request was carried out, "refused" if a rule forbids it,
            "impossible" if it cannot be carried out with what there is.
    """
    world.answer = {"answer": answer, "status": status}
    return {"ended": True}


EPISODE_TOOLS = frozenset({wait.name, finish.name})
"""Tools that no service stands behind: time and the end do not fail."""
