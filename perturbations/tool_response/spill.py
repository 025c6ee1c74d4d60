"""Results too large to show at once."""

import json
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
    ToolSpec,
    World,
)

_READ_PART = "read_part"


@dataclass(frozen=True)
class Spilled(Layer):
    """A toolset that puts long results aside, to be read in parts.

    Args:
        limit: How many characters are shown at once.
    """

    limit: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Show the beginning, and keep the whole."""
        if call.name == _READ_PART:
            return self._read_part(call, world)
        result = self.inner.call(call, world)
        if result.is_error or call.name in EPISODE_TOOLS:
            return result
        text = json.dumps(result.value, ensure_ascii=False)
        if len(text) <= self.limit:
            return result
        number = world.memory.get(_READ_PART, 0) + 1
        world.memory[_READ_PART] = number
        handle = f"result-{number}"
        world.memory[_READ_PART, handle] = text
        return ToolResult(
            {
                "too_long": True,
                "handle": handle,
                "parts": -(-len(text) // self.limit),
                "beginning": text[: self.limit // 4],
                "note": f"Read the JSON text with {_READ_PART}, parts 1 to the last, and join it.",
            }
        )

    def _read_part(self, call: ToolCall, world: World) -> ToolResult:
        text = world.memory.get((_READ_PART, call.arguments["handle"]))
        part = call.arguments["part"]
        if text is None or not isinstance(part, int):
            return ToolError("not_found", "There is no such handle, or part is no number.").result
        piece = text[(part - 1) * self.limit : part * self.limit] if part > 0 else ""
        if not piece:
            return ToolError("not_found", f"There is no part {part}.").result
        return ToolResult({"text": piece})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Read all parts."""
        result = yield call
        value = result.value
        if result.is_error or not isinstance(value, dict) or not value.get("too_long"):
            return result
        text = ""
        for part in range(1, value["parts"] + 1):
            piece = yield ToolCall(_READ_PART, {"handle": value["handle"], "part": part})
            text += piece.value["text"]
        return ToolResult(json.loads(text))


class Spill(Perturbation):
    """Show only the beginning of a long result; the rest is read by parts."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.3
    source: ClassVar = "R37"
    rank: ClassVar = 4

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the limit: the stronger, the lower."""
        limit = round(draw.rng("limit").integer(500, 900) / self.strength)
        specs = {**scenario.toolset.specs, _READ_PART: _SPEC}
        layer = Spilled(scenario.toolset, specs, limit)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = ToolSpec(
    _READ_PART,
    "Read one part of a result that was too long.",
    {
        "type": "object",
        "properties": {
            "handle": {"type": "string", "description": "The result's handle."},
            "part": {"type": "integer", "description": "Which part, from 1."},
        },
        "required": ["handle", "part"],
    },
)
