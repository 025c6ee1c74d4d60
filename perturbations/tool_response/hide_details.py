"""Lists that show the head of each row."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.kept_rows import given, giving, keep
from wildgym.perturbations.records import is_row, repeated
from wildgym.tools import Calls, Json, Layer, ToolCall, ToolResult, World

_GET_DETAILS = "get_details"
_SHOWN = 2


@dataclass(frozen=True)
class Headed(Layer):
    """A toolset whose lists leave out most fields, which another tool shows.

    Args:
        tools: Which lists.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Show the first fields, and keep the others for whoever asks."""
        if call.name == _GET_DETAILS:
            return given(world, _GET_DETAILS, call.arguments["ids"])
        result = self.inner.call(call, world)
        if call.name not in self.tools or result.is_error or not isinstance(result.value, list):
            return result
        twice = repeated(result.value)
        return ToolResult(
            [
                _head(row, world) if is_row(row) and row["id"] not in twice else row
                for row in result.value
            ]
        )

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask for the details of all rows at once."""
        result = yield call
        if call.name not in self.tools or result.is_error or not isinstance(result.value, list):
            return result
        ids = [row["id"] for row in result.value if _is_head(row)]
        if not ids:
            return result
        found = yield ToolCall(_GET_DETAILS, {"ids": ids})
        details = dict(zip(ids, found.value, strict=True))
        return ToolResult([details[row["id"]] if _is_head(row) else row for row in result.value])


def _head(row: dict[str, Json], world: World) -> Json:
    if len(row) <= _SHOWN:
        return row
    keep(world, _GET_DETAILS, row)
    shown = ["id", *[key for key in row if key != "id"][: _SHOWN - 1]]
    return {**{key: row[key] for key in shown}, "left_out": len(row) - len(shown)}


def _is_head(row: Json) -> bool:
    return is_row(row) and "left_out" in row


class HideDetails(Perturbation):
    """Show only the first fields of each row in lists; a tool gives the others."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.75
    source: ClassVar = "R10"
    lesson: ClassVar = "The list shows only some fields, so I ask for the details of its rows."
    families: ClassVar = ("api", "desk")
    # Beneath what pages lists, so that what comes in pages is short too.
    rank: ClassVar = -6

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Shorten a share of all lists."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, returns="rows")
        if not tools or not scenario.world.base:
            return scenario
        layer = Headed(scenario.toolset, {**specs, _GET_DETAILS: _SPEC}, tools)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = giving(
    _GET_DETAILS, "Get all fields of rows as a list has shown them last, where it left some out."
)
