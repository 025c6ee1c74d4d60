"""Records of which two systems say different things."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.records import falsified, rows_changed
from wildgym.perturbations.rules import ruled
from wildgym.tools import EPISODE_TOOLS, Calls, Json, Layer, Row, ToolCall, ToolResult, World

_SHARE = 0.85
_SHOWN_WRONG = 0.75
_SYSTEMS = ("ledger", "mirror", "archive", "registry", "replica", "master")
_OTHER = "other_source"


@dataclass(frozen=True)
class Disagreeing(Layer):
    """A toolset that shows a row as one system has it, and beside it what another has.

    Args:
        right: The name of the system that is right.
        wrong: The name of the other.
        draw: In which rows they disagree, and which of them is shown first.
        share: The share of rows.
    """

    right: str
    wrong: str
    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Show both versions of a row."""
        result = self.inner.call(call, world)
        if result.is_error or call.name in EPISODE_TOOLS:
            return result
        return ToolResult(rows_changed(result.value, self._both))

    def _both(self, row: Row) -> Row:
        if not self.draw.chance(self.share, row["id"]):
            return row
        false = falsified(row, self.draw)
        if not false:
            return row
        if not self.draw.chance(_SHOWN_WRONG, row["id"], "first"):
            return {**row, "source": self.right, _OTHER: {"source": self.wrong, **false}}
        true = {key: row[key] for key in false}
        return {**row, **false, "source": self.wrong, _OTHER: {"source": self.right, **true}}

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Go by the system that is right."""
        result = yield call
        return result if result.is_error else ToolResult(rows_changed(result.value, self._right))

    def _right(self, row: Row) -> Row:
        other: Json = row.get(_OTHER)
        if not isinstance(other, dict):
            return row
        plain = {k: v for k, v in row.items() if k not in (_OTHER, "source")}
        if other["source"] != self.right:
            return plain
        return {**plain, **{k: v for k, v in other.items() if k != "source"}}


class ConflictingSources(Perturbation):
    """Show rows as two systems have them, which disagree; a rule says which of them is right."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.45
    source: ClassVar = "R29"
    lesson: ClassVar = (
        "Two systems disagree, and the rules say which is right, so I go by that one."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the systems, and let a share of all rows be in conflict."""
        if not scenario.world.base:
            return scenario
        right, wrong = draw.rng("systems").sample(_SYSTEMS, 2)
        rule = (
            f"Records come from two systems, the {wrong} and the {right}. Where they disagree, what"
            f" the {right} says is true, whichever of them is shown first."
        )
        toolset = scenario.toolset
        layer = Disagreeing(toolset, toolset.specs, right, wrong, draw, _SHARE * self.strength)
        system = ruled(scenario, rule)
        return scenario.behind(self.name, layer, toolset=layer, system=system)
