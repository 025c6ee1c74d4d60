"""Arguments inside one object."""

import json
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.envs.scaffolds.core import FormatError, read_json
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    Calls,
    Json,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    ToolSpec,
    World,
    check,
)

_KEYS = ("request", "params", "input", "payload", "body")


@dataclass(frozen=True)
class Nested(Layer):
    """A toolset whose tools take one argument, an object that holds all others.

    Args:
        key: The name of the one argument.
        tools: Which tools are changed.
        encoded: Whether the object is given as JSON text.
    """

    key: str
    tools: frozenset[str]
    encoded: bool

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Take the arguments out."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        given = call.arguments.get(self.key, {})
        if self.encoded and isinstance(given, str):
            try:
                given = read_json(given, self.key)
            except FormatError:
                given = None
        if not isinstance(given, dict):
            form = "a JSON object, written as text" if self.encoded else "an object"
            return ToolError("invalid_arguments", f"{self.key} must be {form}.").result
        inner = ToolCall(call.name, given)
        problem = check(inner, self.inner.specs)
        return problem.result if problem else self.inner.call(inner, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Put the arguments in."""
        if call.name not in self.tools:
            return (yield call)
        value: Json = json.dumps(call.arguments) if self.encoded else call.arguments
        return (yield ToolCall(call.name, {self.key: value}))


class NestParameters(Perturbation):
    """Move all arguments of a tool into one, an object or JSON text."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T33"
    lesson: ClassVar = "The tool takes all arguments inside one, so I put them in there."
    rank: ClassVar = 2

    form: Literal["object", "text"] = "object"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Nest a share of all tools' arguments."""
        specs = scenario.toolset.specs
        key = draw.rng("key").pick(_KEYS)
        tools = frozenset(
            name
            for name, spec in specs.items()
            if spec.arguments and draw.chance(self.strength, name)
        )
        outer = {
            name: self._nested(spec, key) if name in tools else spec for name, spec in specs.items()
        }
        layer = Nested(scenario.toolset, outer, key, tools, self.form == "text")
        return scenario.behind(self.name, layer, toolset=layer)

    def _nested(self, spec: ToolSpec, key: str) -> ToolSpec:
        inner: dict[str, Json] = dict(spec.parameters)
        if self.form == "text":
            shape = json.dumps(inner, ensure_ascii=False)
            inner = {"type": "string", "description": f"A JSON object of this schema: {shape}"}
        parameters = {"type": "object", "properties": {key: inner}}
        return spec.but(
            parameters={**parameters, "required": [key]} if spec.required else parameters
        )
