"""A second registration of tools, under a name that looks the same, with nothing behind it."""

from dataclasses import dataclass, replace
from itertools import product
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.choice import picked
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.doubles import Pair, Twinned, free_name, own_tools, twinned
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.foreign import every_tool
from wildgym.tools import ToolCall, ToolError, ToolResult, ToolSpec, World

# The other name's end; whether the false entry takes the tool's name; whether it is listed first.
_WAYS = tuple(
    product(
        ("_2", "_new", "_copy", "_old", "_main", "_b"),
        (True, True, True, True, False),
        (True, False),
    )
)


@dataclass(frozen=True)
class Duplicated(Twinned):
    """A toolset in which some tools are registered twice."""

    def twin(self, call: ToolCall, world: World) -> ToolResult:
        """Say that there is nothing behind this one."""
        pair = self.pairs[call.name]
        message = (
            f"{pair.twin.name} is a leftover entry that nothing stands behind: nothing was done."
            " Another tool in the list does this: its description and its arguments fit."
        )
        return ToolError("leftover_tool", message).result


class DuplicateTools(Perturbation):
    """List a false second entry for tools, mostly under the true one's name; the texts differ."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.8
    source: ClassVar = "T10, T11, T12, T13"
    lesson: ClassVar = (
        "There are two entries for this tool; I take the one whose description is true."
    )
    rank: ClassVar = -0.29

    lie: Literal["blank", "wrong", "parameters", "swapped"] = "blank"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Double a share of the services' tools."""
        names = list(own_tools(scenario))
        if len(names) < 2:
            return scenario
        specs = scenario.toolset.specs
        pairs: dict[str, Pair] = {}
        for at, name in enumerate(names):
            if draw.chance(self.strength, name):
                true = specs[name]
                suffix, takes_over, ahead = picked(_WAYS, draw, name, "way")
                false = self._false(true, specs[names[at - 1]], draw)
                other = free_name(name + suffix, specs)
                if takes_over:
                    true = true.but(name=other)
                else:
                    false = replace(false, name=other)
                pairs[name] = Pair(true, false, ahead)
        layer = twinned(Duplicated, scenario.toolset, pairs)
        return scenario.behind(self.name, layer, toolset=layer)

    def _false(self, spec: ToolSpec, neighbour: ToolSpec, draw: Draw) -> ToolSpec:
        """Return what the false entry says, which is told apart from the true one by it."""
        if self.lie == "blank":
            return replace(spec, description="")
        if self.lie == "swapped":
            return spec.but(description=neighbour.description)
        foreign = _other_than(spec, draw)
        if self.lie == "wrong":
            return spec.but(description=foreign.description)
        return spec.but(parameters=foreign.parameters)


def _other_than(spec: ToolSpec, draw: Draw) -> ToolSpec:
    """Return a tool that does something else and takes other arguments."""
    tools = list(every_tool().values())
    start = int(draw.uniform(spec.name, "lie") * len(tools))
    return next(
        tool
        for tool in tools[start:] + tools[:start]
        if tool.arguments != spec.arguments and tool.description != spec.description
    )
