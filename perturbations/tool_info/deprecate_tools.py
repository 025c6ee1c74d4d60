"""Tools that are still listed but no longer work."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Layer, ToolCall, ToolError, ToolResult, World


@dataclass(frozen=True)
class Deprecated(Layer):
    """A toolset in which some tools have moved to a new version's name.

    Args:
        suffix: What the new names end with.
        moved: The names of the tools that moved.
    """

    suffix: str
    moved: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Let old names answer with an error that names the new one."""
        if call.name in self.moved:
            successor = call.name + self.suffix
            message = f"{call.name} was shut down. Use {successor}: it takes the same arguments."
            return ToolError("deprecated", message, successor=successor).result
        inner = call.name.removesuffix(self.suffix)
        if inner in self.moved:
            return self.inner.call(ToolCall(inner, call.arguments), world)
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Go where the error points."""
        result = yield call
        if result.code == "deprecated":
            return (yield ToolCall(result.value["successor"], call.arguments))
        return result


class DeprecateTools(Perturbation):
    """Move tools to new names and leave the old ones listed, answering with where they went."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T45"
    lesson: ClassVar = (
        "This name is deprecated; the error says where the tool went, and I call it there."
    )
    rank: ClassVar = 0

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Move a share of all tools."""
        specs = scenario.toolset.specs
        suffix = draw.rng("suffix").pick(("_v2", "_next", "_2031"))
        moved = frozenset(name for name in specs if draw.chance(self.strength, name))
        new = {n + suffix: specs[n].but(name=n + suffix) for n in specs if n in moved}
        layer = Deprecated(scenario.toolset, {**specs, **new}, suffix, moved)
        return scenario.behind(self.name, layer, toolset=layer)
