"""Results deep inside envelopes."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import EPISODE_TOOLS, Calls, Json, Layer, ToolCall, ToolResult, World

_PATHS = (("data",), ("response", "body"), ("result", "payload", "content"))


@dataclass(frozen=True)
class Wrapped(Layer):
    """A toolset that puts values into nested objects with fields that mean nothing.

    Args:
        path: The keys that lead to the value.
        draw: For what stands beside it.
    """

    path: tuple[str, ...]
    draw: Draw

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Wrap the value."""
        result = self.inner.call(call, world)
        if result.is_error or call.name in EPISODE_TOOLS:
            return result
        value: Json = result.value
        for name in reversed(self.path):
            value = {"meta": None, name: value, "links": {}}
        return ToolResult({"trace_id": self.draw.token(call.slot), **value})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Follow the path."""
        result = yield call
        value = result.value
        if result.is_error or not isinstance(value, dict) or "trace_id" not in value:
            return result
        for name in self.path:
            value = value[name]
        return ToolResult(value)


class WrapResults(Perturbation):
    """Put results into envelopes with null and empty fields around them."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "R50"
    lesson: ClassVar = "The result is in an envelope, so I take it out."
    rank: ClassVar = 3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the path: the stronger, the deeper it may be."""
        deepest = max(1, round(len(_PATHS) * self.strength))
        toolset = scenario.toolset
        path = draw.rng("path").pick(_PATHS[:deepest])
        layer = Wrapped(toolset, toolset.specs, path, draw)
        return scenario.behind(self.name, layer, toolset=layer)
