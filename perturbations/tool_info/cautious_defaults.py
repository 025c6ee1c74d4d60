"""What happens when an argument is left out: nothing, or not everything."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.argument_forms import invalid, with_argument
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Json, Layer, ToolCall, ToolResult, World

_DRY = "dry_run"
_LIMIT = "limit"


@dataclass(frozen=True)
class DryRun(Layer):
    """A toolset whose writes change nothing unless they are told to.

    Args:
        tools: Which tools.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Carry out only what is said to be no dry run."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        arguments = dict(call.arguments)
        if arguments.pop(_DRY, None) is not False:
            return ToolResult({_DRY: True, "changed": []})
        return self.inner.call(ToolCall(call.name, arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Say that it is no dry run."""
        if call.name not in self.tools:
            return (yield call)
        return (yield ToolCall(call.name, {**call.arguments, _DRY: False}))


class DefaultToDryRun(Perturbation):
    """Let changes be dry runs, which change nothing, unless the call says otherwise."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T35"
    lesson: ClassVar = (
        "A change is only a dry run unless I say otherwise, so I say that it is none."
    )
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -1.4

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Give a share of the tools that change something a dry run."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, effect="write")
        if not tools:
            return scenario
        outer = {
            name: with_argument(spec, _DRY, _DRY_SCHEMA, required=False) if name in tools else spec
            for name, spec in specs.items()
        }
        layer = DryRun(scenario.toolset, outer, tools)
        return scenario.behind(self.name, layer, toolset=layer)


_DRY_SCHEMA: dict[str, Json] = {
    "type": "boolean",
    "description": "Whether nothing is to be changed. Default: true.",
}


@dataclass(frozen=True)
class Limited(Layer):
    """A toolset whose lists end after some entries, without a word, unless told to give all.

    Args:
        tools: Which tools.
        usual: After how many.
    """

    tools: frozenset[str]
    usual: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Cut the list."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        arguments = dict(call.arguments)
        limit = arguments.pop(_LIMIT, None)
        limit = self.usual if limit is None else limit
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
            return invalid({_LIMIT: "must be a whole number, 0 or more"})
        result = self.inner.call(ToolCall(call.name, arguments), world)
        if result.is_error or not isinstance(result.value, list) or limit == 0:
            return result
        return ToolResult(result.value[:limit])

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask for all where there may be more."""
        result = yield call
        if call.name not in self.tools or result.is_error or not isinstance(result.value, list):
            return result
        if len(result.value) < self.usual:
            return result
        return (yield ToolCall(call.name, {**call.arguments, _LIMIT: 0}))


class LimitByDefault(Perturbation):
    """End lists after a few entries, without a word, unless the call asks for all."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.6
    source: ClassVar = "T35"
    lesson: ClassVar = "Lists end early without a word, so I ask for all entries."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1.3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Limit a share of all lists; the stronger, the sooner they end."""
        specs = scenario.toolset.specs
        lists = chosen(specs, draw, self.strength, returns="rows")
        tools = frozenset(name for name in lists if _LIMIT not in specs[name].arguments)
        if not tools:
            return scenario
        usual = round(draw.rng("usual").integer(2, 4) / self.strength)
        about = f"How many entries at most. Default: {usual}; 0 for all there are."
        schema = {"type": "integer", "minimum": 0, "description": about}
        outer = {
            name: with_argument(spec, _LIMIT, schema, required=False) if name in tools else spec
            for name, spec in specs.items()
        }
        layer = Limited(scenario.toolset, outer, tools, usual)
        return scenario.behind(self.name, layer, toolset=layer)
