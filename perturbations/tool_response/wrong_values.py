"""Rows that were not verified, and may be wrong."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.kept_rows import given, giving, keep, kept
from wildgym.perturbations.records import falsified, is_row, repeated, rows_changed
from wildgym.tools import EPISODE_TOOLS, Calls, Json, Layer, Row, ToolCall, ToolResult, World

_SHARE = 0.75
_VERIFY = "verify_records"


@dataclass(frozen=True)
class Unverified(Layer):
    """A toolset that gives some rows with wrong values, marked as unverified.

    Args:
        draw: Which rows.
        share: The share of rows.
    """

    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Give rows as a careless copy has them, and keep what is true for whoever asks."""
        if call.name == _VERIFY:
            return given(world, _VERIFY, call.arguments["ids"])
        result = self.inner.call(call, world)
        if result.is_error or call.name in EPISODE_TOOLS:
            return result
        twice = repeated(result.value)

        def careless(row: Row) -> Row:
            return row if row["id"] in twice else self._careless(row, world)

        return ToolResult(rows_changed(result.value, careless))

    def _careless(self, row: Row, world: World) -> Row:
        if not self.draw.chance(self.share, row["id"]):
            return row
        false = falsified(row, self.draw)
        if not false:
            return row
        keep(world, _VERIFY, {**kept(world, _VERIFY, row["id"]), **row})
        return {**row, **false, "unverified": True}

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Have all rows verified that are not."""
        result = yield call
        rows = result.value if isinstance(result.value, list) else [result.value]
        ids = list(dict.fromkeys(row["id"] for row in rows if _is_unverified(row)))
        if result.is_error or not ids:
            return result
        found = yield ToolCall(_VERIFY, {"ids": ids})
        true = dict(zip(ids, found.value, strict=True))

        def corrected(row: Row) -> Row:
            return {k: true[row["id"]][k] for k in row if k != "unverified"}

        return ToolResult(
            rows_changed(result.value, lambda r: corrected(r) if _is_unverified(r) else r)
        )


def _is_unverified(row: Json) -> bool:
    return is_row(row) and row.get("unverified") is True


class WrongValues(Perturbation):
    """Give rows with wrong values, marked as unverified; a tool gives the true ones."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.6
    source: ClassVar = "R13"
    lesson: ClassVar = (
        "Some rows are marked as unverified, so I have them verified before I rely on them."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1.6

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Let a share of all rows be wrong."""
        if not scenario.world.base:
            return scenario
        toolset = scenario.toolset
        specs = {**toolset.specs, _VERIFY: _SPEC}
        layer = Unverified(toolset, specs, draw, _SHARE * self.strength)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = giving(
    _VERIFY,
    "Get what is true of rows that were marked as unverified: any field of these may be wrong but"
    " the id.",
)
