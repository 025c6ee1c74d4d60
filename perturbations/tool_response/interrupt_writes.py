"""Changes that are interrupted half-way, and have to be completed rather than made again."""

import json
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.binding import writing
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty, writing_spec
from wildgym.perturbations.rules import ruled
from wildgym.tools import Calls, ToolCall, ToolError, ToolResult, World

_SHARE = 0.7
_CODE = "interrupted"
_RESUME = "resume_change"
_RULE = (
    "A change that was interrupted is completed by resuming it, and not made anew: no change may"
    " be left half made when the work is handed in."
)


@dataclass(frozen=True)
class Interrupted(Faulty):
    """A toolset that stops in the middle of some writes, which go on when they are resumed.

    Args:
        tools: Which tools write.
    """

    tools: frozenset[str] = frozenset()

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Carry a write out, or keep it to be resumed."""
        if call.name == _RESUME:
            return self._resumed(str(call.arguments["change"]), world)
        fault = self.struck(call, world) if call.name in self.tools else None
        if fault is None:
            return self.inner.call(call, world)
        world.memory[_RESUME, fault] = (call.name, json.dumps(call.arguments))
        world.memory[_RESUME] = world.memory.get(_RESUME, 0) + 1
        message = "The change was interrupted, and is half made."
        return ToolError(_CODE, message, change=fault).result

    def _resumed(self, change: str, world: World) -> ToolResult:
        kept = world.memory.get((_RESUME, change))
        if kept is None:
            return ToolError("not_found", f"There is no interrupted change {change!r}.").result
        if isinstance(kept, ToolResult):
            return kept
        name, arguments = kept
        result = self.inner.call(ToolCall(name, json.loads(arguments)), world)
        # Resumed again, it would do nothing more.
        world.memory[_RESUME, change] = result
        world.memory[_RESUME] -= 1
        return result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Resume what was interrupted."""
        result = yield call
        if result.code != _CODE:
            return result
        return (yield ToolCall(_RESUME, {"change": result.value["change"]}))


def _completed(world: World) -> bool:
    return not world.memory.get(_RESUME)


class InterruptWrites(Perturbation):
    """Interrupt changes half-way: they have to be resumed, and must not be made again."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "R54, E19"
    lesson: ClassVar = "The change stopped half-way; I resume it rather than make it again."
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -3.9

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset, and say in a rule that nothing may be left half made."""
        tools = writing(scenario, draw, 1.0)
        if not tools:
            return scenario
        specs = {**scenario.toolset.specs, _RESUME: _SPEC}
        share = _SHARE * self.strength
        layer = Interrupted(scenario.toolset, specs, draw, share, tools=tools)
        return scenario.behind(
            self.name,
            layer,
            toolset=layer,
            system=ruled(scenario, _RULE),
            checks=(*scenario.checks, (self.name, _completed)),
        )


_SPEC = writing_spec(
    _RESUME, "Complete a change that was interrupted.", change="The change that the error names."
)
