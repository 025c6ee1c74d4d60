"""Changes that are kept only once they are committed."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.rules import ruled
from wildgym.tools import Calls, Layer, ToolCall, ToolResult, World, finish, plain_spec

_COMMIT = "commit_changes"
_RULE = "Changes are staged: what is not committed by the time the work is handed in is dropped."


@dataclass(frozen=True)
class Staged(Layer):
    """A toolset in which some tools only stage what they change.

    Args:
        tools: Which tools.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Keep how everything was before the first change, and go back to that at the end."""
        before = world.memory.get(_COMMIT)
        if call.name == _COMMIT:
            world.memory[_COMMIT] = None
            return ToolResult({"committed": before is not None})
        if call.name in self.tools and before is None:
            world.memory[_COMMIT] = world.fork()
        if call.name == finish.name and before is not None:
            world.take_tables(before)
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Commit before handing in."""
        if call.name == finish.name:
            yield ToolCall(_COMMIT)
        return (yield call)


class StageWrites(Perturbation):
    """Only stage what tools change; what is not committed before the end is dropped."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.5
    source: ClassVar = "E19"
    lesson: ClassVar = "Changes are only staged here, so I commit them before I hand in."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Stage what a share of all tools write."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, effect="write")
        if not tools:
            return scenario
        layer = Staged(scenario.toolset, {**specs, _COMMIT: _SPEC}, tools)
        system = ruled(scenario, _RULE)
        return scenario.behind(self.name, layer, toolset=layer, system=system)


_SPEC = plain_spec(_COMMIT, "Keep all changes that were made since the last commit.")
