"""Success outside, failure inside."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import EPISODE_TOOLS, Calls, Json, Layer, ToolCall, ToolResult, World

_SHARE = 0.5
_MOST = 6


@dataclass(frozen=True)
class Masked(Layer):
    """A toolset that answers everything with an envelope of success, failures of its own included.

    Args:
        draw: Which calls fail, once.
        share: The share of calls that do, at most `_MOST` of them in an episode.
    """

    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Put the result, or a failure that passes, into the envelope."""
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        slot = call.slot
        failed = world.memory.get("mask_errors", 0)
        fresh = ("mask_errors", slot) not in world.memory
        world.memory["mask_errors", slot] = True
        if fresh and failed < _MOST and self.draw.chance(self.share, slot):
            world.memory["mask_errors"] = failed + 1
            note = "backend unavailable, nothing was done; repeat the call"
            return _envelope(None, [note])
        result = self.inner.call(call, world)
        return result if result.is_error else _envelope(result.value, [])

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Look into the envelope, and repeat what failed."""
        result = yield call
        while _is_envelope(result) and result.value["warnings"]:
            result = yield call
        return ToolResult(result.value["data"]) if _is_envelope(result) else result


def _envelope(data: Json, warnings: list[str]) -> ToolResult:
    return ToolResult({"status": "success", "data": data, "warnings": warnings})


def _is_envelope(result: ToolResult) -> bool:
    return (
        not result.is_error
        and isinstance(result.value, dict)
        and result.value.keys() == {"status", "data", "warnings"}
    )


class MaskErrors(Perturbation):
    """Answer with "status": "success" throughout, though some calls did nothing."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.6
    source: ClassVar = "R39"
    lesson: ClassVar = (
        "Everything claims success, so I look into what came of it and repeat what failed."
    )
    rank: ClassVar = 1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        toolset = scenario.toolset
        layer = Masked(toolset, toolset.specs, draw, _SHARE * self.strength)
        return scenario.behind(self.name, layer, toolset=layer)
