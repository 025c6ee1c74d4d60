"""Arguments that a tool demands besides those that it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.envs.prompts import literal
from wildgym.perturbations.argument_forms import described, invalid, with_argument, with_schemas
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    Calls,
    Json,
    Layer,
    ToolCall,
    ToolResult,
    ToolSpec,
    World,
    check,
)

_CONSTANTS = ("client", "channel", "tenant", "source_system", "desk")
_CHECKS = ("check", "control", "verifier")


@dataclass(frozen=True)
class Demanding(Layer):
    """A toolset whose tools want one more argument, which follows from what they say.

    Args:
        argument: Its name.
        wanted: For each tool that wants it, from the other arguments to its value.
    """

    argument: str
    wanted: Mapping[str, Callable[[Mapping[str, Json]], Json]]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Take the argument out, if it is right."""
        if call.name not in self.wanted:
            return self.inner.call(call, world)
        problem = check(call, self.specs)
        if problem is not None:
            return problem.result
        arguments = dict(call.arguments)
        given = arguments.pop(self.argument)
        if given != self.wanted[call.name](arguments):
            return invalid({self.argument: "is not what its description says"})
        return self.inner.call(ToolCall(call.name, arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Give what is wanted."""
        if call.name not in self.wanted:
            return (yield call)
        value = self.wanted[call.name](call.arguments)
        return (yield ToolCall(call.name, {**call.arguments, self.argument: value}))


def free_name(names: tuple[str, ...], draw: Draw, scenario: Scenario) -> str:
    """Return the name for an argument that no tool has yet."""
    taken = {name for spec in scenario.toolset.specs.values() for name in spec.arguments}
    ranked = draw.rng("name").shuffled(names)
    return next((n for n in ranked if n not in taken), f"{ranked[0]}_{draw.token('name')}")


class DemandConstant(Perturbation):
    """Demand one more argument, always the same, which its description or a rule tells."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T28"
    lesson: ClassVar = "The tool demands one more argument, whose value I was told, so I give it."
    rank: ClassVar = -0.5

    told: Literal["description", "rule"] = "description"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Demand it in a share of all tools: one value by a rule, or one each."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength)
        if not tools:
            return scenario
        argument, system = free_name(_CONSTANTS, draw, scenario), scenario.system
        if self.told == "rule":
            values = dict.fromkeys(sorted(tools), _constant(draw, "rule"))
            about = {name: "A rule in the instructions says which." for name in tools}
            rule = f"Where a tool has an argument {argument!r}, give {values[min(tools)]!r}."
            system = replace(system, rules=(*system.rules, literal(rule)))
        else:
            values = {name: _constant(draw, name) for name in sorted(tools)}
            about = {name: f'Always "{values[name]}".' for name in tools}
        outer = {
            name: _wanting(spec, argument, about[name]) if name in tools else spec
            for name, spec in specs.items()
        }
        wanted = {name: _always(values[name]) for name in tools}
        layer = Demanding(scenario.toolset, outer, argument, wanted)
        return scenario.behind(self.name, layer, toolset=layer, system=system)


def _constant(draw: Draw, slot: str) -> str:
    return f"{draw.rng(slot).pick(('desk', 'line', 'unit'))}-{draw.token(slot)[:3]}"


def _always(value: str) -> Callable[[Mapping[str, Json]], Json]:
    return lambda arguments: value


def _wanting(spec: ToolSpec, argument: str, about: str) -> ToolSpec:
    return with_argument(spec, argument, {"type": "string", "description": about}, required=True)


class DemandChecks(Perturbation):
    """Demand a check of the first argument: its last characters, or how many it has."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T46"
    lesson: ClassVar = (
        "The tool demands a check of its first argument, so I work it out and give it."
    )
    # Above what changes how values are written: what is checked is what is given.
    rank: ClassVar = -0.55

    of: Literal["tail", "length"] = "tail"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Demand it in a share of the tools that need a text to begin with."""
        specs = scenario.toolset.specs
        argument = free_name(_CHECKS, draw, scenario)
        wanted = {
            name: self._check_of(_first(specs[name]))
            for name in sorted(chosen(specs, draw, self.strength))
            if _first(specs[name])
        }
        if not wanted:
            return scenario
        outer = {
            name: self._checked(spec, argument) if name in wanted else spec
            for name, spec in specs.items()
        }
        layer = Demanding(scenario.toolset, outer, argument, wanted)
        return scenario.behind(self.name, layer, toolset=layer)

    def _check_of(self, first: str) -> Callable[[Mapping[str, Json]], Json]:
        if self.of == "tail":
            return lambda arguments: str(arguments.get(first))[-3:]
        return lambda arguments: str(len(str(arguments.get(first))))

    def _checked(self, spec: ToolSpec, argument: str) -> ToolSpec:
        # The argument that is checked says so itself: names may change, what is said of it stays.
        first, tail = _first(spec), self.of == "tail"
        what = "last three characters" if tail else "number of characters, in digits,"
        schema = spec.parameters["properties"][first]
        about = described(schema, f"Its {what} {'are' if tail else 'is'} the check.")
        spec = with_schemas(spec, {first: {**schema, "description": about}})
        return _wanting(spec, argument, f"The check: the {what} of the argument that says so.")


def _first(spec: ToolSpec) -> str:
    """Return the first argument if it is a text that must be given, else an empty text."""
    for name, schema in spec.parameters["properties"].items():
        needed = name in spec.required and schema.get("type") == "string"
        return name if needed and "enum" not in schema else ""
    return ""
