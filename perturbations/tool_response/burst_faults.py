"""Outages: once one call fails, all fail until time has passed."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.tools import EPISODE_TOOLS, Calls, ToolCall, ToolError, ToolResult, World

_SHARE = 0.4
_CODE = "outage"
_FIRST_WAIT = 20


@dataclass(frozen=True)
class Bursting(Faulty):
    """A toolset with a few outages, each of which takes a while of virtual time."""

    most: int = 3

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Let an outage begin, go on or end."""
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        until = world.memory.get("burst_faults", 0.0)
        if world.clock >= until:
            fault = self.struck(call, world)
            if fault is None:
                return self.inner.call(call, world)
            seconds = 20 + int(self.draw.uniform(fault, "seconds") * 100)
            world.memory["burst_faults"] = world.clock + seconds
        message = (
            "503: all services are down at the moment. The request was not carried out. Trying"
            " again helps only once some time has passed."
        )
        return ToolError(_CODE, message).result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Wait, longer each time, and call again."""
        result, seconds = (yield call), _FIRST_WAIT
        while result.code == _CODE:
            yield ToolCall("wait", {"seconds": seconds})
            result, seconds = (yield call), seconds * 2
        return result


class BurstFaults(Perturbation):
    """Let all services go down together for a while, of which nobody says how long it takes."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "R33"
    lesson: ClassVar = (
        "All services are down for a while, so I wait, longer each time, and call again."
    )
    rank: ClassVar = -3.6

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        layer = Bursting.over(scenario, draw, _SHARE * self.strength)
        return scenario.behind(self.name, layer, toolset=layer)
