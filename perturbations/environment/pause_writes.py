"""A system that has to be switched on before it can be written to."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    Calls,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_RESUME = "resume_writes"


@dataclass(frozen=True)
class Paused(Layer):
    """A toolset in which some tools fail until writing is resumed.

    Args:
        tools: Which tools.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Refuse while paused."""
        if call.name == _RESUME:
            world.memory[_RESUME] = True
            return ToolResult({"resumed": True})
        if call.name in self.tools and not world.memory.get(_RESUME):
            message = f"{call.name} is paused since the last maintenance. Call {_RESUME} first."
            return ToolError("paused", message).result
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Resume, then call again."""
        result = yield call
        if result.code == "paused":
            yield ToolCall(_RESUME)
            result = yield call
        return result


class PauseWrites(Perturbation):
    """Begin with writing paused; a tool resumes it."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.3
    source: ClassVar = "E09"
    lesson: ClassVar = "Writing is paused, so I resume it and call again."
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = 2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Pause a share of all tools that write."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, effect="write")
        layer = Paused(scenario.toolset, {**specs, _RESUME: _SPEC}, tools)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(_RESUME, "Let paused tools work again.")
