"""A system that has to be brought up, one thing after the other, before it does anything."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Layer, Specs, ToolCall, ToolError, ToolResult, World, plain_spec

_STEPS = (
    ("wake_gateway", "Wake the gateway up."),
    ("attach_network", "Attach to the network. The gateway has to be awake."),
    ("mount_store", "Mount the store. The network has to be attached."),
)
_NAMES = tuple(name for name, _ in _STEPS)


@dataclass(frozen=True)
class Chained(Layer):
    """A toolset in which some tools need all steps done, and each step the one before it.

    Args:
        tools: Which tools.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Say what is missing: one step, as whoever is asked knows of no more."""
        done = world.memory.get(_NAMES, 0)
        if call.name in _NAMES:
            step = _NAMES.index(call.name)
            if step > done:
                return _missing(call.name, _NAMES[step - 1])
            world.memory[_NAMES] = max(done, step + 1)
            return ToolResult({"ready": call.name})
        if call.name in self.tools and done < len(_NAMES):
            return _missing(call.name, _NAMES[-1])
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Follow what is missing back to what can be done, and come forward again."""
        result = yield call
        if result.code != "not_ready":
            return result
        todo = [str(result.value["needs"])]
        while todo:
            step = yield ToolCall(todo[-1])
            if step.code == "not_ready":
                todo.append(str(step.value["needs"]))
            else:
                todo.pop()
        return (yield call)


def _missing(tool: str, needed: str) -> ToolResult:
    return ToolError("not_ready", f"{tool} needs {needed} first.", needs=needed).result


class ChainConditions(Perturbation):
    """Let tools work only once several things were done, each of which needs the one before."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.8
    source: ClassVar = "E09"
    lesson: ClassVar = (
        "Something has to be done first; I follow what is missing back to what I can do, and "
        "come forward again."
    )
    rank: ClassVar = 2.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Let a share of all tools depend on it."""
        specs: Specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength)
        if not tools:
            return scenario
        steps = {name: plain_spec(name, about) for name, about in reversed(_STEPS)}
        layer = Chained(scenario.toolset, {**specs, **steps}, tools)
        return scenario.behind(self.name, layer, toolset=layer)
