"""One concrete problem: what is asked, what exists, what can be called, and how it is solved."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from wildgym.envs.prompts import SystemPrompt, UserPrompt
from wildgym.tools import Facts, Json, Obstacle, ToolCall, Toolset, World
from wildgym.tools.sandboxes import Tree

if TYPE_CHECKING:
    from wildgym.envs.verifier import Verifier


@dataclass(frozen=True, slots=True)
class Refusal:
    """The right answer to a request that a rule forbids.

    Attributes:
        answer: The fact that the rule says to report.
    """

    answer: Json = None


@dataclass(frozen=True, slots=True)
class Impossible:
    """The right answer to a request that cannot be carried out with what there is.

    Attributes:
        answer: What is to be reported then.
    """

    answer: Json = None


Answer = Json | Refusal | Impossible
Solution = Generator[ToolCall, Any, Answer]
"""Yields canonical calls, is sent their values (or thrown their ToolErrors), returns the answer."""


Finding = Callable[[World], bool]
"""Something that is read off the final world."""


def _as_they_are(tree: Tree) -> Tree:
    return tree


@dataclass(frozen=True, slots=True)
class Scenario:
    """A problem, frozen. Perturbations make another one of it.

    Attributes:
        task: The name of the task it was drawn from.
        system: The system prompt, structured.
        user: The user prompt, structured.
        facts: What is true and decides success, by name.
        told: What the prompts say, by name: their templates are filled from it.
        origin: The canonical world: the goal is what the solution leaves of a fork of it.
        canonical: The canonical tools.
        world: The world that is played.
        toolset: What the agent is offered: the canonical tools within all their layers.
        solution: From facts to a program of canonical calls.
        verifier: What decides whether the task was done.
        policy: For each fact that is a policy's, what it may be set to instead.
        detours: For some tools, a program of other canonical calls that gives the same value.
        obstacles: What was put in the way, innermost first, by the name of who put it there.
        canonically: From the files that are left to the same files as they would be without
            perturbations of them; raises ValueError for what no agent was asked to leave.
        asked: The request as the task words it, whatever becomes of `user`.
        checks: What else has to hold in the end, by name: rules that bind on the way. The layer
            that watches over one keeps what it saw in the world's memory.
        lures: For each lure, by the name of who set it, whether it was followed.
    """

    task: str
    system: SystemPrompt
    user: UserPrompt
    facts: Facts
    told: Facts
    origin: World
    canonical: Toolset
    world: World
    toolset: Toolset
    solution: Callable[[Facts], Solution]
    verifier: "Verifier"
    policy: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    detours: Mapping[str, Callable[..., Solution]] = field(default_factory=dict)
    obstacles: tuple[tuple[str, Obstacle], ...] = ()
    canonically: Callable[[Tree], Tree] = _as_they_are
    asked: UserPrompt | None = None
    checks: tuple[tuple[str, Finding], ...] = ()
    lures: tuple[tuple[str, Finding], ...] = ()

    def __post_init__(self) -> None:
        if self.asked is None:
            object.__setattr__(self, "asked", self.user)

    def behind(self, name: str, obstacle: Obstacle, **changes: Any) -> Self:
        """Return this scenario with one more obstacle, and whatever else changes with it."""
        return replace(self, obstacles=(*self.obstacles, (name, obstacle)), **changes)


@dataclass(frozen=True, slots=True)
class Task:
    """A family of problems.

    Attributes:
        name: `family member/problem`, such as `shop/refund_order`.
        draw: From a seed and a split ("train" or "test") to a scenario.
        splits: The splits that it is in; one of the two where both would share what is asked.
        about: What it is about, in a line.
    """

    name: str
    draw: Callable[[int, str], Scenario]
    splits: tuple[str, ...] = ("train", "test")
    about: str = ""


Perturb = Callable[[Scenario, int, Mapping[str, float]], tuple[Scenario, Mapping[str, Json]]]
"""From a scenario, a seed, and for each axis how much of its strength is used (all by default), to
the perturbed scenario and the JSON that replays the change."""
