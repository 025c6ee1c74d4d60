"""Writes that answer with nothing."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.tools import Calls, Json, ToolCall, ToolError, ToolResult, World, plain_spec

_SHARE = 0.5
_DESCRIBE = "describe_last_change"
_DROPPED = "not_carried_out"
_ANSWERS: tuple[Json, ...] = ("", None, "Done.", {})


@dataclass(frozen=True)
class Silent(Faulty):
    """A toolset in which some tools say nothing: not what they did, nor that they did nothing.

    Args:
        tools: Which tools.
    """

    tools: frozenset[str] = frozenset()

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Carry the call out or not, and keep what came of it for whoever asks."""
        if call.name == _DESCRIBE:
            kept = world.memory.get(_DESCRIBE)
            return kept or ToolError("not_found", "Nothing was to be changed yet.").result
        if call.name not in self.tools:
            return self.inner.call(call, world)
        if self.struck(call, world) is None:
            world.memory[_DESCRIBE] = self.inner.call(call, world)
        else:
            message = "The service was busy: nothing was changed. Make the call again."
            world.memory[_DESCRIBE] = ToolError(_DROPPED, message).result
        return ToolResult(self.draw.rng(call.name).pick(_ANSWERS))

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask what came of it, and make the call again if nothing did."""
        result = yield call
        while call.name in self.tools and not result.is_error and result.value in _ANSWERS:
            told = yield ToolCall(_DESCRIBE)
            if told.code != _DROPPED:
                return told
            result = yield call
        return result


class SilentWrites(Perturbation):
    """Answer writes with nothing, whether they worked or not; a tool tells what came of them."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.5
    source: ClassVar = "R43"
    lesson: ClassVar = (
        "The write says nothing of what it did, so I ask, and make it again if nothing happened."
    )
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -6.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Silence a share of all tools that write."""
        toolset = scenario.toolset
        tools = chosen(toolset.specs, draw, self.strength, effect="write")
        if not tools:
            return scenario
        specs = {**toolset.specs, _DESCRIBE: _SPEC}
        layer = Silent(toolset, specs, draw, _SHARE * self.strength, tools=tools)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(
    _DESCRIBE,
    "Tell what came of the last call that was to change something: its result, or why it failed.",
)
