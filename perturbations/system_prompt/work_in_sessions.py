"""Work that is done between opening and closing something."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.binding import (
    ABOVE_RETRIES,
    Watching,
    bound,
    what_counts,
    with_tools,
    writing,
)
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    Calls,
    Facts,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    finish,
    plain_spec,
)

_OPEN = "open_work_session"
_CLOSE = "close_work_session"


@dataclass(frozen=True)
class InSession(Watching):
    """A toolset in which changes are made within a session.

    Args:
        tools: What changes something.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Open, close, and see what is done outside."""
        state = self.noted(world)
        if call.name == _OPEN:
            self.note(world, "open")
            return ToolResult({"session": "open"})
        if call.name == _CLOSE:
            if state != "open":
                return ToolError("no_session", "No session is open.").result
            self.note(world, "closed")
            return ToolResult({"session": "closed"})
        wanted = {finish.name: "closed"}.get(
            call.name, "open" if call.name in self.tools else state
        )
        if state != wanted:
            self.breach(world)
        return self.inner.call(call, world)

    def brief(self, told: Facts) -> Calls[Facts]:
        """Open a session."""
        yield ToolCall(_OPEN)
        return told

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Close it before the work is handed in; if there was nothing to do, open it even so."""
        if call.name == finish.name:
            closed = yield ToolCall(_CLOSE)
            if closed.is_error:
                yield ToolCall(_OPEN)
                yield ToolCall(_CLOSE)
        return (yield call)


class WorkInSessions(Perturbation):
    """Let a rule demand that work is done in a session, which is opened and closed by tools."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T46, T48, rules that bind"
    lesson: ClassVar = (
        "Changes belong into a session, so I open one first and close it before I hand in."
    )
    rank: ClassVar = ABOVE_RETRIES + 5.1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw with which strength there is such a rule."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        specs = with_tools(scenario, *_SPECS)
        layer = InSession(scenario.toolset, specs, self.name, writing(scenario, draw, 1.0))
        return bound(scenario, layer, _RULE + what_counts(scenario))


_RULE = (
    f"All work is done in a session: {_OPEN} before you change anything, and {_CLOSE} once nothing"
    " is left to change, before you hand in the work. Open and close one also if you change"
    " nothing."
)
_SPECS = (
    plain_spec(_OPEN, "Open a session to work in."),
    plain_spec(_CLOSE, "Close the session."),
)
