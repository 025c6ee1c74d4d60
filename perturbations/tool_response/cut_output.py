"""Output of which the middle is left out, and can be asked for."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.command_output import output_of, with_output
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Layer, ToolCall, ToolError, ToolResult, ToolSpec, World

_SHOW_MORE = "show_more"
_MOST_PARTS = 6


@dataclass(frozen=True)
class Cut(Layer):
    """A toolset that shows only the head of a command's output.

    Args:
        limit: How many characters are shown at once, or more where it would take too many calls.
    """

    limit: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Show the head, and keep the rest."""
        if call.name == _SHOW_MORE:
            return self._more(call, world)
        result = self.inner.call(call, world)
        output = output_of(result)
        if output is None or len(output) <= self.limit:
            return result
        number = world.memory.get(_SHOW_MORE, 0) + 1
        handle = f"output-{number}"
        world.memory[_SHOW_MORE] = number
        world.memory[_SHOW_MORE, handle] = output
        shown = with_output(result, output[: self.limit]).value
        return ToolResult({**shown, "left_out": len(output) - self.limit, "more": handle})

    def _more(self, call: ToolCall, world: World) -> ToolResult:
        output = world.memory.get((_SHOW_MORE, str(call.arguments["more"])))
        start = call.arguments["start"]
        if output is None:
            return ToolError("not_found", "There is no such output.").result
        if not isinstance(start, int) or isinstance(start, bool) or start < 0:
            return ToolError("invalid_arguments", "start must be a number, 0 or more.").result
        size = max(self.limit, -(-len(output) // _MOST_PARTS))
        text = output[start : start + size]
        return ToolResult({"text": text, "left_out": max(0, len(output) - start - size)})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask for more until nothing is left out."""
        result = yield call
        output = output_of(result)
        if output is None or "more" not in result.value:
            return result
        left = result.value["left_out"]
        while left:
            asked = {"more": result.value["more"], "start": len(output)}
            part = yield ToolCall(_SHOW_MORE, asked)
            output, left = output + part.value["text"], part.value["left_out"]
        kept = {k: v for k, v in result.value.items() if k not in ("left_out", "more")}
        return ToolResult({**kept, "output": output})


class CutOutput(Perturbation):
    """Show only the head of a command's output; a tool shows more."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.12
    source: ClassVar = "R11, R37"
    lesson: ClassVar = (
        "Only the head of the output is shown, so I ask for more until nothing is left out."
    )
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -9

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the limit: the stronger, the lower."""
        if scenario.world.workspace is None:
            return scenario
        limit = round(draw.rng("limit").integer(12, 60) / self.strength)
        specs = {**scenario.toolset.specs, _SHOW_MORE: _SPEC}
        layer = Cut(scenario.toolset, specs, limit)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = ToolSpec(
    _SHOW_MORE,
    "Show more of an output of which some was left out.",
    {
        "type": "object",
        "properties": {
            "more": {"type": "string", "description": "What the result has under `more`."},
            "start": {"type": "integer", "description": "From which character on, from 0."},
        },
        "required": ["more", "start"],
    },
)
