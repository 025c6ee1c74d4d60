"""Less said of tools, or the same in another way: what is called and how stays as it is."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Json, Layer, ToolSpec

Schema = Mapping[str, Json]
Change = Callable[[ToolSpec, ToolSpec | None], ToolSpec]


def respecified(scenario: Scenario, draw: Draw, strength: float, change: Change) -> Scenario:
    """Return the scenario with other specs for a share of the services' tools.

    Args:
        scenario: What to change.
        draw: Which tools.
        strength: The share.
        change: From a spec, and that of the canonical tool of its name if there is one.
    """
    specs, canonical = scenario.toolset.specs, scenario.canonical.specs
    tools = chosen(specs, draw, strength)
    outer = {n: change(s, canonical.get(n)) if n in tools else s for n, s in specs.items()}
    layer = Layer(scenario.toolset, outer)
    return scenario.behind(draw.operator, layer, toolset=layer)


class StripDescriptions(Perturbation):
    """Leave out the descriptions of tools and arguments whose names and types say enough."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.0
    source: ClassVar = "T18, T30"
    lesson: ClassVar = "There are no descriptions, so I go by names and types."
    rank: ClassVar = 51

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Strip a share of all tools of what was not changed by anything else."""
        return respecified(scenario, draw, self.strength, _stripped)


def _stripped(spec: ToolSpec, usual: ToolSpec | None) -> ToolSpec:
    if usual is None:
        return spec
    description = "" if spec.description == usual.description else spec.description
    parameters = _with_usual(spec, usual, "description")
    return ToolSpec(spec.name, description, parameters, spec.effect, spec.returns)


def _with_usual(spec: ToolSpec, usual: ToolSpec, without: str) -> Schema:
    """Return a spec's parameters, where those that are as usual lack one key."""
    before = usual.parameters["properties"]
    properties = {
        name: {k: v for k, v in schema.items() if k != without}
        if schema == before.get(name)
        else schema
        for name, schema in spec.parameters["properties"].items()
    }
    return {**spec.parameters, "properties": properties}


class EraseTypes(Perturbation):
    """Leave out the types of arguments; an error tells the type when a value has another."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.0
    source: ClassVar = "T31"
    lesson: ClassVar = (
        "Types are not given; I give what fits, and go by the error if it is refused."
    )
    rank: ClassVar = 50

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Erase the types of a share of all tools where nothing else has changed them."""
        return respecified(scenario, draw, self.strength, _untyped)


def _untyped(spec: ToolSpec, usual: ToolSpec | None) -> ToolSpec:
    return spec if usual is None else spec.but(parameters=_with_usual(spec, usual, "type"))


class DialectSchemas(Perturbation):
    """Write schemas with references, unions, or constants, as other generators of schemas do."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "T52"
    lesson: ClassVar = "The schemas are written in another dialect; they mean the same."
    rank: ClassVar = 60

    dialect: Literal["references", "unions", "constants"] = "references"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rewrite the schemas of a share of all tools."""
        write = {"references": _referring, "unions": _united, "constants": _constant}[self.dialect]

        def change(spec: ToolSpec, usual: ToolSpec | None) -> ToolSpec:
            return spec.but(parameters=write(spec)) if spec.arguments else spec

        return respecified(scenario, draw, self.strength, change)


def _referring(spec: ToolSpec) -> Schema:
    properties = spec.parameters["properties"]
    referring = {name: {"$ref": f"#/$defs/{name}"} for name in properties}
    return {**spec.parameters, "properties": referring, "$defs": properties}


def _united(spec: ToolSpec) -> Schema:
    properties = {
        name: _union(schema, [] if name in spec.required else [{"type": "null"}])
        for name, schema in spec.parameters["properties"].items()
    }
    return {**spec.parameters, "properties": properties}


def _union(schema: Schema, others: list[Schema]) -> Schema:
    shape = {key: value for key, value in schema.items() if key != "description"}
    return {"anyOf": [shape, *others], "description": schema.get("description", "")}


def _constant(spec: ToolSpec) -> Schema:
    properties = {
        name: {
            **{key: value for key, value in schema.items() if key != "enum"},
            "oneOf": [{"const": value} for value in schema["enum"]],
        }
        if "enum" in schema
        else schema
        for name, schema in spec.parameters["properties"].items()
    }
    strict = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": spec.name}
    return {**strict, **spec.parameters, "properties": properties, "additionalProperties": False}
