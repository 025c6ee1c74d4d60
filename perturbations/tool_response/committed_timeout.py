"""A write that times out, and may have happened all the same."""

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

_SHARE = 0.6
_COMMITTED = 0.7
_STATUS = "get_request_status"


@dataclass(frozen=True)
class TimedOut(Layer):
    """A toolset whose writes sometimes give no answer; each such request can be asked after.

    Args:
        draw: Which writes, and whether they happened.
        share: The share of writes that time out, the first time they are made.
    """

    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Carry a write out or not, and keep what came of it for whoever asks."""
        if call.name == _STATUS:
            return self._status(str(call.arguments["request_id"]), world)
        spec = self.inner.specs.get(call.name)
        if spec is None or spec.effect == "read" or call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        slot = call.slot
        if (_STATUS, slot) in world.memory or not self.draw.chance(self.share, slot):
            return self.inner.call(call, world)
        request = f"req-{self.draw.token(slot)}"
        world.memory[_STATUS, slot] = True
        committed = self.draw.chance(_COMMITTED, slot, "committed")
        world.memory[_STATUS, request] = self.inner.call(call, world) if committed else None
        message = (
            "504: no answer in time. The request may or may not have been carried out:"
            f" {_STATUS} tells."
        )
        return ToolError("timeout", message, request_id=request).result

    def _status(self, request: str, world: World) -> ToolResult:
        if (_STATUS, request) not in world.memory:
            return ToolError("not_found", f"There was no request {request!r}.").result
        result = world.memory[_STATUS, request]
        if result is None:
            return ToolResult({"status": "never_received"})
        return ToolResult(
            {"status": "failed" if result.is_error else "completed", "result": result.value}
        )

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask what became of it, and write again only if nothing did."""
        result = yield call
        if result.code != "timeout":
            return result
        asked = yield ToolCall(_STATUS, {"request_id": result.value["request_id"]})
        if asked.value["status"] == "never_received":
            return (yield call)
        return ToolResult(asked.value["result"], asked.value["status"] == "failed")


class CommittedTimeout(Perturbation):
    """Let writes time out, most of them after they took effect: trying again does it twice."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.2
    source: ClassVar = "R41"
    lesson: ClassVar = (
        "A write that timed out may have happened, so I find out before I make it again."
    )
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -4

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        toolset = scenario.toolset
        specs = {**toolset.specs, _STATUS: _SPEC}
        layer = TimedOut(toolset, specs, draw, _SHARE * self.strength)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(
    _STATUS, "Find out what became of a request that timed out.", request_id="The request's id."
)
