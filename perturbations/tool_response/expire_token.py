"""A session that runs out in the middle of the work."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_REFRESH = "refresh_session"


@dataclass(frozen=True)
class Expiring(Layer):
    """A toolset whose session allows a number of calls, until it is renewed.

    Args:
        calls: How many calls a session allows.
    """

    calls: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Count down; refuse at zero."""
        if call.name == _REFRESH:
            world.memory[_REFRESH] = self.calls
            return ToolResult({"renewed": True})
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        # The session that an episode begins with is an old one.
        left = world.memory.get(_REFRESH, self.calls // 2)
        if left == 0:
            message = f"401: the session has expired. Call {_REFRESH} and try again."
            return ToolError("unauthorized", message).result
        world.memory[_REFRESH] = left - 1
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Renew the session, then call again."""
        result = yield call
        while result.code == "unauthorized":
            yield ToolCall(_REFRESH)
            result = yield call
        return result


class ExpireToken(Perturbation):
    """Let the session expire every few calls; a tool renews it."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.6
    source: ClassVar = "R40"
    lesson: ClassVar = "The session has expired, so I renew it and call again."
    rank: ClassVar = -2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw how many calls a session allows: the stronger, the fewer."""
        base = draw.rng("calls").integer(2, 4)
        calls = round(base / self.strength)
        specs = {**scenario.toolset.specs, _REFRESH: _SPEC}
        layer = Expiring(scenario.toolset, specs, calls)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(_REFRESH, "Renew the session.")
