"""Lists with approximate numbers."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.records import is_row, rows_changed
from wildgym.tools import Calls, Json, Layer, Row, ToolCall, ToolResult, ToolSpec, World

Noise = Literal["rounded", "jittered"]

_EXACT = "exact"
_MARK = "approximate"


@dataclass(frozen=True)
class Approximate(Layer):
    """A toolset whose lists have exact numbers only if they are asked for.

    Args:
        tools: Which lists.
        draw: How far numbers are off.
        noise: In which way they are.
    """

    tools: frozenset[str]
    draw: Draw
    noise: Noise

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Blur the numbers, unless they are to be exact."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        arguments = dict(call.arguments)
        exact = arguments.pop(_EXACT, False)
        result = self.inner.call(ToolCall(call.name, arguments), world)
        if exact is True or result.is_error or not isinstance(result.value, list):
            return result
        return ToolResult(rows_changed(result.value, self._blurred))

    def _blurred(self, row: Row) -> Row:
        near = {k: self._near(v, row["id"], k) for k, v in row.items()}
        off = [k for k, v in near.items() if v != row[k]]
        return {**near, _MARK: off} if off else row

    def _near(self, value: Json, *slot: object) -> Json:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        if self.noise == "rounded":
            rounded = float(f"{value:.1g}")
            return rounded if isinstance(value, float) else int(rounded)
        near = value * (0.9 + self.draw.uniform(*slot) / 5)
        return round(near, 2) if isinstance(value, float) else round(near)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask for exact numbers where they are not."""
        result = yield call
        if call.name not in self.tools or result.is_error or not isinstance(result.value, list):
            return result
        if not any(is_row(row) and _MARK in row for row in result.value):
            return result
        return (yield ToolCall(call.name, {**call.arguments, _EXACT: True}))


class NoisyNumbers(Perturbation):
    """Round or blur the numbers in lists, and say so; an argument asks for the exact ones."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.4
    source: ClassVar = "R35"
    lesson: ClassVar = "The numbers are approximate, as the list says, so I ask for the exact ones."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -6.5

    noise: Noise = "rounded"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Blur a share of all lists."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, returns="rows")
        if not tools or not scenario.world.base:
            return scenario
        outer = {name: _told(spec) if name in tools else spec for name, spec in specs.items()}
        layer = Approximate(scenario.toolset, outer, tools, draw, self.noise)
        return scenario.behind(self.name, layer, toolset=layer)


def _told(spec: ToolSpec) -> ToolSpec:
    about = "Whether numbers are to be exact. By default they are approximate where a row says so."
    exact = {"type": "boolean", "description": about}
    properties = {**spec.parameters["properties"], _EXACT: exact}
    return spec.but(parameters={**spec.parameters, "properties": properties})
