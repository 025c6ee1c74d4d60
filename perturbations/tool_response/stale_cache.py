"""Reads that are answered from an old copy, unless one asks for the present."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.dates import shifted
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Json,
    Layer,
    Row,
    Specs,
    ToolCall,
    ToolResult,
    ToolSpec,
    World,
)

_SHARE = 0.9
_FRESH = "fresh"
_AGE = "cached_seconds_ago"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ARGUMENT: Mapping[str, Json] = {
    "type": "boolean",
    "description": (
        f"Read what is there now. Default: false, where what has `{_AGE}` was read as long ago as"
        " that says and may have changed since."
    ),
}


@dataclass(frozen=True)
class Cached(Layer):
    """A toolset whose reads mostly give rows as they were at some time before the episode.

    Args:
        tools: Which tools read, and can be told to read anew.
        draw: Which calls, and what was otherwise then.
        share: Which share of calls.
    """

    tools: frozenset[str]
    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Read, and make the result older than it is, with its age in it."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        arguments = dict(call.arguments)
        fresh = arguments.pop(_FRESH, False)
        plain = ToolCall(call.name, arguments)
        result = self.inner.call(plain, world)
        if fresh or result.is_error or not self.draw.chance(self.share, plain.slot):
            return result
        age = 3600 + int(self.draw.uniform(plain.slot, "age") * 500_000)
        if isinstance(result.value, dict):
            return ToolResult(self._older(result.value, age))
        if not isinstance(result.value, list) or not all(isinstance(r, dict) for r in result.value):
            return result
        # What is last in a list is mostly what was made last: it was not there yet.
        rows = result.value[:-1] if len(result.value) > 2 else result.value
        return ToolResult([self._older(row, age) for row in rows])

    def _older(self, row: Row, age: int) -> Row:
        """Return a row as it may have been, the same in whatever result it stands."""
        # One draw a row, two bits of it a field: three fields of four were otherwise.
        bits = int(self.draw.uniform(row.get("id"), "fields") * 2**48)
        older: dict[str, Json] = {}
        for field, value in row.items():
            older[field] = _before(value) if bits & 3 and field != "id" else value
            bits >>= 2
        return {**older, _AGE: age}

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask for the present where a result is old."""
        result = yield call
        value = result.value
        first = value[0] if isinstance(value, list) and value else value
        if result.is_error or not isinstance(first, dict) or _AGE not in first:
            return result
        return (yield ToolCall(call.name, {**call.arguments, _FRESH: True}))


def _before(value: Json) -> Json:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return round(value * 0.9, 2)
    if isinstance(value, str) and _DATE.fullmatch(value):
        return shifted(value, -3)
    return value


class StaleCache(Perturbation):
    """Answer reads from a copy hours old, with its age in it, unless told to read anew."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.5
    source: ClassVar = "R44"
    lesson: ClassVar = "The result is from an old copy, as its age says, so I ask for it anew."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -8

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Let all reads of rows be cached."""
        toolset = scenario.toolset
        outer: Specs = {
            name: _with_fresh(spec) if _is_cached(spec, scenario) else spec
            for name, spec in toolset.specs.items()
        }
        tools = frozenset(name for name, spec in outer.items() if spec is not toolset.specs[name])
        if not tools:
            return scenario
        layer = Cached(toolset, outer, tools, draw, _SHARE * self.strength)
        return scenario.behind(self.name, layer, toolset=layer)


def _is_cached(spec: ToolSpec, scenario: Scenario) -> bool:
    """Say whether a tool reads rows of the services, and not what a layer knows."""
    return (
        spec.effect == "read"
        and spec.returns != "value"
        and spec.name in scenario.canonical.specs
        and spec.name not in EPISODE_TOOLS
        and _FRESH not in spec.arguments
    )


def _with_fresh(spec: ToolSpec) -> ToolSpec:
    properties = {**spec.parameters["properties"], _FRESH: _ARGUMENT}
    return spec.but(parameters={**spec.parameters, "properties": properties})
