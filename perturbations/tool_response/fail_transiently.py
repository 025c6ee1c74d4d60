"""Servers that fail for a moment, before anything has happened."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.tools import Calls, ToolCall, ToolError, ToolResult, World

_SHARE = 0.6
_FAILURES = (
    ("internal_error", "500 Internal Server Error"),
    ("bad_gateway", "502 Bad Gateway"),
    ("service_unavailable", "503 Service Unavailable"),
    ("gateway_timeout", "504 Gateway Timeout"),
    ("request_timeout", "408 Request Timeout"),
)
_CODES = frozenset(code for code, _ in _FAILURES)


@dataclass(frozen=True)
class Failing(Faulty):
    """A toolset that turns some calls away, up to three times in a row."""

    in_a_row: int = 3

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Fail, or let the call pass."""
        fault = self.struck(call, world)
        if fault is None:
            return self.inner.call(call, world)
        code, status = self.draw.rng(fault).pick(_FAILURES)
        message = f"{status}: the request was not carried out. Try again."
        return ToolError(code, message).result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Call again until it works."""
        result = yield call
        while result.code in _CODES:
            result = yield call
        return result


class FailTransiently(Perturbation):
    """Let calls fail with 500, 502, 503, 504 or 408 before they did anything."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "R01, R04"
    lesson: ClassVar = "The call failed before it did anything, so I make it again."
    rank: ClassVar = -3.8

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        layer = Failing.over(scenario, draw, _SHARE * self.strength)
        return scenario.behind(self.name, layer, toolset=layer)
