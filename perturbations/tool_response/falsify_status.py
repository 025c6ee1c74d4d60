"""Writes that report success, and were lost."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.perturbations.rules import ruled
from wildgym.tools import Calls, ToolCall, ToolResult, World, plain_spec

_SHARE = 0.6
_CONFIRM = "confirm_last_change"
_RULE = (
    "Since the last migration, a change may be reported as made though it was lost. After each"
    " change, confirm that it was kept; one that was not is to be made again, once."
)


@dataclass(frozen=True)
class Losing(Faulty):
    """A toolset that loses some writes, with results as if they had been made.

    Args:
        tools: Which tools write.
    """

    tools: frozenset[str] = frozenset()

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Make the change, or make it elsewhere; keep which of both it was for whoever asks."""
        if call.name == _CONFIRM:
            return ToolResult({"kept": world.memory.get(_CONFIRM, True)})
        if call.name not in self.tools:
            return self.inner.call(call, world)
        kept = self.struck(call, world) is None
        if not kept:
            lost = self.inner.call(call, world.fork())
            if not lost.is_error:
                world.memory[_CONFIRM] = False
                return lost
        result = self.inner.call(call, world)
        world.memory[_CONFIRM] = True
        return result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Have each change confirmed, and make those again that were lost."""
        result = yield call
        while call.name in self.tools and not result.is_error:
            if (yield ToolCall(_CONFIRM)).value["kept"]:
                break
            result = yield call
        return result


class FalsifyStatus(Perturbation):
    """Report some changes as made that were lost; a tool tells whether the last one was kept."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.75
    source: ClassVar = "R31"
    lesson: ClassVar = (
        "Some changes are reported as made but lost, so I have each confirmed and make lost "
        "ones again."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -7

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset, and say in a rule that changes have to be confirmed."""
        toolset = scenario.toolset
        tools = chosen(toolset.specs, draw, 1.0, effect="write")
        if not tools or not scenario.world.base:
            return scenario
        specs = {**toolset.specs, _CONFIRM: _SPEC}
        layer = Losing(toolset, specs, draw, _SHARE * self.strength, tools=tools)
        system = ruled(scenario, _RULE)
        return scenario.behind(self.name, layer, toolset=layer, system=system)


_SPEC = plain_spec(_CONFIRM, "Tell whether the last change was kept, or lost.")
