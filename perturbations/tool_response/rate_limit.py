"""Too many requests: try again later, and not sooner."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import EPISODE_TOOLS, Calls, Layer, ToolCall, ToolError, ToolResult, World

_SHARE = 0.6
_MOST = 8


@dataclass(frozen=True)
class RateLimited(Layer):
    """A toolset that turns some calls away for a while of virtual time.

    Args:
        draw: Which calls, and for how long.
        share: The share of calls that are turned away, at most `_MOST` of them in an episode.
    """

    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Turn a call away until its time has come; trying sooner does not bring that nearer."""
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        memory, slot = world.memory, call.slot
        made, until = memory.get(("rate_limit", slot), (0, None))
        if until is None and self.draw.chance(self.share, slot, made):
            used = memory.get("rate_limit", 0)
            if used < _MOST:
                memory["rate_limit"] = used + 1
                until = world.clock + 5 + int(self.draw.uniform(slot, made, "seconds") * 55)
                memory["rate_limit", slot] = (made, until)
        if until is not None and world.clock < until:
            seconds = until - world.clock
            message = f"429 Too Many Requests. Retry after {seconds:g} seconds."
            return ToolError("rate_limited", message, retry_after_seconds=seconds).result
        memory["rate_limit", slot] = (made + 1, None)
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Wait for as long as the error says, then call again."""
        result = yield call
        while result.code == "rate_limited":
            yield ToolCall("wait", {"seconds": result.value["retry_after_seconds"]})
            result = yield call
        return result


class RateLimit(Perturbation):
    """Answer calls with 429 and the time after which to retry, on the virtual clock."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.5
    source: ClassVar = "R02, R38"
    lesson: ClassVar = "The server is busy and names a time; I wait that long and call again."
    rank: ClassVar = -3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        toolset = scenario.toolset
        layer = RateLimited(toolset, toolset.specs, draw, _SHARE * self.strength)
        return scenario.behind(self.name, layer, toolset=layer)
