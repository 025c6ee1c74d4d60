"""What `wildgym serve` says to the clients of OpenEnv: episodes of a family."""

from typing import Any, Literal

from wildgym.benchmarks.errors import Misuse
from wildgym.benchmarks.listening import over_http
from wildgym.benchmarks.play import named
from wildgym.envs.integrations.openenv import app
from wildgym.envs.integrations.row import made, row
from wildgym.perturbations.factory import FAMILIES
from wildgym.tools.sandboxes import Unavailable


def episodes(
    family: str,
    interface: Literal["text", "chat"],
    port: int,
    sessions: int,
    task: str | None,
    perturbations: str,
    **arguments: Any,
) -> None:
    """Serve episodes over HTTP, to this machine only, until it is stopped.

    Args:
        family: Such as `api`.
        interface: What agents write.
        port: Which port; 0 takes a free one.
        sessions: How many may be open at a time.
        task: The only task there is, or a glob over their names; None for all of the family.
        perturbations: As typed.
        arguments: For `gym.make`; what a reset names goes before them.

    Raises:
        Misuse: There are no such episodes.
    """
    if family not in FAMILIES:
        raise Misuse(f"there is no family {family!r}; families: {', '.join(FAMILIES)}")
    env_id = f"wildgym/{family.capitalize()}-v0"
    arguments |= {"perturbations": named(perturbations)}
    if task is not None:
        arguments |= {"tasks": task}
    try:
        made(row(env_id, 0, **arguments), interface=interface)
    except (ValueError, Unavailable) as error:
        raise Misuse(str(error)) from None
    serving = app(env_id, interface=interface, sessions=sessions, **arguments)
    over_http(serving, port, "")
