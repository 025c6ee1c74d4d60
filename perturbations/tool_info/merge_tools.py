"""Many tools behind one."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Layer,
    Specs,
    ToolCall,
    ToolError,
    ToolResult,
    ToolSpec,
    World,
    check,
)

_NAMES = ("call_api", "run_action", "execute", "invoke")


@dataclass(frozen=True)
class Merged(Layer):
    """A toolset in which one tool stands for several.

    Args:
        tool: The name of the one.
        actions: The tools that it stands for.
    """

    tool: str
    actions: Specs

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Take the call apart; what is wrong with it is said as for a call of its own."""
        if call.name != self.tool:
            return self.inner.call(call, world)
        arguments = call.arguments.get("arguments", {})
        action = call.arguments["action"]
        if not isinstance(arguments, dict) or not isinstance(action, str):
            return ToolError(
                "invalid_arguments", "action must be a string, arguments an object."
            ).result
        inner = ToolCall(action, arguments)
        problem = check(inner, self.actions)
        return problem.result if problem else self.inner.call(inner, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Name the tool as the action."""
        if call.name not in self.actions:
            return (yield call)
        arguments = {"action": call.name, "arguments": call.arguments}
        return (yield ToolCall(self.tool, arguments))


class MergeTools(Perturbation):
    """Put tools behind one that takes an action and its arguments."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T39"
    lesson: ClassVar = "The tool stands behind another one here, so I name it as the action."
    rank: ClassVar = 3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Merge a share of all tools."""
        specs = scenario.toolset.specs
        actions = {
            name: spec
            for name, spec in specs.items()
            if name not in EPISODE_TOOLS and draw.chance(self.strength, name)
        }
        if len(actions) < 2:
            return scenario
        tool = next(n for n in draw.rng("name").shuffled(_NAMES) if n not in specs)
        kept = {name: spec for name, spec in specs.items() if name not in actions}
        layer = Merged(scenario.toolset, {tool: _merged(tool, actions), **kept}, tool, actions)
        return scenario.behind(self.name, layer, toolset=layer)


def _merged(tool: str, actions: Specs) -> ToolSpec:
    described = "\n".join(spec.json for spec in actions.values())
    properties = {
        "action": {"type": "string", "enum": list(actions), "description": "What to do."},
        "arguments": {"type": "object", "description": "The action's parameters."},
    }
    return ToolSpec(
        tool,
        f"Carry out one of these actions:\n{described}",
        {"type": "object", "properties": properties, "required": ["action"]},
        effect="write",
        returns="value",
    )
