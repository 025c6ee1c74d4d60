"""Values that are hidden until one asks to see them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from wildgym.envs import Scenario
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

_SHARE = 0.8
_REVEAL = "reveal_field"
_MOST_FIELDS = 3
_HIDDEN = re.compile(r"\[hidden: (\w+)\]")


@dataclass(frozen=True)
class Masking(Layer):
    """A toolset that hides some fields of what some tools give.

    Args:
        draw: Which fields of which tools.
        share: Which share of fields, of a few of each tool.
    """

    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Carry the call out, and hide fields of its result."""
        if call.name == _REVEAL:
            return self._reveal(call, world)
        result = self.inner.call(call, world)
        if result.is_error or call.name in EPISODE_TOOLS:
            return result
        rows = _rows(result.value)
        fields = _hidden(self.draw, self.share, call.name, tuple(rows[0])) if rows else ()
        if not fields:
            return result
        # The handle goes by the call and how often that was made, so that it never means two.
        made = world.memory.get((_REVEAL, call.slot), 0)
        world.memory[_REVEAL, call.slot] = made + 1
        handle = self.draw.token(call.slot, made)
        world.memory[_REVEAL, handle] = tuple(rows)
        mask = dict.fromkeys(fields, f"[hidden: {handle}]")
        masked = [{**row, **{f: m for f, m in mask.items() if f in row}} for row in rows]
        return ToolResult(masked if isinstance(result.value, list) else masked[0])

    def _reveal(self, call: ToolCall, world: World) -> ToolResult:
        handle, field = str(call.arguments["hidden"]), call.arguments["field"]
        rows = world.memory.get((_REVEAL, handle))
        if rows is None:
            return ToolError("not_found", f"Nothing is hidden under {handle!r}.").result
        return ToolResult({"values": [row.get(field) for row in rows]})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask for every field that is hidden, and fill it in."""
        result = yield call
        if result.is_error:
            return result
        rows = [dict(row) for row in _rows(result.value)]
        for field, handle in _masks(rows).items():
            asked = yield ToolCall(_REVEAL, {"hidden": handle, "field": field})
            for row, value in zip(rows, asked.value["values"], strict=True):
                if row.get(field) == f"[hidden: {handle}]":
                    row[field] = value
        if not rows:
            return result
        return ToolResult(rows if isinstance(result.value, list) else rows[0])


@lru_cache(maxsize=4096)
def _hidden(draw: Draw, share: float, tool: str, fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fields that a tool hides: always the same."""
    drawn = sorted([(draw.uniform(tool, field), field) for field in fields if field != "id"])
    return tuple(field for place, field in drawn[:_MOST_FIELDS] if place < share)


def _rows(value: Json) -> list[dict[str, Json]]:
    """Return the record or records that a value is made of; none for others."""
    rows = value if isinstance(value, list) else [value]
    return rows if all(isinstance(row, dict) for row in rows) else []


def _masks(rows: Sequence[dict[str, Json]]) -> dict[str, str]:
    """Return the handle of each field that is hidden."""
    found: dict[str, str] = {}
    for row in rows:
        for field, value in row.items():
            hidden = _HIDDEN.fullmatch(value) if isinstance(value, str) else None
            if hidden:
                found[field] = hidden[1]
    return found


class MaskValues(Perturbation):
    """Hide the values of some fields; a tool shows them, one field at a time."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.4
    source: ClassVar = "R12"
    lesson: ClassVar = "Some fields are hidden, so I ask for those one by one."
    rank: ClassVar = -4.8

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        toolset = scenario.toolset
        specs = {**toolset.specs, _REVEAL: _SPEC}
        layer = Masking(toolset, specs, draw, _SHARE * self.strength)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(
    _REVEAL,
    "Show the values of a field that is hidden in a result, in the order of its rows.",
    hidden="The word in [hidden: ...].",
    field="The field's name.",
)
