"""What happens while an agent works: events, by the virtual clock."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf

from wildgym.tools import Specs, ToolCall, ToolResult, Toolset, World, finish, wait

Happening = Callable[[World], None]
Trigger = Callable[[ToolCall, ToolResult], bool]

_USUAL = 15
_SECONDS = {
    wait.name: 0,
    finish.name: 0,
    "run_command": 30,
    "run_python": 30,
    "run_tests": 60,
    "open_page": 25,
}
_TIME_PASSES = (
    "Let time pass. Every other call takes some seconds, too; what comes in meanwhile is there"
    " afterwards."
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens once.

    Whatever an agent does before or after, it has to leave the same: it writes rows and fields
    that the job has nobody write.

    Attributes:
        name: Unlike that of any other event of an episode.
        seconds: How long after the beginning, or after what triggers it.
        happen: What it does to the tables.
        trigger: The call that it follows; None for an event that follows none.
        certain: Whether it happens even if nothing has triggered it when the work is handed in.
        files: What it puts into the folder, by path.
    """

    name: str
    seconds: float
    happen: Happening
    trigger: Trigger | None = None
    certain: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Unfolding:
    """Tools in a world that goes on while they are used. All state is in the world's memory.

    Attributes:
        inner: The tools.
        events: What happens.
        specs: What is offered.
    """

    inner: Toolset
    events: Sequence[Event]
    specs: Specs

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Let happen what is due, then run the call, which takes a while itself."""
        world.clock += _SECONDS.get(call.name, _USUAL)
        self._unfold(world, world.clock)
        result = self.inner.call(call, world)
        for event in self.events:
            triggered = event.trigger is not None and event.trigger(call, result)
            if triggered and ("due", event.name) not in world.memory:
                world.memory["due", event.name] = world.clock + event.seconds
        if call.name == finish.name and not result.is_error:
            self.end(world)
        return result

    def end(self, world: World) -> None:
        """Let happen what is still to come, so that no outcome depends on how fast somebody was."""
        self._unfold(world, inf)
        for event in self.events:
            if event.certain:
                _happen(event, world)

    def _unfold(self, world: World, until: float) -> None:
        dated = [(self._due(event, world), n) for n, event in enumerate(self.events)]
        for due, n in sorted(dated):
            if due < inf and due <= until:
                _happen(self.events[n], world)

    def _due(self, event: Event, world: World) -> float:
        if event.trigger is None:
            return event.seconds
        due: float = world.memory.get(("due", event.name), inf)
        return due


def in_time(specs: Specs) -> Specs:
    """Return specs of tools that say how time passes here."""
    return {**specs, wait.name: specs[wait.name].but(description=_TIME_PASSES)}


def _happen(event: Event, world: World) -> None:
    if ("happened", event.name) in world.memory:
        return
    world.memory["happened", event.name] = True
    event.happen(world)
    # What others have done counts as how things were: it is none of the changes that are judged.
    before = World(world.base, world.types, world.today)
    event.happen(before)
    world.base = before.rebased().base
    for path, data in event.files.items():
        # Where somebody has put something else into its place, it does not come.
        with suppress(OSError):
            world.workspace_here().write(path, data)
