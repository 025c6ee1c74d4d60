"""Data that cannot be read: for some minutes, or for good."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation, Twin
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.twins import case_number, is_impossible, twinned
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    CannotBeDone,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
    wait,
)

_STATUS = "get_data_status"
_CODE = "data_unavailable"


@dataclass(frozen=True)
class Withheld(Layer):
    """A toolset whose data cannot be read for a while, or for good.

    Args:
        tools: What reads it.
        seconds: After how many seconds it can be read again.
        evidence: The number of the incident.
        hopeless: Whether it is lost for good.
    """

    tools: frozenset[str]
    seconds: int
    evidence: str
    hopeless: bool

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Tell how things stand, or fail while they stand badly."""
        if call.name == _STATUS:
            return ToolResult(self._status(world))
        if call.name in self.tools and (self.hopeless or world.clock < self.seconds):
            message = f"The data cannot be read at the moment: {_STATUS} tells how it stands."
            return ToolError(_CODE, message).result
        return self.inner.call(call, world)

    def _status(self, world: World) -> dict[str, object]:
        if self.hopeless:
            return {"status": "lost", "incident": self.evidence}
        left = self.seconds - world.clock
        return (
            {"status": "restoring", "ready_in_seconds": left} if left > 0 else {"status": "ready"}
        )

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask how it stands: wait, or give up."""
        result = yield call
        if result.code != _CODE:
            return result
        found = yield ToolCall(_STATUS)
        if found.value["status"] == "lost":
            raise CannotBeDone(found.value["incident"])
        if found.value["status"] == "restoring":
            yield wait(seconds=found.value["ready_in_seconds"])
        return (yield call)


class WithholdResults(Perturbation):
    """Let no data be read, since it is lost for good; in its twin, until it is restored."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "destroying"
    bites: ClassVar = 0.8
    source: ClassVar = "R30"
    lesson: ClassVar = (
        "The data cannot be read now, so I ask how it stands: I wait, or say that it cannot "
        "be done."
    )
    families: ClassVar = ("api", "desk", "web")
    rank: ClassVar = -20

    twin: Twin = "solvable"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Withhold it where it is read first of all, or with less strength more often not."""
        if is_impossible(scenario) or not draw.chance(self.strength, "whether"):
            return scenario
        canonical = scenario.canonical.specs
        reads = frozenset(n for n, s in canonical.items() if s.effect == "read") - EPISODE_TOOLS
        if next(scenario.solution(scenario.facts)).name not in reads:
            return scenario
        specs = {**scenario.toolset.specs, _STATUS: _SPEC}
        seconds = 30 * draw.rng("seconds").integer(2, 20)
        layer = Withheld(
            *(scenario.toolset, specs, reads, seconds, case_number(draw)),
            self.twin == "impossible",
        )
        return twinned(scenario, self.name, layer, _RULE, toolset=layer)


_RULE = (
    f"If data cannot be read, {_STATUS} tells how it stands. Wait for what is being restored. If"
    " what is needed is lost for good, change nothing and hand in the work with the status"
    " 'impossible', and as the answer the number of the incident."
)
_SPEC = plain_spec(_STATUS, "Tell whether data can be read, and if not, when or why not.")
