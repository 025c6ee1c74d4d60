"""Tools that work in office hours only, by the clock of the session."""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.doubles import own_tools
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Layer, Specs, ToolCall, ToolError, ToolResult, World

_PERIOD = 7200
_CLOSED = "outside_window"


@dataclass(frozen=True)
class Windowed(Layer):
    """A toolset in which some tools are closed for a part of every period.

    Args:
        tools: Which tools.
        opens: How many seconds into a period they open; they stay so until its end.
        told: Whether the error says for how long to wait, or only what time it is.
    """

    tools: frozenset[str]
    opens: int
    told: str

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Turn calls away that come too early."""
        now = world.clock % _PERIOD
        if call.name not in self.tools or now >= self.opens:
            return self.inner.call(call, world)
        if self.told == "description":
            message = f"{call.name} is closed now; its description says when it opens."
            return ToolError(_CLOSED, message, session_seconds=world.clock).result
        left = math.ceil(self.opens - now)
        message = f"{call.name} is closed now. It opens in {left} seconds of session time."
        return ToolError(_CLOSED, message, opens_in_seconds=left).result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Wait until it opens."""
        result = yield call
        while result.code == _CLOSED:
            left = result.value.get("opens_in_seconds")
            if left is None:
                left = math.ceil(self.opens - result.value["session_seconds"] % _PERIOD)
            yield ToolCall("wait", {"seconds": left})
            result = yield call
        return result


class AvailabilityWindows(Perturbation):
    """Let tools work in a window of every two hours only; an error or the description tells it."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T49"
    lesson: ClassVar = "This tool is closed at the moment, so I wait until it opens and call again."
    rank: ClassVar = -0.24

    told: Literal["error", "description"] = "error"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Close a share of the services' tools for a first part of every period."""
        specs = scenario.toolset.specs
        # One window for all: waiting for the one never closes the other.
        opens = draw.rng("opens").integer(2, 40) * 60
        # And tools that layers add, to ask what became of something, are always open.
        tools = frozenset(n for n in own_tools(scenario) if draw.chance(self.strength, n))
        outer = specs if self.told == "error" else _dated(specs, tools, opens)
        layer = Windowed(scenario.toolset, outer, tools, opens, self.told)
        return scenario.behind(self.name, layer, toolset=layer)


def _dated(specs: Specs, tools: frozenset[str], opens: int) -> Specs:
    hours = (
        f"Works from minute {opens // 60} to minute {_PERIOD // 60} of every"
        f" {_PERIOD // 60} minutes of the session."
    )
    return {
        name: spec.but(description=f"{spec.description} {hours}") if name in tools else spec
        for name, spec in specs.items()
    }
