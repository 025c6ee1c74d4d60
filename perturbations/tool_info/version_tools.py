"""Two versions of a tool, of which the first no longer answers."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
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

_NEW = "v2_"
_TARGET = "target"
_OPTIONS = "options"


@dataclass(frozen=True)
class Versioned(Layer):
    """A toolset in which some tools have a second version, with arguments in groups.

    Args:
        tools: The names of the first versions.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Let first versions say where to go, and take the groups of second ones apart."""
        if call.name in self.tools:
            successor = _NEW + call.name
            message = (
                f"410 Gone: {call.name} was shut down. {successor} replaces it, and takes its"
                " arguments in another shape: see its schema."
            )
            return ToolError("gone", message, successor=successor).result
        first = call.name.removeprefix(_NEW)
        if first not in self.tools:
            return self.inner.call(call, world)
        groups = [call.arguments.get(group) or {} for group in (_TARGET, _OPTIONS)]
        if not all(isinstance(group, dict) for group in groups):
            message = f"{_TARGET} and {_OPTIONS} must be objects."
            return ToolError("invalid_arguments", message).result
        inner = ToolCall(first, {**groups[0], **groups[1]})
        problem = check(inner, self.inner.specs)
        return problem.result if problem else self.inner.call(inner, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Go where the error points, with the arguments in groups."""
        result = yield call
        if call.name not in self.tools or result.code != "gone":
            return result
        required = self.inner.specs[call.name].required
        groups: dict[str, dict[str, Json]] = {}
        for name, value in call.arguments.items():
            groups.setdefault(_TARGET if name in required else _OPTIONS, {})[name] = value
        return (yield ToolCall(result.value["successor"], groups))


class VersionTools(Perturbation):
    """List two versions of a tool: the first is shut down, the second wants other arguments."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "E22, T45"
    lesson: ClassVar = (
        "The first version is shut down, so I call the second, whose arguments are grouped."
    )
    rank: ClassVar = -0.3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Give a share of all tools a second version."""
        specs = scenario.toolset.specs
        tools = frozenset(
            name for name in chosen(specs, draw, self.strength) if _NEW + name not in specs
        )
        if not tools:
            return scenario
        new = {_NEW + name: _second(specs[name]) for name in specs if name in tools}
        layer = Versioned(scenario.toolset, {**specs, **new}, tools)
        return scenario.behind(self.name, layer, toolset=layer)


def _second(spec: ToolSpec) -> ToolSpec:
    properties = spec.parameters["properties"]
    groups: dict[str, Json] = {}
    for group, about, needed in (
        (_TARGET, "What has to be given.", True),
        (_OPTIONS, "What may be given.", False),
    ):
        inside = {n: schema for n, schema in properties.items() if (n in spec.required) == needed}
        if inside:
            groups[group] = {"type": "object", "properties": inside, "description": about}
    if _TARGET in groups:
        groups[_TARGET]["required"] = list(groups[_TARGET]["properties"])
    parameters: dict[str, Json] = {"type": "object", "properties": groups}
    if _TARGET in groups:
        parameters["required"] = [_TARGET]
    return spec.but(name=_NEW + spec.name, parameters=parameters)
