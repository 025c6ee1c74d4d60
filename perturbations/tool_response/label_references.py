"""References that come with the name of what they refer to."""

import re
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.records import records_mapped
from wildgym.tools import Calls, Json, Layer, Row, ToolCall, ToolResult, World

_NAMES = ("name", "title", "subject")
_LABELLED = re.compile(r".* \[([^\[\]]+)\]", re.DOTALL)


@dataclass(frozen=True)
class Labelled(Layer):
    """A toolset in which a reference is the name of a row, and its id in brackets.

    Args:
        tools: In whose results.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Put names before ids."""
        result = self.inner.call(call, world)
        if result.is_error or call.name not in self.tools:
            return result
        return ToolResult(records_mapped(result.value, lambda row: _labelled(row, world)))

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Take the ids out of the brackets."""
        result = yield call
        if result.is_error or call.name not in self.tools:
            return result
        return ToolResult(records_mapped(result.value, _bare))


def _labelled(row: Row, world: World) -> Row:
    return {k: _label(v, world) if k.endswith("_id") else v for k, v in row.items()}


def _label(id: Json, world: World) -> Json:
    if not isinstance(id, str):
        return id
    prefix = id.partition("-")[0]
    rows = [world.table(n).get(id, {}) for n, t in world.types.items() if t.prefix == prefix]
    names = [row[key] for row in rows for key in _NAMES if key in row]
    return f"{names[0]} [{id}]" if names else id


def _bare(row: Row) -> Row:
    return {k: _id(v) if k.endswith("_id") and isinstance(v, str) else v for k, v in row.items()}


def _id(text: str) -> str:
    found = _LABELLED.fullmatch(text)
    return found[1] if found else text


class LabelReferences(Perturbation):
    """Show references to other rows as a name with the id in brackets."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.25
    source: ClassVar = "R28"
    lesson: ClassVar = "References are names with the id in brackets, so I take the id out."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = 0.45

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Label the references in the results of a share of all tools."""
        toolset = scenario.toolset
        tools = chosen(toolset.specs, draw, self.strength)
        if not tools or not scenario.world.base:
            return scenario
        layer = Labelled(toolset, toolset.specs, tools)
        return scenario.behind(self.name, layer, toolset=layer)
