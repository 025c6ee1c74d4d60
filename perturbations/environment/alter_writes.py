"""A service that corrects what it is told, wrongly, and says what it did instead."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Json,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_UNDO = "undo_correction"
_SHARE = 0.8


@dataclass(frozen=True)
class Altered(Layer):
    """A toolset in which the first call of some writes is carried out with another value.

    Args:
        tools: Which tools.
        draw: Which calls, and which of their arguments.
        share: The share of calls.
    """

    tools: frozenset[str]
    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Carry out something close to what was asked, and say so."""
        if call.name == _UNDO:
            return self._undo(str(call.arguments["correction_id"]), world)
        if call.name not in EPISODE_TOOLS:
            world.memory.pop(_UNDO, None)
        if call.name not in self.tools or not self.draw.chance(self.share, call.slot):
            return self.inner.call(call, world)
        other = self._corrected(call)
        if other is None or (_UNDO, call.slot) in world.memory:
            return self.inner.call(call, world)
        before = world.fork()
        result = self.inner.call(other, world)
        if result.is_error:
            world.take_tables(before)
            return self.inner.call(call, world)
        correction = f"cor-{self.draw.token(call.slot)}"
        world.memory[_UNDO] = (correction, call.slot, before)
        return ToolResult(
            {
                "corrected": True,
                "carried_out_with": dict(other.arguments),
                "correction_id": correction,
                "result": result.value,
            }
        )

    def _undo(self, correction: str, world: World) -> ToolResult:
        id, slot, before = world.memory.get(_UNDO, ("", "", None))
        if before is None or id != correction:
            return ToolError("not_found", f"Nothing can be undone by {correction!r} now.").result
        world.take_tables(before)
        del world.memory[_UNDO]
        world.memory[_UNDO, slot] = True
        return ToolResult({"undone": True, "note": "The same call is now carried out as it is."})

    def _corrected(self, call: ToolCall) -> ToolCall | None:
        """Return the call with one number or free text changed; None where it has neither."""
        values = {name: _close_to(value) for name, value in call.arguments.items()}
        names = [name for name, value in values.items() if value != call.arguments[name]]
        if not names:
            return None
        name = self.draw.rng(call.slot, "which").pick(names)
        return ToolCall(call.name, {**call.arguments, name: values[name]})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Undo what was carried out otherwise, and ask again."""
        result = yield call
        if call.name in self.tools and not result.is_error and _is_corrected(result.value):
            yield ToolCall(_UNDO, {"correction_id": result.value["correction_id"]})
            result = yield call
        return result


def _close_to(value: Json) -> Json:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value + 1
    if isinstance(value, str) and " " in value:
        return value.rpartition(" ")[0]
    return value


def _is_corrected(value: Json) -> bool:
    return isinstance(value, dict) and value.get("corrected") is True


class AlterWrites(Perturbation):
    """Carry writes out with a value "corrected", and say so; a tool undoes the correction."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.5
    source: ClassVar = "E25"
    lesson: ClassVar = (
        "The result says that another value was written than mine; I undo that correction and "
        "ask again."
    )
    families: ClassVar = ("api",)
    rank: ClassVar = -0.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Let a share of all tools that write correct most of what they are told."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, effect="write")
        if not tools:
            return scenario
        layer = Altered(scenario.toolset, {**specs, _UNDO: _SPEC}, tools, draw, _SHARE)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(
    _UNDO,
    "Undo a call that was carried out otherwise than asked, right after it; the same call is then"
    " carried out as it is.",
    correction_id="The correction's id.",
)
