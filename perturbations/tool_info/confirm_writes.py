"""Writes that are carried out on a second call."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.argument_forms import with_argument
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Json, Layer, ToolCall, ToolError, ToolResult, World

_CODE = "confirmation_code"


@dataclass(frozen=True)
class Confirmed(Layer):
    """A toolset whose writes first answer with a code, and want it with the same arguments again.

    Args:
        tools: Which tools want it.
        draw: Where codes come from.
    """

    tools: frozenset[str]
    draw: Draw

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Give the code, or carry out what has the right one."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        arguments = dict(call.arguments)
        given = arguments.pop(_CODE, None)
        plain = ToolCall(call.name, arguments)
        code = self.draw.token(plain.slot)[:6]
        if given is None:
            note = "Not carried out yet. To confirm, repeat the call with this code added."
            return ToolResult({"status": "awaiting_confirmation", _CODE: code, "note": note})
        if given != code:
            message = f"This {_CODE} is not the one for these arguments."
            return ToolError("wrong_code", message).result
        return self.inner.call(plain, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Call again with the code."""
        result = yield call
        if call.name in self.tools and isinstance(result.value, dict) and _CODE in result.value:
            again = {**call.arguments, _CODE: result.value[_CODE]}
            return (yield ToolCall(call.name, again))
        return result


class ConfirmWrites(Perturbation):
    """Carry out a change only when the call is made again, with the code that it gave at first."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T46"
    lesson: ClassVar = (
        "The change waits for its code, so I repeat the call with the code that I was given."
    )
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -1.6

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Demand it of a share of the tools that change something."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, effect="write")
        if not tools:
            return scenario
        outer = {
            name: with_argument(spec, _CODE, _SCHEMA, required=False) if name in tools else spec
            for name, spec in specs.items()
        }
        layer = Confirmed(scenario.toolset, outer, tools, draw)
        return scenario.behind(self.name, layer, toolset=layer)


_SCHEMA: dict[str, Json] = {
    "type": "string",
    "description": "The code that the same call gave without it. Until then nothing is changed.",
}
