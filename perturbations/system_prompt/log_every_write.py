"""A logbook of changes."""

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
from wildgym.tools import Calls, ToolCall, ToolResult, World, finish, plain_spec

_LOG = "write_log"


@dataclass(frozen=True)
class Logged(Watching):
    """A toolset in which some calls have to be followed by an entry in a log.

    Args:
        tools: Which calls.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Keep account of whether an entry is owed."""
        if call.name == _LOG:
            self.note(world, None)
            return ToolResult({"logged": True})
        if call.name in self.tools or call.name == finish.name:
            if self.noted(world) is not None:
                self.breach(world)
            self.note(world, call.name)
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Write the entry after the call."""
        result = yield call
        if call.name in self.tools:
            state = "failed" if result.is_error else "done"
            yield ToolCall(_LOG, {"entry": f"{call.name}: {state}"})
        return result


class LogEveryWrite(Perturbation):
    """Let a rule demand an entry in a log after each call that changes something."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T46, rules that bind"
    lesson: ClassVar = "Each change needs an entry in the log, so I write it right after the call."
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = ABOVE_RETRIES + 2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Bind a share of all tools that write."""
        tools = writing(scenario, draw, self.strength)
        if not tools:
            return scenario
        layer = Logged(scenario.toolset, with_tools(scenario, _SPEC), self.name, tools)
        return bound(scenario, layer, _RULE + what_counts(scenario))


_RULE = (
    "After each call of a tool that changes something, whatever came of it, write an entry with"
    f" {_LOG}, before you change anything else or hand in the work."
)
_SPEC = plain_spec(_LOG, "Write an entry in the log of changes.", entry="What was done.")
