"""Lists in which some rows stand twice."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.rules import ruled
from wildgym.tools import EPISODE_TOOLS, Calls, Json, Layer, ToolCall, ToolResult, World

_SHARE = 0.9
_RULE = (
    "Lists may hold an entry more than once, where it was delivered more than once: entries that"
    " are equal in every field, id included, are one entry."
)


@dataclass(frozen=True)
class Duplicated(Layer):
    """A toolset whose lists hold some rows twice, the second time further down.

    Args:
        draw: Which rows.
        share: Which share of rows.
    """

    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Put rows into a list once more."""
        result = self.inner.call(call, world)
        if call.name in EPISODE_TOOLS or not _has_ids(result.value):
            return result
        placed = [
            (place, row)
            for n, row in enumerate(result.value)
            for place in self._places(n, row["id"])
        ]
        placed.sort(key=lambda pair: pair[0])
        return ToolResult([row for _, row in placed])

    def _places(self, n: int, id: Json) -> tuple[float, ...]:
        drawn = self.draw.uniform(id)
        return (n, n + 0.1 + 3 * drawn) if drawn < self.share else (n,)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Take each row once."""
        result = yield call
        if result.is_error or not isinstance(result.value, list):
            return result
        once: list[Json] = []
        for row in result.value:
            if not (isinstance(row, dict) and "id" in row and row in once):
                once.append(row)
        return ToolResult(once) if len(once) < len(result.value) else result


def _has_ids(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) and "id" in row for row in value)


class DuplicateRows(Perturbation):
    """Let lists hold some rows twice, as a delivery at least once does."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.3
    source: ClassVar = "R42"
    lesson: ClassVar = "Some rows come twice, so I count each only once."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -7.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset, and say in a rule what counts as one entry."""
        toolset = scenario.toolset
        layer = Duplicated(toolset, toolset.specs, draw, _SHARE * self.strength)
        system = ruled(scenario, _RULE)
        return scenario.behind(self.name, layer, toolset=layer, system=system)
