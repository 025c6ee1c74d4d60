"""Replies that come twice: the second time in place of another one."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Json,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_SHARE = 0.9
_NEXT = "next_reply"
_MARK = "redelivered_reply_to"


@dataclass(frozen=True)
class Replaying(Faulty):
    """A toolset that now and then delivers the reply to an earlier call again, and says so."""

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Carry the call out; deliver its reply, or an earlier one while it waits."""
        memory = world.memory
        if call.name == _NEXT:
            waiting = memory.pop(_NEXT, None)
            return waiting or ToolError("not_found", "No reply is waiting.").result
        result = self.inner.call(call, world)
        if call.name in EPISODE_TOOLS:
            return result
        earlier = memory.get((_NEXT, "earlier"))
        again = None if earlier is None else _marked(*earlier)
        if not result.is_error:
            memory[_NEXT, "earlier"] = (call.slot, result)
        if again is None or self.struck(call, world) is None:
            return result
        memory[_NEXT] = result
        return again

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Leave what was delivered before, and take the next reply."""
        result = yield call
        if _is_marked(result.value):
            return (yield ToolCall(_NEXT))
        return result


def _marked(asked: str, reply: ToolResult) -> ToolResult | None:
    """Return a reply with a note of what it answers, if it has a place for that."""
    note: dict[str, Json] = {_MARK: asked}
    if isinstance(reply.value, dict):
        return ToolResult({**note, **reply.value})
    return ToolResult([note, *reply.value]) if isinstance(reply.value, list) else None


def _is_marked(value: Json) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and _MARK in first


class ReplayResults(Perturbation):
    """Deliver the reply to an earlier call again, marked as such; the right one comes next."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.3
    source: ClassVar = "R42, R56"
    lesson: ClassVar = (
        "This is the reply to an earlier call, as it says, so I leave it and ask again."
    )
    rank: ClassVar = -1.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        layer = Replaying.over(scenario, draw, _SHARE * self.strength, _SPEC)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(
    _NEXT,
    "Get the reply to the call just made, where the reply to an earlier call was delivered again"
    " in its place. The call was carried out.",
)
