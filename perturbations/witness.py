"""Whether an operator acts in an episode: whether getting through it takes anything at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from wildgym.envs import Scenario, Solution
from wildgym.tools import Calls, CannotBeDone, Facts, Json, Obstacle, ToolCall, ToolResult


@dataclass(slots=True)
class Witness:
    """What was seen of one operator while an expert solved a scenario.

    Attributes:
        worked: Whether its way through did more than to pass calls and results on.
        restated: The facts that it changed.
        needed: The facts that the solution looked at.
    """

    worked: bool = False
    restated: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)

    @property
    def acts(self) -> bool:
        """Whether a policy had anything to do about it."""
        return self.worked or bool(self.restated & self.needed)


def watched(scenario: Scenario, operator: str) -> tuple[Scenario, Witness]:
    """Return the scenario with a witness of one operator, which sees how an expert solves it.

    An operator that sets a lure acts wherever it does.
    """
    lures = any(name == operator for name, _ in scenario.lures)
    witness = Witness(worked=lures)
    obstacles = tuple(
        (name, Watched(obstacle, witness) if name == operator else obstacle)
        for name, obstacle in scenario.obstacles
    )

    def solution(facts: Facts) -> Solution:
        return scenario.solution(Noted(facts, witness.needed))

    return replace(scenario, obstacles=obstacles, solution=solution), witness


@dataclass(frozen=True)
class Noted(Mapping[str, Json]):
    """Facts that note which of them are looked at."""

    facts: Facts
    looked_at: set[str]

    def __getitem__(self, name: str) -> Json:
        self.looked_at.add(name)
        return self.facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


@dataclass(frozen=True)
class Watched(Obstacle):
    """An obstacle, and who sees what it takes to get through."""

    obstacle: Obstacle
    witness: Witness

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Go the obstacle's way, and note whether that is a way round."""
        program, passed, result = self.obstacle.overcome(call), 0, None
        try:
            made = next(program)
            while True:
                passed += 1
                # At once, since no result comes back of the call that ends the episode.
                self.witness.worked |= passed > 1 or made != call
                result = yield made
                made = program.send(result)
        except StopIteration as end:
            self.witness.worked |= passed != 1 or end.value != result
            value: ToolResult = end.value
            return value

    def brief(self, told: Facts) -> Calls[Facts]:
        """Go the obstacle's way, and note which facts it changes, or that it takes calls alone."""
        program, calls = self.obstacle.brief(told), 0
        try:
            made = next(program)
            while True:
                calls += 1
                made = program.send((yield made))
        except StopIteration as end:
            meant: Facts = end.value
            changed = {name for name in meant if name not in told or meant[name] != told[name]}
            self.witness.restated |= changed
            self.witness.worked |= calls > 0 and not changed
            return meant
        except CannotBeDone:
            self.witness.worked = True
            raise

    def succumb(self, call: ToolCall) -> Calls[ToolResult]:
        """Fall for it as ever."""
        return self.obstacle.succumb(call)
