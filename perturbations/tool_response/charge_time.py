"""Calls that take long, unless a connection is kept open for them."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import literal
from wildgym.perturbations.binding import Watching, bound, with_tools
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Facts,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_OPEN = "open_connection"
_QUICK = 0.001
_RULE = (
    "All calls made for a request may take {most} seconds together, waiting not counted; there is"
    " no more work after that, and what was done does not count. A call takes {seconds} seconds,"
    " most of it to open a connection. If a connection is opened first, with a tool of its own,"
    " that takes {seconds} seconds once, and each call from then on {quick} seconds."
)


@dataclass(frozen=True)
class Charged(Watching):
    """A toolset whose calls use time up.

    Args:
        seconds: How long a call takes without a connection, and opening one.
        most: How long all calls together may take.
    """

    seconds: int
    most: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Add up what calls take; once that is too much, refuse them."""
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        spent, connected = world.memory.get(_OPEN, (0.0, False))
        spent += _QUICK if connected else self.seconds
        world.memory[_OPEN] = (spent, connected or call.name == _OPEN)
        if spent > self.most:
            self.breach(world)
            message = f"The calls have taken more than {self.most} seconds."
            return ToolError("out_of_time", message).result
        if call.name == _OPEN:
            return ToolResult({"connected": True, "seconds_left": round(self.most - spent, 3)})
        return self.inner.call(call, world)

    def brief(self, told: Facts) -> Calls[Facts]:
        """Open a connection before anything else."""
        yield ToolCall(_OPEN)
        return told


class ChargeTime(Perturbation):
    """Let calls use up a stated time; opening a connection first makes them take next to none."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.75
    source: ClassVar = "R55"
    lesson: ClassVar = "Calls cost time here, so I open a connection first, which makes them quick."
    rank: ClassVar = 99.95  # above all whose way through makes calls of its own, beneath renaming

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw how long calls take; the stronger, the fewer the time is enough for."""
        seconds = draw.rng("seconds").integer(30, 90)
        most = round(seconds * (0.5 + 1 / self.strength))
        specs = with_tools(scenario, _SPEC)
        layer = Charged(scenario.toolset, specs, self.name, seconds, most)
        rule = literal(_RULE.format(most=most, seconds=seconds, quick=_QUICK))
        return bound(scenario, layer, rule)


_SPEC = plain_spec(_OPEN, "Open a connection, over which later calls take next to no time.")
