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
_MOST_PARTS = 6


@dataclass(frozen=True)
class Spilled(Layer):
    """A toolset that puts long results aside, to be read in parts.

    Args:
        limit: How many characters are shown at once, or more where it would take too many parts.
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
        parts = min(_MOST_PARTS, -(-len(text) // self.limit))
        size = -(-len(text) // parts)
        world.memory[_READ_PART, handle] = tuple(
            text[start : start + size] for start in range(0, len(text), size)
        )
        return ToolResult(
            {
                "too_long": True,
                "handle": handle,
                "parts": parts,
                "beginning": text[: self.limit // 4],
                "note": f"Read the JSON text with {_READ_PART}, parts 1 to the last, and join it.",
            }
        )

    def _read_part(self, call: ToolCall, world: World) -> ToolResult:
        pieces = world.memory.get((_READ_PART, str(call.arguments["handle"])))
        part = call.arguments["part"]
        if pieces is None:
            return ToolError("not_found", "There is no such handle.").result
        if not isinstance(part, int) or not 1 <= part <= len(pieces):
            return ToolError("not_found", f"There are only parts 1 to {len(pieces)}.").result
        return ToolResult({"text": pieces[part - 1]})

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
    bites: ClassVar = 0.03
    source: ClassVar = "R37"
    lesson: ClassVar = "Only the beginning is shown, so I read the rest part by part."
    families: ClassVar = ("api", "desk", "files", "web")
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
