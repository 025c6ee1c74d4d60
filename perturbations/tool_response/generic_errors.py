"""Errors that say nothing but a number under which one can ask."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Json,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_SHARE = 0.6
_CODE = "error"
_EXPLAIN = "explain_error"
_BUSY: dict[str, Json] = {
    "code": "busy",
    "message": "The service was busy. Nothing was carried out; the call can be made again.",
}
_LOST: dict[str, Json] = {
    "code": "reply_lost",
    "message": "The call was carried out; only its reply was lost.",
}


@dataclass(frozen=True)
class Generic(Faulty):
    """A toolset whose errors are all the same, and two more kinds of them."""

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Hide an error; or fail before the call is carried out, or after."""
        if call.name == _EXPLAIN:
            return self._explained(str(call.arguments["ref"]), world)
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        fault = self.struck(call, world)
        if fault is not None and self.draw.chance(0.5, fault, "busy"):
            return self._hidden(fault, {"was": _BUSY}, world)
        result = self.inner.call(call, world)
        if result.is_error:
            made = world.memory[self.draw.operator, call.slot]
            ref = fault or self.draw.token(call.slot, made, "genuine")
            return self._hidden(ref, {"was": result.value}, world)
        if fault is not None:
            return self._hidden(fault, {"was": _LOST, "reply": result.value}, world)
        return result

    def _hidden(self, ref: str, truth: Json, world: World) -> ToolResult:
        world.memory[_EXPLAIN, ref] = ToolResult(truth)
        return ToolError(_CODE, f"An error occurred (ref {ref}).", ref=ref).result

    def _explained(self, ref: str, world: World) -> ToolResult:
        kept = world.memory.get((_EXPLAIN, ref))
        if kept is None:
            return ToolError("not_found", f"No error has the ref {ref!r}.").result
        assert isinstance(kept, ToolResult)
        return kept

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask what the error was, and call again only where nothing was carried out."""
        result = yield call
        while result.code == _CODE and "ref" in result.value:
            truth = (yield ToolCall(_EXPLAIN, {"ref": result.value["ref"]})).value
            if truth["was"] == _LOST:
                return ToolResult(truth["reply"])
            if truth["was"] != _BUSY:
                return ToolResult(truth["was"], is_error=True)
            result = yield call
        return result


class GenericErrors(Perturbation):
    """Say of every failure only that an error occurred; a tool tells what it was."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.75
    source: ClassVar = "R48"
    lesson: ClassVar = (
        "The error says nothing, so I ask what it was, and call again only where nothing was done."
    )
    rank: ClassVar = -1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        layer = Generic.over(scenario, draw, _SHARE * self.strength, _SPEC)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(
    _EXPLAIN,
    "Tell what an error was, and whether the call was carried out all the same: then its reply is"
    " told, too.",
    ref="The error's ref.",
)
