"""One argument in several parts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.argument_forms import invalid
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Json,
    Layer,
    ToolCall,
    ToolResult,
    ToolSpec,
    World,
    check,
)

_CLOCK = re.compile(r"\d\d:\d\d")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value that has parts.

    Attributes:
        names: What the parts are called, in order.
        type: Their JSON type.
    """

    names: tuple[str, ...]
    type: str


_DATE = Kind(("year", "month", "day"), "integer")
_TIME = Kind(("hour", "minute"), "integer")
_ADDRESS = Kind(("user", "domain"), "string")


def _parts(kind: Kind, value: Json) -> list[Json] | None:
    """Take a value apart; None where it is not of its kind."""
    if not isinstance(value, str):
        return None
    if kind is _DATE:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return None
        return [day.year, day.month, day.day]
    if kind is _TIME:
        return [int(part) for part in value.split(":")] if _CLOCK.fullmatch(value) else None
    return list(value.split("@")) if _MAIL.fullmatch(value) else None


def _whole(kind: Kind, parts: list[Json]) -> str:
    """Put parts together; raise ValueError where they are of other types."""
    wanted = int if kind.type == "integer" else str
    if not all(isinstance(part, wanted) and not isinstance(part, bool) for part in parts):
        raise ValueError(f"must be of type {kind.type}")
    if kind is _DATE:
        return date(*parts).isoformat()
    return f"{parts[0]:02}:{parts[1]:02}" if kind is _TIME else f"{parts[0]}@{parts[1]}"


@dataclass(frozen=True)
class InParts(Layer):
    """A toolset that takes some arguments in parts.

    Args:
        kinds: By tool, by argument.
    """

    kinds: Mapping[str, Mapping[str, Kind]]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Put the parts together."""
        kinds = self.kinds.get(call.name)
        if kinds is None:
            return self.inner.call(call, world)
        problem = check(call, self.specs)
        if problem is not None:
            return problem.result
        arguments, problems = dict(call.arguments), {}
        for name, kind in kinds.items():
            parts = [arguments.pop(part, None) for part in _named(name, kind)]
            if any(part is not None for part in parts):
                try:
                    arguments[name] = _whole(kind, parts)
                except (ValueError, OverflowError) as error:
                    problems[_named(name, kind)[0]] = f"together with its other parts: {error}"
        if problems:
            return invalid(problems)
        return self.inner.call(ToolCall(call.name, arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Give the parts."""
        kinds = self.kinds.get(call.name, {})
        arguments: dict[str, Json] = {}
        for name, value in call.arguments.items():
            parts = _parts(kinds[name], value) if name in kinds else None
            if parts is None:
                arguments[name] = value
            else:
                arguments |= zip(_named(name, kinds[name]), parts, strict=True)
        return (yield ToolCall(call.name, arguments))


def _named(name: str, kind: Kind) -> list[str]:
    return [f"{name}_{part}" for part in kind.names]


class SplitArguments(Perturbation):
    """Take dates, times and email addresses in parts, each an argument of its own."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T33"
    lesson: ClassVar = (
        "The tool takes this value in parts, so I give each part as its own argument."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1.12

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Split a share of the arguments that have parts."""
        specs, kinds = scenario.toolset.specs, {}
        for tool, spec in specs.items():
            if tool not in EPISODE_TOOLS and (found := self._kinds(spec, draw)):
                kinds[tool] = found
        if not kinds:
            return scenario
        outer = {n: _in_parts(s, kinds[n]) if n in kinds else s for n, s in specs.items()}
        layer = InParts(scenario.toolset, outer, kinds)
        return scenario.behind(self.name, layer, toolset=layer)

    def _kinds(self, spec: ToolSpec, draw: Draw) -> Mapping[str, Kind]:
        found = {n: _kind(schema) for n, schema in spec.parameters["properties"].items()}
        return {
            name: kind
            for name, kind in found.items()
            if kind is not None
            and draw.chance(self.strength, spec.name, name)
            and not spec.arguments.intersection(_named(name, kind))
        }


def _kind(schema: Mapping[str, Json]) -> Kind | None:
    """Return the kind of an argument's values, or None if they are to stay whole."""
    about, pattern = schema.get("description", ""), schema.get("pattern", "")
    if schema.get("format") == "date":
        return _DATE
    # A default is told as a whole.
    if pattern.startswith("^([01]") and "Default" not in about:
        return _TIME
    return _ADDRESS if "@" in pattern else None


def _in_parts(spec: ToolSpec, kinds: Mapping[str, Kind]) -> ToolSpec:
    properties: dict[str, Json] = {}
    required: list[str] = []
    for name, schema in spec.parameters["properties"].items():
        shown = {name: schema}
        if name in kinds:
            usual = re.sub(r",? (?:as )?(?:YYYY-MM-DD|HH:MM)\b", "", schema.get("description", ""))
            shown = {
                f"{name}_{part}": {
                    "type": kinds[name].type,
                    "description": f"{usual} Of this, the {part}.",
                }
                for part in kinds[name].names
            }
        properties |= shown
        if name in spec.required:
            required += shown
    parameters: dict[str, Json] = {**spec.parameters, "properties": properties}
    return spec.but(parameters={**parameters, "required": required} if required else parameters)
