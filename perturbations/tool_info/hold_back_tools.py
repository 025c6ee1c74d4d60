"""Tools that are not there yet when the work begins."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.doubles import own_tools
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.unlisted import (
    by_name,
    by_name_spec,
    checked,
    shown,
    unpacked,
)
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Layer,
    Specs,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

Until = Literal["time", "calls", "request"]

_LIST, _USE, _CONNECT = "list_tools", "use_tool", "connect_tools"
_NOT_YET = "not_connected_yet"


@dataclass(frozen=True)
class HeldBack(Layer):
    """A toolset of which some tools are connected later, and called by name then.

    Args:
        held: Those tools.
        until: What it takes: time, a number of calls of anything, or to ask.
        needed: How many seconds or calls.
    """

    held: Specs
    until: Until
    needed: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Count, and let late tools be called once they are there."""
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        world.memory[_LIST, "calls"] = world.memory.get((_LIST, "calls"), 0) + 1
        if call.name == _CONNECT:
            world.memory[_CONNECT] = True
            return ToolResult({"connected": len(self.held)})
        if call.name == _LIST:
            return ToolResult(self._listed(world))
        if call.name != _USE:
            return self.inner.call(call, world)
        try:
            meant = unpacked(call)
            if self._missing(world) and meant.name in self.held:
                message = f"{meant.name} is not connected yet. {self._how(world)}"
                return ToolError(_NOT_YET, message, **self._more(world)).result
            return self.inner.call(checked(meant, self.inner.specs), world)
        except ToolError as error:
            return error.result

    def _missing(self, world: World) -> int:
        """Return how many seconds, calls or requests are still missing."""
        if self.until == "request":
            return int(_CONNECT not in world.memory)
        past = world.clock if self.until == "time" else world.memory[_LIST, "calls"] - 1
        return max(0, self.needed - int(past))

    def _how(self, world: World) -> str:
        if self.until == "request":
            return f"{_CONNECT} connects it; {_LIST} shows it then."
        wait = f"in {self._missing(world)} seconds" if self.until == "time" else "a few calls later"
        return f"Check {_LIST} again {wait}."

    def _more(self, world: World) -> dict[str, int]:
        return {"ready_in_seconds": self._missing(world)} if self.until == "time" else {}

    def _listed(self, world: World) -> object:
        if self._missing(world):
            return {"late_tools": [], "note": f"More tools are to come. {self._how(world)}"}
        return {"late_tools": [shown(spec) for spec in self.held.values()]}

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Call by name what is not listed; if it is not there yet, do what the error says."""
        if call.name not in self.held:
            return (yield call)
        result = yield by_name(_USE, call)
        while result.code == _NOT_YET:
            if self.until == "time":
                yield ToolCall("wait", {"seconds": result.value["ready_in_seconds"]})
            else:
                yield ToolCall(_CONNECT if self.until == "request" else _LIST)
            result = yield by_name(_USE, call)
        return result


class HoldBackTools(Perturbation):
    """Hold tools back at first: they come after a time, after some calls, or when asked for."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T43"
    lesson: ClassVar = (
        "The tool is not listed yet; I call it by name, or do what the error says until it is "
        "there."
    )
    rank: ClassVar = -0.21

    until: Until = "time"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Hold a share of the services' tools back."""
        specs = scenario.toolset.specs
        held = {n: specs[n] for n in own_tools(scenario) if draw.chance(self.strength, n)}
        if not held:
            return scenario
        rng = draw.rng("needed")
        needed = rng.integer(20, 300) if self.until == "time" else rng.integer(2, 4)
        outer = {name: spec for name, spec in specs.items() if name not in held}
        outer |= {_LIST: _LIST_SPEC, _USE: _USE_SPEC}
        if self.until == "request":
            outer[_CONNECT] = _CONNECT_SPEC
        layer = HeldBack(scenario.toolset, outer, held, self.until, needed)
        return scenario.behind(self.name, layer, toolset=layer)


_LIST_SPEC = plain_spec(
    _LIST, "List the tools that were connected since the work began: some come late."
)
_USE_SPEC = by_name_spec(_USE, f"Call a tool that {_LIST} shows.")
_CONNECT_SPEC = plain_spec(_CONNECT, f"Connect the tools that are missing; see {_LIST} then.")
