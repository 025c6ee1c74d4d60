"""How a scene gets its open tickets."""

from wildgym.envs.api.task import Scene
from wildgym.tools import Json, Row


def reopen(scene: Scene, ticket: Row, **changes: Json) -> None:
    """Make a ticket an open one."""
    scene.world.put("tickets", {**ticket, "status": "open", "solved_on": None, **changes})
