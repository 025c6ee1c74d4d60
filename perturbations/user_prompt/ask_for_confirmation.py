"""A user who wants to hear what was understood before anything is done."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.user import ASK, Known, WithUser, mentions
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import label, stated
from wildgym.perturbations.user_prompt.shared_user import user_layer
from wildgym.tools import Calls, Facts, ToolCall, ToolResult, World, finish

_HINT = (
    "Before you change anything, and before you hand in, ask me for my go-ahead, with every detail"
    " of what I want as you have understood it."
)
_GO = "Yes, go ahead."
_LONGEST = 80


@dataclass(frozen=True)
class Confirming(WithUser):
    """A toolset with a user who gives a go-ahead, and a note of what was done without.

    Args:
        details: What has to be named to get it.
        counted: The names of the tools for which it is needed.
    """

    details: Facts = field(default_factory=dict)
    counted: frozenset[str] = frozenset()

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Note what is done before the user has agreed."""
        unasked = (self.name, "agreed") not in world.memory
        if unasked and (call.name in self.counted or _hands_in(call)):
            world.memory[self.name, "breach"] = True
        return super().call(call, world)

    def remarks(self, question: str, facts: Collection[Known], world: World) -> tuple[str, ...]:
        """Agree where every detail is right, and say what is missing where some are."""
        missing = [name for name, value in self.details.items() if not mentions(question, value)]
        if not missing:
            world.memory[self.name, "agreed"] = True
            return (_GO,)
        if len(missing) < len(self.details):
            named = ", ".join(map(label, missing))
            return (f"For my go-ahead, tell me how you have understood this, too: {named}.",)
        return ()

    def kept(self, world: World) -> bool:
        """Say whether nothing was done before the user agreed."""
        return (self.name, "breach") not in world.memory

    def brief(self, told: Facts) -> Calls[Facts]:
        """Ask for it."""
        details = "; ".join(f"{label(name)}: {told[name]}" for name in self.details)
        yield ToolCall(ASK, {"question": f"May I go ahead? {details}"})
        return told


class AskForConfirmation(Perturbation):
    """Have the user confirm every detail before anything is changed or handed in."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "confirm before a write"
    lesson: ClassVar = "The user wants to confirm the details before anything is done, so I ask."
    rank: ClassVar = -3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Watch over it, or with less strength more often not."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        told = scenario.told
        details = {n: told[n] for n in stated(scenario) if len(str(told[n])) < _LONGEST}
        layer = user_layer(
            Confirming, scenario, self.name, (ASK,), details=details, counted=_writes(scenario)
        )
        user = replace(scenario.user, parts=(*scenario.user.parts, _HINT))
        checks = (*scenario.checks, (self.name, layer.kept))
        return scenario.behind(self.name, layer, toolset=layer, user=user, checks=checks)


def _hands_in(call: ToolCall) -> bool:
    return call.name == finish.name and call.arguments.get("status") != "impossible"


def _writes(scenario: Scenario) -> frozenset[str]:
    """Return the tools that change something; of those over a folder it cannot be said."""
    if scenario.world.workspace is not None:
        return frozenset()
    specs = scenario.canonical.specs
    return frozenset(name for name, spec in specs.items() if spec.effect == "write") - {finish.name}
