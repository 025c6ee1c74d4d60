"""Arguments that may no longer be left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.argument_forms import described
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

_WORD = "unset"


@dataclass(frozen=True)
class Explicit(Layer):
    """A toolset whose optional arguments have to be given, if only to say that they are not.

    Args:
        optional: For each tool, the arguments that used to be optional.
        nothing: What stands for an argument that is not set.
    """

    optional: Mapping[str, frozenset[str]]
    nothing: str | None

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Take out what is not set."""
        optional = self.optional.get(call.name)
        if optional is None:
            return self.inner.call(call, world)
        problem = check(call, self.specs)
        if problem is not None:
            return problem.result
        arguments = {
            name: value
            for name, value in call.arguments.items()
            if not (name in optional and value == self.nothing)
        }
        return self.inner.call(ToolCall(call.name, arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Say of every argument that is left out that it is."""
        optional = self.optional.get(call.name)
        if optional is None:
            return (yield call)
        unset = dict.fromkeys(sorted(optional), self.nothing)
        return (yield ToolCall(call.name, {**unset, **call.arguments}))


class RequireOptional(Perturbation):
    """Demand every optional argument; null or a word stands for one that is not set."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T34"
    lesson: ClassVar = (
        "Every argument has to be given, so I say of those that I leave out that they are not set."
    )
    rank: ClassVar = -0.9

    unset: Literal["null", "word"] = "null"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Demand them of a share of all tools."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength)
        optional = {n: s.arguments - s.required for n, s in specs.items() if n in tools}
        optional = {name: of for name, of in optional.items() if of}
        if not optional:
            return scenario
        outer = {n: self._explicit(s) if n in optional else s for n, s in specs.items()}
        nothing = None if self.unset == "null" else _WORD
        layer = Explicit(scenario.toolset, outer, optional, nothing)
        return scenario.behind(self.name, layer, toolset=layer)

    def _explicit(self, spec: ToolSpec) -> ToolSpec:
        properties = spec.parameters["properties"]
        demanded = {
            name: schema if name in spec.required else self._unsettable(schema)
            for name, schema in properties.items()
        }
        return spec.but(
            parameters={**spec.parameters, "properties": demanded, "required": list(properties)}
        )

    def _unsettable(self, schema: Mapping[str, Json]) -> Mapping[str, Json]:
        shape = {key: value for key, value in schema.items() if key != "description"}
        nothing = {"type": "null"} if self.unset == "null" else {"const": _WORD}
        said = "null" if self.unset == "null" else f'"{_WORD}"'
        return {"anyOf": [shape, nothing], "description": described(schema, f"{said}: not set.")}
