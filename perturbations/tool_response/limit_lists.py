"""Lists that are too long to be given, but can be exported."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_CODE = "too_many_entries"
_START = "start_export"
_GET = "get_export"


@dataclass(frozen=True)
class Limited(Layer):
    """A toolset that refuses lists that are long, and exports them in some seconds.

    Args:
        most: How many entries a list may have.
        seconds: How long an export takes, in virtual time.
    """

    most: int
    seconds: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Refuse a long list, and keep it as it is now."""
        if call.name == _START:
            return self._start(str(call.arguments["query"]), world)
        if call.name == _GET:
            return self._get(str(call.arguments["export"]), world)
        result = self.inner.call(call, world)
        if call.name in EPISODE_TOOLS or not isinstance(result.value, list):
            return result
        if len(result.value) <= self.most:
            return result
        number = world.memory.get(_START, 0) + 1
        query = f"query-{number}"
        world.memory[_START] = number
        world.memory[_START, query] = result
        message = (
            f"Lists of more than {self.most} entries are not supported, and this one has"
            f" {len(result.value)}. Use {_START} with its query to have it exported."
        )
        return ToolError(_CODE, message, query=query).result

    def _start(self, query: str, world: World) -> ToolResult:
        if (_START, query) not in world.memory:
            return ToolError("not_found", f"There is no query {query!r}.").result
        export = query.replace("query", "export")
        world.memory[_GET, export] = world.clock + self.seconds
        return ToolResult({"export": export, "ready_in_seconds": self.seconds})

    def _get(self, export: str, world: World) -> ToolResult:
        ready = world.memory.get((_GET, export))
        if ready is None:
            return ToolError("not_found", f"There is no export {export!r}.").result
        if world.clock < ready:
            message = f"The export is ready in {ready - world.clock:g} seconds."
            return ToolError("not_ready", message).result
        kept: ToolResult = world.memory[_START, export.replace("export", "query")]
        return kept

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Have the list exported, wait, and get it."""
        result = yield call
        if result.code != _CODE:
            return result
        export = (yield ToolCall(_START, {"query": result.value["query"]})).value
        yield ToolCall("wait", {"seconds": export["ready_in_seconds"]})
        return (yield ToolCall(_GET, {"export": export["export"]}))


class LimitLists(Perturbation):
    """Refuse lists of more than a few entries; the error says how to have them exported."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "R23"
    lesson: ClassVar = "The list is too long to be shown, so I have it exported, wait and get it."
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = -5.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw how long lists may be: the stronger, the shorter."""
        toolset = scenario.toolset
        most = round(draw.rng("most").integer(2, 5) / self.strength)
        specs = {**toolset.specs, _START: _START_SPEC, _GET: _GET_SPEC}
        layer = Limited(toolset, specs, most, draw.rng("seconds").integer(10, 60))
        return scenario.behind(self.name, layer, toolset=layer)


_START_SPEC = plain_spec(
    _START,
    "Have a list exported that was too long to be given, as it was then. It takes some time.",
    query="The query that the error names.",
)
_GET_SPEC = plain_spec(_GET, "Get an exported list once it is ready.", export="The export's name.")
