"""Traces: what became of each call on its way to the tools, and of its result on the way back."""

from dataclasses import dataclass, field, replace

from wildgym.envs.scenario import Scenario
from wildgym.envs.trajectory import Exchange, Passage
from wildgym.tools import Layer, Specs, ToolCall, ToolResult, Toolset, World


@dataclass(slots=True)
class _Passing:
    """A call that is under way.

    Attributes:
        call: As the agent made it.
        beneath: What passed beneath the layer that is running.
        true: What reached the tools.
        acted: Who changed something, innermost first.
    """

    call: ToolCall
    beneath: list[Exchange] = field(default_factory=list)
    true: list[Exchange] = field(default_factory=list)
    acted: dict[str, None] = field(default_factory=dict)


class Tracer:
    """The toolset of a scenario with a probe at every boundary between its layers.

    Args:
        scenario: What is played. It is left as it is.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._passing: list[_Passing] = []
        names = {id(obstacle): name for name, obstacle in scenario.obstacles}
        self._toolset = self._probed(scenario.toolset, scenario.canonical, names)
        self.specs: Specs = scenario.toolset.specs

    def begin(self, call: ToolCall) -> None:
        """Begin the trace of one of the agent's calls, whether or not it gets to the tools."""
        self._passing.append(_Passing(call))

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Run the call that was begun last."""
        return self._toolset.call(call, world)

    def taken(self) -> tuple[Passage, ...]:
        """Return the traces since they were last taken."""
        taken = tuple([Passage(p.call, tuple(p.true), tuple(p.acted)) for p in self._passing])
        self._passing.clear()
        return taken

    def passed(self, name: str | None, inner: Toolset, call: ToolCall, world: World) -> ToolResult:
        """Pass a call through a layer, or to the tools where that has no name."""
        now = self._passing[-1]
        before, now.beneath = now.beneath, []
        result = inner.call(call, world)
        exchange = Exchange(call, result)
        if name is None:
            now.true.append(exchange)
        elif now.beneath != [exchange]:
            now.acted[name] = None
        now.beneath = [*before, exchange]
        return result

    def _probed(self, toolset: Toolset, canonical: Toolset, names: dict[int, str]) -> Toolset:
        if toolset is canonical or not isinstance(toolset, Layer):
            return _Probe(toolset, toolset.specs, self, None)
        inner = self._probed(toolset.inner, canonical, names)
        name = names.get(id(toolset), type(toolset).__name__)
        return _Probe(replace(toolset, inner=inner), toolset.specs, self, name)


@dataclass(frozen=True)
class _Probe(Layer):
    """What stands above a layer, or above the tools, and sees all that passes.

    Args:
        tracer: Who is told.
        name: Whose layer it is; None for the tools.
    """

    tracer: Tracer
    name: str | None

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Let a call pass, and note it."""
        return self.tracer.passed(self.name, self.inner, call, world)
