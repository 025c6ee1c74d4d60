"""All arguments of a tool within one: a list, pairs, or the query of an address."""

import json
from dataclasses import dataclass
from typing import ClassVar, Literal
from urllib.parse import parse_qsl, quote

from wildgym.envs import Scenario
from wildgym.envs.scaffolds.core import FormatError, declared_type, read_value, write_value
from wildgym.perturbations.choice import chosen
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

Form = Literal["list", "pairs", "query"]
_KEYS = ("args", "fields", "arguments", "values")


@dataclass(frozen=True)
class Packed(Layer):
    """A toolset whose tools take all their arguments within one.

    Args:
        tools: Which tools.
        key: The name of the one argument.
        form: What it is.
    """

    tools: frozenset[str]
    key: str
    form: Form

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Unpack the arguments."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        try:
            arguments = self._unpacked(call.name, call.arguments.get(self.key))
        except (FormatError, ValueError) as error:
            return ToolError("invalid_arguments", f"{self.key}: {error}").result
        inner = ToolCall(call.name, arguments)
        problem = check(inner, self.inner.specs)
        return problem.result if problem else self.inner.call(inner, world)

    def _unpacked(self, tool: str, given: Json) -> dict[str, Json]:
        specs = self.inner.specs
        if given is None:
            return {}
        if self.form == "query" and isinstance(given, str):
            pairs = parse_qsl(given, keep_blank_values=True, strict_parsing=bool(given))
            return {n: read_value(text, declared_type(specs, tool, n), n) for n, text in pairs}
        if self.form == "pairs" and _are_pairs(given):
            return {str(pair["name"]): pair["value"] for pair in given}
        if self.form == "list" and isinstance(given, list):
            return _placed(specs[tool], given)
        raise ValueError(_ABOUT[self.form])

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Pack the arguments."""
        if call.name not in self.tools:
            return (yield call)
        return (yield ToolCall(call.name, {self.key: self._packed(call)}))

    def _packed(self, call: ToolCall) -> Json:
        specs, arguments = self.inner.specs, call.arguments
        if self.form == "query":
            texts = {
                n: write_value(v, declared_type(specs, call.name, n)) for n, v in arguments.items()
            }
            return "&".join(f"{quote(n, safe='')}={quote(t, safe='')}" for n, t in texts.items())
        if self.form == "pairs":
            return [{"name": name, "value": value} for name, value in arguments.items()]
        names = list(specs[call.name].parameters["properties"])
        last = max((names.index(n) for n in arguments if n in names), default=-1)
        unknown = [value for name, value in arguments.items() if name not in names]
        return [*[arguments.get(name) for name in names[: last + 1]], *unknown]


def _are_pairs(given: Json) -> bool:
    return isinstance(given, list) and all(
        isinstance(pair, dict) and pair.keys() == {"name", "value"} for pair in given
    )


def _placed(spec: ToolSpec, values: list[Json]) -> dict[str, Json]:
    names = list(spec.parameters["properties"])
    if len(values) > len(names):
        raise ValueError(f"there are {len(names)} arguments, and {len(values)} values")
    placed = zip(names, values, strict=False)
    return {n: v for n, v in placed if v is not None or n in spec.required}


class PackArguments(Perturbation):
    """Take all arguments by their order in one list, as named pairs, or as the query of a URL."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T33"
    lesson: ClassVar = (
        "The tool takes its arguments packed into one, so I pack them in their order."
    )
    rank: ClassVar = 2.5

    form: Form = "list"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Pack the arguments of a share of all tools."""
        specs = scenario.toolset.specs
        tools = frozenset(n for n in chosen(specs, draw, self.strength) if specs[n].arguments)
        if not tools:
            return scenario
        key = draw.rng("key").pick(_KEYS)
        outer = {n: self._packed(spec, key) if n in tools else spec for n, spec in specs.items()}
        layer = Packed(scenario.toolset, outer, tools, key, self.form)
        return scenario.behind(self.name, layer, toolset=layer)

    def _packed(self, spec: ToolSpec, key: str) -> ToolSpec:
        inside = [
            f"{name} ({'required' if name in spec.required else 'optional'}):"
            f" {json.dumps(schema, ensure_ascii=False)}"
            for name, schema in spec.parameters["properties"].items()
        ]
        about = f"The arguments, {_ABOUT[self.form]}. They are: {'; '.join(inside)}"
        kind = "string" if self.form == "query" else "array"
        parameters: dict[str, Json] = {
            "type": "object",
            "properties": {key: {"type": kind, "description": about}},
        }
        return spec.but(
            parameters={**parameters, "required": [key]} if spec.required else parameters
        )


_ABOUT = {
    "list": "as a list of their values in this order, null for one that is left out",
    "pairs": 'as a list of objects with "name" and "value"',
    "query": "as the query of a URL: name=value&name=value, percent-encoded",
}
