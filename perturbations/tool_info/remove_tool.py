"""A tool is gone, and others together still do what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario, Solution
from wildgym.envs.expert import answered
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Layer, ToolCall, ToolError, ToolResult


@dataclass(frozen=True)
class Without(Layer):
    """A toolset that lacks one tool.

    Args:
        tool: The name of the tool that is gone.
        detour: A program of other calls that gives the same value.
    """

    tool: str
    detour: Callable[..., Solution]

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Take the detour."""
        if call.name != self.tool:
            return (yield call)
        try:
            return ToolResult((yield from answered(self.detour(**call.arguments))))
        except ToolError as error:
            return error.result


class RemoveTool(Perturbation):
    """Take away one tool for which the services declare a detour by other tools."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.1
    source: ClassVar = "T40"
    lesson: ClassVar = "The direct tool is missing, so I get there by other tools."
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = -1000  # its detour is a program of canonical calls, so beneath all axes

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the tool, and with which strength it goes at all."""
        if not scenario.detours or not draw.chance(self.strength, "whether"):
            return scenario
        tool = draw.rng("tool").pick(sorted(scenario.detours))
        specs = {name: s for name, s in scenario.toolset.specs.items() if name != tool}
        layer = Without(scenario.toolset, specs, tool, scenario.detours[tool])
        return scenario.behind(self.name, layer, toolset=layer)
