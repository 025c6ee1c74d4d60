"""Rules about when: not yet, and not so fast. Time is virtual, and passes by waiting alone."""

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
from wildgym.tools import Calls, Facts, ToolCall, ToolResult, World, finish, plain_spec

_LEFT = "quiet_time_left"


@dataclass(frozen=True)
class Quiet(Watching):
    """A toolset in which nothing may be changed or handed in for some time.

    Args:
        tools: What may not be called.
        seconds: For how long, from the beginning.
    """

    tools: frozenset[str]
    seconds: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Tell how long it is, and see what is called too early."""
        if call.name == _LEFT:
            return ToolResult({"seconds": max(0.0, self.seconds - world.clock)})
        if world.clock < self.seconds and (call.name in self.tools or call.name == finish.name):
            self.breach(world)
        return self.inner.call(call, world)

    def brief(self, told: Facts) -> Calls[Facts]:
        """Wait until it is over."""
        yield from _waited()
        return told

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Wait until it is over also if there turned out to be nothing to do."""
        if call.name == finish.name:
            yield from _waited()
        return (yield call)


def _waited() -> Calls[None]:
    left = yield ToolCall(_LEFT)
    if left.value["seconds"] > 0:
        yield ToolCall("wait", {"seconds": left.value["seconds"]})


class QuietHours(Perturbation):
    """Let a rule forbid to change anything or to hand in before quiet hours are over."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T49, rules that bind"
    lesson: ClassVar = "Nothing may be changed during quiet hours, so I wait until they are over."
    families: ClassVar = ("api", "codebase", "files", "web")
    rank: ClassVar = ABOVE_RETRIES + 5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw how long they last, and with which strength there are any."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        tools, seconds = writing(scenario, draw, 1.0), draw.rng("seconds").integer(60, 600)
        specs = with_tools(scenario, _SPEC)
        layer = Quiet(scenario.toolset, specs, self.name, tools, seconds)
        return bound(scenario, layer, _QUIET + what_counts(scenario))


_QUIET = (
    f"You begin in the quiet hours. As long as {_LEFT} gives more than 0 seconds, change nothing"
    " and do not hand in the work; you may look things up. Only waiting makes time pass."
)
_SPEC = plain_spec(_LEFT, "Tell how many seconds are left until the quiet hours are over.")


@dataclass(frozen=True)
class Spaced(Watching):
    """A toolset in which some time has to pass after each call that changes something.

    Args:
        tools: Which calls.
        seconds: How much time.
    """

    tools: frozenset[str]
    seconds: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """See how long ago the last one was."""
        if call.name in self.tools or call.name == finish.name:
            last = self.noted(world)
            if last is not None and world.clock - last < self.seconds:
                self.breach(world)
            self.note(world, world.clock)
        return self.inner.call(call, world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Wait after it."""
        result = yield call
        if call.name in self.tools:
            yield ToolCall("wait", {"seconds": self.seconds})
        return result


class SpaceWrites(Perturbation):
    """Let a rule demand that some time passes after each call that changes something."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T46, R38, rules that bind"
    lesson: ClassVar = "Some time has to pass after each change, so I wait before I go on."
    families: ClassVar = ("api", "codebase", "files")
    rank: ClassVar = ABOVE_RETRIES + 3.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Bind a share of all tools that write; draw the time."""
        tools, seconds = writing(scenario, draw, self.strength), draw.rng("seconds").integer(10, 60)
        if not tools:
            return scenario
        layer = Spaced(scenario.toolset, scenario.toolset.specs, self.name, tools, seconds)
        rule = (
            f"Let at least {seconds} seconds pass after each call that changes something, before"
            " you make the next such call or hand in the work. Only waiting makes time pass."
        )
        return bound(scenario, layer, rule + what_counts(scenario))
