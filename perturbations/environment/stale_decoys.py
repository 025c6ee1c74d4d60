"""Outdated copies beside what is current."""

import re
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Json,
    Layer,
    Row,
    ToolCall,
    ToolError,
    ToolResult,
    World,
)

_REVISION = ".1"
_COPY = re.compile(rf"\w+-\d+{re.escape(_REVISION)}")


@dataclass(frozen=True)
class WithDecoys(Layer):
    """A toolset whose lists also show superseded copies of some rows, ahead of the rows.

    Args:
        draw: Which rows have a copy.
        share: The share that has.
    """

    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Show copies in lists; nothing can be done with them."""
        if call.name not in EPISODE_TOOLS and any(map(_is_copy, call.arguments.values())):
            return ToolError("superseded", "This entry is an outdated copy.").result
        result = self.inner.call(call, world)
        if result.is_error or not isinstance(result.value, list):
            return result
        rows: list[Json] = []
        for row in result.value:
            if isinstance(row, dict) and "id" in row:
                rows += [self._copy(row)] if self.draw.chance(self.share, row["id"]) else []
                rows.append({**row, "superseded_by": None})
            else:
                rows.append(row)
        return ToolResult(rows)

    def _copy(self, row: Row) -> Row:
        """Return what the row was before: another id, and older numbers."""
        numbers = {
            k: round(v * 0.9, 2) if isinstance(v, float) else v + 1
            for k, v in row.items()
            if isinstance(v, int | float) and not isinstance(v, bool)
        }
        id = f"{row['id']}{_REVISION}"
        return {**row, **numbers, "id": id, "superseded_by": row["id"]}

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Leave out what is superseded."""
        result = yield call
        if result.is_error or not isinstance(result.value, list):
            return result
        return ToolResult([_current(row) for row in result.value if not _is_superseded(row)])


def _is_copy(value: Json) -> bool:
    return isinstance(value, str) and _COPY.fullmatch(value) is not None


def _is_superseded(row: Json) -> bool:
    return isinstance(row, dict) and row.get("superseded_by") is not None


def _current(row: Json) -> Json:
    if not isinstance(row, dict):
        return row
    return {k: v for k, v in row.items() if k != "superseded_by"}


class StaleDecoys(Perturbation):
    """Show outdated copies of rows, marked as superseded, ahead of the rows themselves."""

    axis: ClassVar = "environment"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.3
    source: ClassVar = "E12"
    lesson: ClassVar = (
        "Some rows are marked as superseded, so I leave them out and use the current ones."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = 0

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        if not scenario.world.base:
            return scenario
        toolset = scenario.toolset
        layer = WithDecoys(toolset, toolset.specs, draw, self.strength)
        return scenario.behind(self.name, layer, toolset=layer)
