"""Lists that show one branch of the company at a time."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.rules import ruled
from wildgym.tools import Calls, Json, Layer, ToolCall, ToolError, ToolResult, World, plain_spec

_SWITCH = "switch_branch"
_BRANCHES = ("north", "south")
_RULE = (
    "Entries belong to one of the branches north and south, and lists show those of the branch"
    " that one is in: at first the north. Requests are about all of them. The position of an entry"
    " in the whole list stands in 'position'."
)


@dataclass(frozen=True)
class Partitioned(Layer):
    """A toolset in which some lists leave out the entries of other branches.

    Args:
        tools: Which tools.
        draw: Which entry belongs to which branch.
    """

    tools: frozenset[str]
    draw: Draw

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Show the entries of the present branch."""
        if call.name == _SWITCH:
            return self._switch(str(call.arguments["branch"]), world)
        result = self.inner.call(call, world)
        if call.name not in self.tools or result.is_error or not _are_entries(result.value):
            return result
        branch = world.memory.get(_SWITCH, _BRANCHES[0])
        return ToolResult(
            [
                {**entry, "position": n}
                for n, entry in enumerate(result.value)
                if self._branch(str(entry["id"])) == branch
            ]
        )

    def _branch(self, id: str) -> str:
        return _BRANCHES[self.draw.uniform(id) < 0.5]

    def _switch(self, branch: str, world: World) -> ToolResult:
        if branch not in _BRANCHES:
            known = " and ".join(_BRANCHES)
            return ToolError("not_found", f"There is no branch {branch!r}, only {known}.").result
        world.memory[_SWITCH] = branch
        return ToolResult({"branch": branch})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """List in every branch, and put the entries back in order."""
        if call.name not in self.tools:
            return (yield call)
        entries: list[Json] = []
        for branch in _BRANCHES:
            yield ToolCall(_SWITCH, {"branch": branch})
            result = yield call
            if result.is_error or not isinstance(result.value, list):
                return result
            entries += result.value
        if not all(isinstance(entry, dict) and "position" in entry for entry in entries):
            return result
        entries.sort(key=lambda entry: int(entry["position"]))
        return ToolResult([{k: v for k, v in e.items() if k != "position"} for e in entries])


def _are_entries(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(e, dict) and "id" in e for e in value)


class PartitionLists(Perturbation):
    """Show in lists only the entries of the branch that one is in; a tool switches it."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.5
    source: ClassVar = "lists that are silently partial: wildgym"
    lesson: ClassVar = (
        "Lists show one branch only, so I switch through all branches and put the entries together."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = 0.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Partition a share of all lists."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, returns="rows")
        if not tools or not scenario.world.base:
            return scenario
        layer = Partitioned(scenario.toolset, {**specs, _SWITCH: _SPEC}, tools, draw)
        system = ruled(scenario, _RULE)
        return scenario.behind(self.name, layer, toolset=layer, system=system)


_SPEC = plain_spec(
    _SWITCH, "Go to another branch of the company.", branch=f"One of {', '.join(_BRANCHES)}."
)
