"""Replies that have to be acknowledged before there is another one."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.perturbations.rules import ruled
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

_Waiting = tuple[str, ToolResult] | tuple[None, None]

_SHARE = 0.6
_ACKNOWLEDGE = "acknowledge_reply"
_MARK = "receipt_due"
_NONE_DUE: _Waiting = (None, None)
_RULE = (
    "A reply with a receipt_due has to be acknowledged. Until it is, every call is answered with"
    " that same reply again, and is not carried out."
)


@dataclass(frozen=True)
class Awaiting(Faulty):
    """A toolset that gives some replies again and again until they are acknowledged."""

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Give the reply that is due, or else the reply to the call."""
        memory = world.memory
        waiting: _Waiting = memory.get(_ACKNOWLEDGE, _NONE_DUE)
        due, reply = waiting
        if call.name == _ACKNOWLEDGE:
            if due is None or call.arguments["receipt"] != due:
                return ToolError("not_found", "No such receipt is due.").result
            memory[_ACKNOWLEDGE] = _NONE_DUE
            return ToolResult({"acknowledged": True})
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        if reply is not None:
            return reply
        fault = self.struck(call, world)
        result = self.inner.call(call, world)
        marked = None if fault is None else _marked(result, fault)
        if marked is None:
            return result
        memory[_ACKNOWLEDGE] = (fault, marked)
        return marked

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Acknowledge a reply at once."""
        result = yield call
        receipt = _receipt(result.value)
        if result.is_error or receipt is None:
            return result
        yield ToolCall(_ACKNOWLEDGE, {"receipt": receipt})
        if isinstance(result.value, list):
            return ToolResult(result.value[:-1])
        return ToolResult({k: v for k, v in result.value.items() if k != _MARK})


def _marked(result: ToolResult, receipt: str) -> ToolResult | None:
    """Return a reply with a receipt that is due, if it has a place for that."""
    value, mark = result.value, {_MARK: receipt}
    if result.is_error or _receipt(value) is not None:
        return None
    if isinstance(value, dict):
        return ToolResult({**value, **mark})
    return ToolResult([*value, mark]) if isinstance(value, list) else None


def _receipt(value: Json) -> str | None:
    last = value[-1] if isinstance(value, list) and value else value
    return last.get(_MARK) if isinstance(last, dict) else None


class AwaitReceipts(Perturbation):
    """Give a reply again, whatever is called, until it is acknowledged by a tool."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.6
    source: ClassVar = "R42, R56"
    lesson: ClassVar = "The same reply comes until it is acknowledged, so I acknowledge it at once."
    rank: ClassVar = 99.8  # above all whose ways through make calls of their own

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset, and say in a rule what is to be acknowledged."""
        layer = Awaiting.over(scenario, draw, _SHARE * self.strength, _SPEC)
        system = ruled(scenario, _RULE)
        return scenario.behind(self.name, layer, toolset=layer, system=system)


_SPEC = plain_spec(
    _ACKNOWLEDGE, "Acknowledge that a reply has arrived.", receipt="The reply's receipt_due."
)
