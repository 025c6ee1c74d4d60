"""Refusals that need a case."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.binding import ABOVE_RETRIES, Watching, bound, with_tools
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, ToolCall, ToolResult, World, finish, plain_spec

_OPEN = "open_exception_case"


@dataclass(frozen=True)
class Escalated(Watching):
    """A toolset in which a case is opened before a request is turned down, and only then."""

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Open a case, and see whether there is one where there has to be."""
        if call.name == _OPEN:
            self.note(world, True)
            return ToolResult({"opened": True})
        if call.name == finish.name and bool(self.noted(world)) != _turned_down(call):
            self.breach(world)
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Open a case where the request is turned down."""
        if call.name == finish.name and _turned_down(call):
            yield ToolCall(_OPEN, {"reason": f"{call.arguments['status']}: see the answer"})
        return (yield call)


def _turned_down(call: ToolCall) -> bool:
    return bool(call.arguments.get("status", "done") != "done")


class EscalateRefusals(Perturbation):
    """Let a rule demand that a case is opened wherever a request is turned down."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T46, rules that bind"
    lesson: ClassVar = (
        "A request that is turned down needs a case first, so I open one before I refuse."
    )
    families: ClassVar = ("api", "files")
    rank: ClassVar = ABOVE_RETRIES + 4.1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw with which strength there is such a rule."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        layer = Escalated(scenario.toolset, with_tools(scenario, _SPEC), self.name)
        return bound(scenario, layer, _RULE)


_RULE = (
    f"Before you hand in work with another status than 'done', open a case with {_OPEN}. Open none"
    " where the request was carried out."
)
_SPEC = plain_spec(_OPEN, "Open a case for a request that is turned down.", reason="Why.")
