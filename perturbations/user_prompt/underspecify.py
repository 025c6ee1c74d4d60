"""A request with blanks in it, which the user fills when asked."""

from dataclasses import dataclass, field
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.user import ASK, WithUser, heard
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import label, stated_here
from wildgym.perturbations.user_prompt.shared_user import known_facts, user_layer, with_blanks
from wildgym.tools import Calls, Facts, Json, ToolCall

_HINT = "(Ask me for what I have left blank.)"


@dataclass(frozen=True)
class LeftOut(WithUser):
    """A toolset with a user who left some facts out of the request.

    Args:
        blank: Those facts, by name.
    """

    blank: Facts = field(default_factory=dict)

    def brief(self, told: Facts) -> Calls[Facts]:
        """Ask for one after the other."""
        filled: dict[str, Json] = dict(told)
        for name, value in self.blank.items():
            filled[name] = yield from self.asked(label(name), value)
        return filled

    def asked(self, name: str, kind: Json) -> Calls[Json]:
        """Ask for one.

        Args:
            name: What it is called.
            kind: A value of its type.
        """
        result = yield ToolCall(ASK, {"question": f"What is the {name}?"})
        return heard(result.value["reply"], name, kind)


class Underspecify(Perturbation):
    """Leave blanks in the request; the user fills each when asked for it, and only that one."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "U04"
    lesson: ClassVar = "The request leaves something out, so I ask the user for it."
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 2.6

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Leave out a share of the facts."""
        names = [name for name in stated_here(scenario) if draw.chance(self.strength, name)]
        if not names:
            return scenario
        blank, facts = {n: scenario.told[n] for n in names}, known_facts(scenario, names)
        layer = user_layer(LeftOut, scenario, self.name, (ASK,), facts, blank=blank)
        changes = with_blanks(scenario, names, _HINT)
        return scenario.behind(self.name, layer, toolset=layer, **changes)
