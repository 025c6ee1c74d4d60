"""What an argument stands for that is left out: something else than usual."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.argument_forms import with_schemas
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
)

_ANY = "any"
_TODAY = "today"
_DEFAULT = re.compile(r" ?Default: [^.]*\.|; all that follow if absent\.")
_TIMES = {"after": ("11:00", "13:30"), "before": ("12:00", "15:00")}


@dataclass(frozen=True, slots=True)
class Default:
    """What stands for an argument that is left out.

    Attributes:
        value: What stands for it now.
        usual: What has to be given for what used to be left out.
        schema: The argument's schema, which tells both.
        passes: Whether what is usual is known beneath, and not only here.
    """

    value: Json
    usual: Json
    schema: Mapping[str, Json]
    passes: bool = False


@dataclass(frozen=True)
class Defaulting(Layer):
    """A toolset with other defaults.

    Args:
        defaults: By tool, by argument.
    """

    defaults: Mapping[str, Mapping[str, Default]]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Put in what is left out, and take out what was usually left out."""
        defaults = self.defaults.get(call.name)
        if defaults is None:
            return self.inner.call(call, world)
        arguments = dict(call.arguments)
        for name, default in defaults.items():
            if arguments.get(name) is None:
                arguments[name] = world.today if default.value == _TODAY else default.value
            elif arguments[name] == default.usual and not default.passes:
                del arguments[name]
        return self.inner.call(ToolCall(call.name, arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Say what would usually go without saying."""
        defaults = self.defaults.get(call.name)
        if defaults is None:
            return (yield call)
        said = {name: default.usual for name, default in defaults.items()}
        return (yield ToolCall(call.name, {**said, **call.arguments}))


class ChangeDefaults(Perturbation):
    """Let arguments that are left out stand for something else than usual."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "T35"
    lesson: ClassVar = "What is left out stands for something else here, so I say it."
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = -1.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Change a share of all defaults: of choices, dates, times, flags and patterns."""
        specs, defaults = scenario.toolset.specs, {}
        for tool, spec in specs.items():
            if tool not in EPISODE_TOOLS and (found := self._defaults(spec, draw)):
                defaults[tool] = found
        if not defaults:
            return scenario
        outer = {
            tool: with_schemas(spec, {n: d.schema for n, d in defaults[tool].items()})
            if tool in defaults
            else spec
            for tool, spec in specs.items()
        }
        layer = Defaulting(scenario.toolset, outer, defaults)
        return scenario.behind(self.name, layer, toolset=layer)

    def _defaults(self, spec: ToolSpec, draw: Draw) -> Mapping[str, Default]:
        found = {
            name: _changed(spec.name, name, schema, draw)
            for name, schema in spec.parameters["properties"].items()
            if name not in spec.required and draw.chance(self.strength, spec.name, name)
        }
        return {name: default for name, default in found.items() if default is not None}


def _changed(tool: str, name: str, schema: Mapping[str, Json], draw: Draw) -> Default | None:
    """Return another default for an argument, if it is of a kind that has one."""
    about = schema.get("description", "")
    if "enum" in schema:
        value = draw.rng(tool, name).pick(schema["enum"])
        wider = {**schema, "enum": [*schema["enum"], _ANY]}
        return _told(wider, value, _ANY, "for all")
    if schema.get("format") == "date":
        plain = {key: kept for key, kept in schema.items() if key != "format"}
        return _told(plain, _TODAY, _ANY, "for all")
    if about.endswith("Default: false."):
        return _told(schema, True, False, "for all", passes=True)
    if found := re.search(r"Default: (\d\d:\d\d)\.", about):
        value = draw.rng(tool, name).pick(_TIMES.get(name, ("12:00",)))
        return _told(schema, value, found[1], "is possible too", passes=True)
    if name == "last_line":
        return _told({**schema, "minimum": 0}, 5, 0, "for all that follow")
    if name == "pattern" and schema.get("type") == "string":
        return _told(schema, "*", "**", "for every file in every folder", passes=True)
    return None


def _told(
    schema: Mapping[str, Json], value: Json, usual: Json, purpose: str, passes: bool = False
) -> Default:
    before = _DEFAULT.sub("", schema.get("description", "")).rstrip(".")
    about = f"{before}. Default: {json.dumps(value)}; {json.dumps(usual)} {purpose}."
    return Default(value, usual, {**schema, "description": about}, passes)
