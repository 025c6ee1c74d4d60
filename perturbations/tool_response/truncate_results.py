"""Partial responses: rows or fields that come only when one asks for them."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.tools import (
    Calls,
    Json,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_SHARE = 0.9
_REST = "get_rest"
_NOTED = ("partial", "left_out", "rest")


@dataclass(frozen=True)
class Truncated(Faulty):
    """A toolset that leaves rows out of lists and fields out of records, and says so there."""

    most: int = 16

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Carry the call out, and keep a part of its result back."""
        if call.name == _REST:
            return self._rest(str(call.arguments["rest"]), world)
        fault = self.struck(call, world)
        result = self.inner.call(call, world)
        if fault is None or result.is_error or not _can_be_cut(result.value):
            return result
        shown, rest = self._cut(result.value, fault)
        world.memory[_REST, fault] = ToolResult({"rest": rest})
        note = {"partial": True, "left_out": len(rest), "rest": fault}
        return ToolResult([*shown, note] if isinstance(shown, list) else {**shown, **note})

    def _cut(self, value: Json, fault: str) -> tuple[Json, Json]:
        if isinstance(value, list):
            kept = max(1, int(len(value) * (0.2 + 0.5 * self.draw.uniform(fault, "rows"))))
            return value[:kept], value[kept:]
        # What is long is left out first.
        names = sorted(value, key=lambda name: (-len(str(value[name])), name))
        dropped = set(names[: max(1, int(len(names) * 0.6))])
        return (
            {name: v for name, v in value.items() if name not in dropped},
            {name: v for name, v in value.items() if name in dropped},
        )

    def _rest(self, rest: str, world: World) -> ToolResult:
        kept = world.memory.get((_REST, rest))
        if kept is None:
            return ToolError("not_found", f"Nothing was left out under {rest!r}.").result
        assert isinstance(kept, ToolResult)
        return kept

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Get the rest, and put it with the part."""
        result = yield call
        note = _note(result.value)
        if result.is_error or note is None:
            return result
        rest = (yield ToolCall(_REST, {"rest": note["rest"]})).value["rest"]
        if isinstance(result.value, list):
            return ToolResult([*result.value[:-1], *rest])
        shown = {k: v for k, v in result.value.items() if k not in note}
        return ToolResult({**shown, **rest})


def _can_be_cut(value: Json) -> bool:
    if isinstance(value, dict):
        # What says such things itself would lose them to the note.
        return len(value) > 1 and value.keys().isdisjoint(_NOTED)
    return isinstance(value, list) and len(value) > 1 and _note(value) is None


def _note(value: Json) -> dict[str, Json] | None:
    """Return what a partial value says of itself."""
    told = value[-1] if isinstance(value, list) and value else value
    if not isinstance(told, dict) or told.get("partial") is not True:
        return None
    return {name: told.get(name) for name in _NOTED}


class TruncateResults(Perturbation):
    """Leave rows out of lists and fields out of records; what is left out is asked for."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.3
    source: ClassVar = "R10, R11"
    lesson: ClassVar = (
        "Something was left out and marked, so I ask for the rest and put it with the part."
    )
    rank: ClassVar = -4.6

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        layer = Truncated.over(scenario, draw, _SHARE * self.strength, _SPEC)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(
    _REST,
    "Get the rows or fields that a partial result left out.",
    rest="What the partial result has under `rest`.",
)
