"""Lists that come page by page."""

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
    key,
)

_MOST_PAGES = 6
_DESCRIPTION = "Where to go on: the next_cursor of the page before. Absent: from the beginning."


@dataclass(frozen=True)
class Paginated(Layer):
    """A toolset whose lists come in pages.

    Args:
        tools: Which tools are changed.
        size: How many entries a page has, or more where it would take too many pages.
    """

    tools: frozenset[str]
    size: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Make the whole list, and cut a page out of it."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        arguments = dict(call.arguments)
        cursor = arguments.pop("cursor", None)
        whole = ToolCall(call.name, arguments)
        start = 0 if cursor is None else self._start(whole, str(cursor))
        if start is None:
            return ToolError(
                "invalid_cursor", "This cursor belongs to no page of this list."
            ).result
        result = self.inner.call(whole, world)
        if result.is_error or not isinstance(result.value, list):
            return result
        end = start + max(self.size, -(-len(result.value) // _MOST_PAGES))
        more = end < len(result.value)
        page: dict[str, Json] = {"items": result.value[start:end], "has_more": more}
        if more:
            page["next_cursor"] = self._cursor(whole, end)
        return ToolResult(page)

    def _cursor(self, whole: ToolCall, start: int) -> str:
        return f"{start}.{key(whole.slot, start) & 0xFFFFFF:06x}"

    def _start(self, whole: ToolCall, cursor: str) -> int | None:
        number, _, _ = cursor.partition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        return int(number) if cursor == self._cursor(whole, int(number)) else None

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Turn page after page, and join them."""
        result = yield call
        if call.name not in self.tools:
            return result
        items: list[Json] = []
        while _is_page(result):
            items += result.value["items"]
            if not result.value["has_more"]:
                return ToolResult(items)
            cursor = result.value["next_cursor"]
            result = yield ToolCall(call.name, {**call.arguments, "cursor": cursor})
        return result


def _is_page(result: ToolResult) -> bool:
    return not result.is_error and isinstance(result.value, dict) and "has_more" in result.value


class Paginate(Perturbation):
    """Give lists in pages of a few entries, each with the cursor of the next."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.1
    source: ClassVar = "R36"
    lesson: ClassVar = "The list comes in pages, so I follow the cursor to the last and join them."
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = -5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Page a share of all lists; the stronger, the smaller the pages."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, returns="rows")
        if not tools:
            return scenario
        size = round(draw.rng("size").integer(6, 12) / self.strength)
        outer = {name: _paged(spec) if name in tools else spec for name, spec in specs.items()}
        layer = Paginated(scenario.toolset, outer, tools, size)
        return scenario.behind(self.name, layer, toolset=layer)


def _paged(spec: ToolSpec) -> ToolSpec:
    cursor = {"type": "string", "description": _DESCRIPTION}
    properties = {**spec.parameters["properties"], "cursor": cursor}
    return spec.but(
        description=f"{spec.description} The list comes in pages.",
        parameters={**spec.parameters, "properties": properties},
        returns="value",
    )
