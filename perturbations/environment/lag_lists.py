"""Lists that lag behind writes: eventual consistency."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Layer, ToolCall, ToolResult, World


@dataclass(frozen=True)
class Lagging(Layer):
    """A toolset whose lists show the world as it was some time ago.

    Args:
        tools: Which tools lag.
        seconds: How far behind they are after a write, in virtual time.
    """

    tools: frozenset[str]
    seconds: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Answer lists from the index, which is rebuilt some time after the last rebuild."""
        index, since = world.memory.get("lag_lists", (None, 0.0))
        if index is None or world.clock - since >= self.seconds:
            index, since = world.fork(), world.clock
            world.memory["lag_lists"] = (index, since)
        if call.name not in self.tools:
            return self.inner.call(call, world)
        shown = index.fork()
        shown.memory = world.memory  # rows lag; what layers beneath keep in mind does not
        result = self.inner.call(call, shown)
        left = self.seconds - (world.clock - since)
        if result.is_error or index.same_tables(world):
            return result
        note = {"rows": result.value, "index": "outdated", "rebuilt_in_seconds": left}
        return ToolResult(note)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Wait for the index to be rebuilt."""
        result = yield call
        while (
            call.name in self.tools
            and isinstance(result.value, dict)
            and result.value.get("index") == "outdated"
        ):
            yield ToolCall("wait", {"seconds": result.value["rebuilt_in_seconds"]})
            result = yield call
        return result


class LagLists(Perturbation):
    """Let lists and searches lag behind writes, and say so; reading one row never lags."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.03
    source: ClassVar = "E17"
    lesson: ClassVar = (
        "Lists lag behind what was written, so I wait for the index before I trust them."
    )
    families: ClassVar = ("api",)
    rank: ClassVar = 1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Let a share of all lists lag."""
        if not scenario.world.base:
            return scenario
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, returns="rows")
        layer = Lagging(scenario.toolset, specs, tools, draw.rng("seconds").integer(20, 90))
        return scenario.behind(self.name, layer, toolset=layer)
