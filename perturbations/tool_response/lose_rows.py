"""Lists that come short, as only their own count tells."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.perturbations.rules import ruled
from wildgym.tools import EPISODE_TOOLS, Calls, Json, ToolCall, ToolResult, World

_SHARE = 0.7
_COUNT = "entries_sent"
_RULE = (
    "Every list ends with how many entries were sent: entries may get lost on the way, and if"
    " fewer have arrived, the list is to be asked for again."
)


@dataclass(frozen=True)
class Lossy(Faulty):
    """A toolset whose lists end with their count, and lack some entries now and then."""

    in_a_row: int = 2

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Lose entries of a list, but not their count."""
        result = self.inner.call(call, world)
        rows = result.value
        if result.is_error or not isinstance(rows, list) or call.name in EPISODE_TOOLS:
            return result
        fault = self.struck(call, world) if rows else None
        if fault is not None:
            lost = int(self.draw.uniform(fault, "first") * len(rows))
            arrived = [
                row
                for n, row in enumerate(rows)
                if n != lost and not self.draw.chance(0.4, fault, n)
            ]
        else:
            arrived = rows
        return ToolResult([*arrived, {_COUNT: len(rows)}])

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Count, and ask again."""
        result = yield call
        while not result.is_error and _sent(result.value) is not None:
            rows = result.value[:-1]
            if len(rows) == _sent(result.value):
                return ToolResult(rows)
            result = yield call
        return result


def _sent(value: Json) -> int | None:
    """Return how many entries a list says it had."""
    last = value[-1] if isinstance(value, list) and value else None
    return last.get(_COUNT) if isinstance(last, dict) else None


class LoseRows(Perturbation):
    """Lose rows of lists on the way; how many there were stands at the end."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.75
    source: ClassVar = "R10"
    lesson: ClassVar = (
        "The list has fewer entries than its count says, so I ask again until it is whole."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -4.4

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset, and say in a rule what the last entry means."""
        layer = Lossy.over(scenario, draw, _SHARE * self.strength)
        system = ruled(scenario, _RULE)
        return scenario.behind(self.name, layer, toolset=layer, system=system)
