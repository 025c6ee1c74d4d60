"""Lists that also show what matches only in part."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.records import is_row
from wildgym.tools import Calls, Json, Layer, ToolCall, ToolResult, World

_SHARE = 0.5
_MATCH = "match"


@dataclass(frozen=True)
class Broadened(Layer):
    """A toolset whose filters are wishes: lists also have rows that do not fit them.

    Args:
        tools: Which lists.
        draw: Which of the other rows are shown.
    """

    tools: frozenset[str]
    draw: Draw

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Mix in some of what the list would have without filters."""
        result = self.inner.call(call, world)
        if call.name not in self.tools or result.is_error or not isinstance(result.value, list):
            return result
        required = self.inner.specs[call.name].required
        needed = {name: v for name, v in call.arguments.items() if name in required}
        if len(needed) == len(call.arguments) or not all(map(is_row, result.value)):
            return result
        everything = self.inner.call(ToolCall(call.name, needed), world)
        full = {row["id"]: row for row in result.value}
        if everything.is_error or len(full) < len(result.value):
            return result
        rows: list[Json] = []
        for row in everything.value if isinstance(everything.value, list) else ():
            if is_row(row) and row["id"] in full:
                rows.append({**full.pop(row["id"]), _MATCH: "full"})
            elif is_row(row) and self.draw.chance(_SHARE, call.slot, row["id"]):
                rows.append({**row, _MATCH: "partial"})
        return result if full or len(rows) == len(result.value) else ToolResult(rows)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Leave out what matches only in part."""
        result = yield call
        if call.name not in self.tools or result.is_error or not isinstance(result.value, list):
            return result
        return ToolResult([_plain(row) for row in result.value if not _is_partial(row)])


def _is_partial(row: Json) -> bool:
    return is_row(row) and row.get(_MATCH) == "partial"


def _plain(row: Json) -> Json:
    return {k: v for k, v in row.items() if k != _MATCH} if is_row(row) else row


class PartialMatches(Perturbation):
    """Show rows in filtered lists that do not fit the filter, marked as partial matches."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.45
    source: ClassVar = "R14, R21"
    lesson: ClassVar = "Some rows match only in part, as they say, so I leave them out."
    families: ClassVar = ("api", "desk")
    # Innermost: it makes a call of its own, which nothing on this axis is to count.
    rank: ClassVar = -20

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Broaden a share of all lists."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, returns="rows", effect="read")
        if not tools or not scenario.world.base:
            return scenario
        about = "Rows that match the filter only in part are shown too, marked as such."
        outer = {
            name: spec.but(description=f"{spec.description} {about}") if name in tools else spec
            for name, spec in specs.items()
        }
        layer = Broadened(scenario.toolset, outer, tools, draw)
        return scenario.behind(self.name, layer, toolset=layer)
