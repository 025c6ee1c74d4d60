"""A user who answers from memory, looks it up, and writes again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.user import ASK, NEXT, Known, heard
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import label, others, stated_here
from wildgym.perturbations.user_prompt.shared_user import known, user_layer, with_blanks
from wildgym.perturbations.user_prompt.underspecify import LeftOut
from wildgym.tools import Calls, Json, ToolCall, World

_HINT = "(Ask me for what I have left blank.)"
_UNSURE = "I am looking it up and write to you at once: read my next message."


@dataclass(frozen=True)
class Unsure(LeftOut):
    """A toolset with a user whose answers are corrected by the message that follows."""

    def remarks(self, question: str, facts: Collection[Known], world: World) -> tuple[str, ...]:
        """Keep in mind what is to be looked up."""
        before = world.memory.get(self.name, ())
        own = {label(name) for name in self.blank}
        asked = [f.label for f in facts if f.label in own and f.label not in before]
        world.memory[self.name] = (*before, *asked)
        return ()

    def messages(self, world: World) -> tuple[str, ...]:
        """Tell what was looked up, in the order in which it was asked for."""
        right = {label(name): Known(label(name), value) for name, value in self.blank.items()}
        asked = world.memory.get(self.name, ())
        return tuple(f"I have it now. {right[name].statement}" for name in asked)

    def asked(self, name: str, kind: Json) -> Calls[Json]:
        """Ask for one, and wait for the message."""
        yield ToolCall(ASK, {"question": f"What is the {name}?"})
        result = yield ToolCall(NEXT)
        return heard(result.value["message"], name, kind)


class CorrectAnswers(Perturbation):
    """Leave blanks; asked for one, the user answers wrongly and sends the right value after it."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.9
    source: ClassVar = "U04, U17"
    lesson: ClassVar = (
        "The user may correct an answer right away, so I read the next message and take that."
    )
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 2.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Leave out a share of the facts for which there are other values."""
        wrong, told = others(scenario, draw), scenario.told
        names = [n for n in stated_here(scenario) if n in wrong and draw.chance(self.strength, n)]
        if not names:
            return scenario
        facts = tuple(known(n, told[n], says=_from_memory(n, wrong)) for n in names)
        blank = {name: told[name] for name in names}
        layer = user_layer(Unsure, scenario, self.name, (ASK, NEXT), facts, blank=blank)
        changes = with_blanks(scenario, names, _HINT)
        return scenario.behind(self.name, layer, toolset=layer, **changes)


def _from_memory(name: str, wrong: Mapping[str, Json]) -> str:
    return f"From memory: {Known(label(name), wrong[name]).statement} {_UNSURE}"
