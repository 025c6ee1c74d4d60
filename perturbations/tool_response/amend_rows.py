"""Rows as they were entered, and what was changed in them since."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.records import falsified, rows_changed
from wildgym.perturbations.rules import ruled
from wildgym.tools import EPISODE_TOOLS, Calls, Json, Layer, Row, ToolCall, ToolResult, World

_SHARE = 0.85
_AMENDMENTS = "amendments"
_RULE = (
    "Records are shown as they were first entered. Where they were changed since, their amendments"
    " say so: of each field, the amendment with the highest number holds."
)


@dataclass(frozen=True)
class Amended(Layer):
    """A toolset that shows rows as they once were, with their history.

    Args:
        draw: Which rows have one.
        share: The share that has.
    """

    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Take rows back to their beginning, and add what happened to them."""
        result = self.inner.call(call, world)
        if result.is_error or call.name in EPISODE_TOOLS:
            return result
        return ToolResult(rows_changed(result.value, self._as_entered))

    def _as_entered(self, row: Row) -> Row:
        if _AMENDMENTS in row or not self.draw.chance(self.share, row["id"]):
            return row
        entered = falsified(row, self.draw)
        if not entered:
            return row
        between = falsified({**row, **entered}, self.draw)
        history = [(k, between[k]) for k in entered if k in between]
        history += [(k, row[k]) for k in entered]
        numbered = [{"number": n, "field": k, "value": v} for n, (k, v) in enumerate(history, 1)]
        shown = self.draw.rng(row["id"], "order").shuffled(numbered)
        return {**row, **entered, _AMENDMENTS: shown}

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Carry out the amendments, in their order."""
        result = yield call
        return result if result.is_error else ToolResult(rows_changed(result.value, _now))


def _now(row: Row) -> Row:
    amendments: Json = row.get(_AMENDMENTS)
    if not isinstance(amendments, list):
        return row
    ordered = sorted(amendments, key=lambda amendment: int(amendment["number"]))
    latest = {amendment["field"]: amendment["value"] for amendment in ordered}
    return {k: latest.get(k, v) for k, v in row.items() if k != _AMENDMENTS}


class AmendRows(Perturbation):
    """Show rows as they were first entered, with amendments, the last of which hold."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.65
    source: ClassVar = "R29"
    lesson: ClassVar = "Rows come with amendments, so I apply them in order: the last ones hold."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1.4

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Let a share of all rows have a history."""
        if not scenario.world.base:
            return scenario
        toolset = scenario.toolset
        layer = Amended(toolset, toolset.specs, draw, _SHARE * self.strength)
        system = ruled(scenario, _RULE)
        return scenario.behind(self.name, layer, toolset=layer, system=system)
