"""Tools of services that have nothing to do with a task."""

from functools import cache

from wildgym.tools import Specs


def foreign_tools(own: Specs) -> Specs:
    """Return every tool of every service but those whose names are taken."""
    return {name: spec for name, spec in every_tool().items() if name not in own}


@cache
def every_tool() -> Specs:
    """Return the tools of all services, by name."""
    from wildgym.envs.api import SERVICES

    return {tool.name: tool.spec for s in SERVICES.values() for tool in s.tools}
