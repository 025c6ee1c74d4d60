"""A quota of calls, which must not be exceeded."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import literal
from wildgym.perturbations.binding import Watching, bound
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import EPISODE_TOOLS, Calls, ToolCall, ToolError, ToolResult, World

_RULE = (
    "There is a quota of {most} calls. The result of a call that uses it up says so, and in how"
    " many seconds there is a new one: wait for it. Who calls without quota is shut out for this"
    " request, whose work then does not count."
)


@dataclass(frozen=True)
class Rationed(Watching):
    """A toolset with a quota of calls, renewed some time after it was used up.

    Args:
        most: How many calls there are in a quota.
        seconds: After how long there is a new one.
    """

    most: int
    seconds: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Count calls; say with the last of a quota that it was the last, and refuse any more."""
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        made, until = self.noted(world) or (0, 0.0)
        if made >= self.most:
            if world.clock < until:
                self.breach(world)
            made = 0
        if self.broken(world):
            return ToolError("shut_out", "You are shut out for calling without quota.").result
        self.note(world, (made + 1, world.clock + self.seconds))
        result = self.inner.call(call, world)
        if made + 1 < self.most:
            return result
        note = {"quota_left": 0, "new_quota_in_seconds": self.seconds}
        return ToolResult({"result": result.value, **note}, result.is_error)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Wait for a new quota as soon as one is used up."""
        result = yield call
        if not isinstance(result.value, dict) or "new_quota_in_seconds" not in result.value:
            return result
        yield ToolCall("wait", {"seconds": result.value["new_quota_in_seconds"]})
        return ToolResult(result.value["result"], result.is_error)


class EnforceQuota(Perturbation):
    """Allow a few calls at a time, and shut out for good who makes more without waiting."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.45
    source: ClassVar = "R02, R38"
    lesson: ClassVar = (
        "Only a few calls are allowed at a time, so I wait for a new quota before I go on."
    )
    rank: ClassVar = 99.9  # above all whose way through makes calls of its own, beneath renaming

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the quota: the stronger, the smaller."""
        toolset = scenario.toolset
        most = round(draw.rng("most").integer(2, 4) / self.strength)
        seconds = draw.rng("seconds").integer(30, 600)
        layer = Rationed(toolset, toolset.specs, self.name, most, seconds)
        return bound(scenario, layer, literal(_RULE.format(most=most)))
