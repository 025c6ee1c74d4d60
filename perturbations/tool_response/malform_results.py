"""Results that come broken off, or with something behind them."""

import json
import re
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.tools import Calls, ToolCall, ToolError, ToolResult, World, plain_spec

_SHARE = 0.9
_RESEND = "resend_result"
_HEAD = re.compile(r"X-Request-Id: (\w+)\nContent-Length: \d+\n\n")
_JUNK = ("}", "\n]", "\n<!-- served by edge-07 -->", "\n0\r\n\r\n", '"}]}', "\nnull")


@dataclass(frozen=True)
class Malformed(Faulty):
    """A toolset that gives some results as text that is no JSON; they can be sent again."""

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Carry the call out, and break its result."""
        if call.name == _RESEND:
            return self._again(str(call.arguments["request_id"]), world)
        fault = self.struck(call, world)
        result = self.inner.call(call, world)
        if fault is None or result.is_error:
            return result
        world.memory[_RESEND, fault] = result
        text = json.dumps(result.value, ensure_ascii=False)
        head = f"X-Request-Id: {fault}\nContent-Length: {len(text.encode())}\n\n"
        return ToolResult(head + self._broken(text, fault))

    def _broken(self, text: str, fault: str) -> str:
        if self.draw.chance(0.3, fault, "junk"):
            return text + self.draw.rng(fault).pick(_JUNK)
        return text[: int(len(text) * (0.2 + 0.6 * self.draw.uniform(fault, "cut")))]

    def _again(self, request: str, world: World) -> ToolResult:
        kept = world.memory.get((_RESEND, request))
        if kept is None:
            return ToolError("not_found", f"There was no request {request!r}.").result
        assert isinstance(kept, ToolResult)
        return kept

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Have the result sent again; the call itself was carried out."""
        result = yield call
        head = _HEAD.match(result.value) if isinstance(result.value, str) else None
        if head is None:
            return result
        return (yield ToolCall(_RESEND, {"request_id": head[1]}))


class MalformResults(Perturbation):
    """Break results off in the middle of their JSON, or put junk behind it."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.4
    source: ClassVar = "R05"
    lesson: ClassVar = (
        "The result is broken but the call was carried out, so I have the result sent again."
    )
    rank: ClassVar = 3.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        layer = Malformed.over(scenario, draw, _SHARE * self.strength, _SPEC)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = plain_spec(
    _RESEND,
    "Have the result of a request sent again, where it arrived broken. The request itself was"
    " carried out, and is not carried out again.",
    request_id="What stands behind X-Request-Id.",
)
