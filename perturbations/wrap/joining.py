"""Tools of others and our own, offered as one toolset."""

from dataclasses import dataclass, field

from wildgym.tools import EPISODE_TOOLS, Specs, ToolCall, ToolResult, Tools, World
from wildgym.tools.servers import Unreachable
from wildgym.tools.toolset import Toolset


@dataclass
class Joined:
    """A server's tools, and one with which virtual time passes.

    Args:
        upstream: The server's.
        own: What is offered beside.
    """

    upstream: Toolset
    own: Tools
    specs: Specs = field(init=False)

    def __post_init__(self) -> None:
        self.specs = {**self.upstream.specs, **self.own.specs}

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Call the one or the other."""
        whose = self.own if call.name in self.own.specs else self.upstream
        return whose.call(call, world)


def joined(upstream: Toolset, own: Tools, shown: str) -> Joined:
    """Return a server's tools beside our own; raise Unreachable if they share a name."""
    if taken := sorted(EPISODE_TOOLS & upstream.specs.keys()):
        raise Unreachable(
            f"{shown} has a tool {taken[0]!r}, which is the name of a tool that every perturbed"
            " episode has; wrap a server that names it otherwise"
        )
    return Joined(upstream, own)
