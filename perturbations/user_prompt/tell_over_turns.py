"""A request told bit by bit."""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import fields
from wildgym.envs.user import NEXT, WithUser
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import elsewhere, read_off
from wildgym.perturbations.user_prompt.shared_user import user_layer
from wildgym.tools import Calls, Facts, Json, ToolCall, World

_HINT = "I will tell you the rest as we go: read my next messages before you act."


@dataclass(frozen=True)
class OverTurns(WithUser):
    """A toolset with a user who tells the rest of the request in further messages.

    Args:
        later: What the user still has to say.
        templates: The same, before the facts were filled in.
        withheld: Those facts.
    """

    later: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    withheld: Facts = field(default_factory=dict)

    def messages(self, world: World) -> tuple[str, ...]:
        """Have all of them arrive at once."""
        return self.later

    def brief(self, told: Facts) -> Calls[Facts]:
        """Read all messages."""
        known: dict[str, Json] = dict(told)
        for template in self.templates:
            result = yield ToolCall(NEXT)
            known |= read_off(result.value["message"], template, self.withheld)
        return known


class TellOverTurns(Perturbation):
    """Hold all but the beginning of the request back for later messages of the user."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.2
    source: ClassVar = "U22"
    lesson: ClassVar = "The request is not complete yet, so I read all messages before I begin."
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = 3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Hold back a share of the parts, from the end."""
        parts = scenario.user.parts
        if len(parts) == 1:
            parts = ("I need your help with something.", *parts)
        count = max(1, round((len(parts) - 1) * self.strength))
        now, later = parts[:-count], parts[-count:]
        told, fixed = dict(scenario.told), {n for part in now for n in fields(part)}
        names = {n for part in later for n in fields(part)} - fixed - elsewhere(scenario)
        withheld = {name: told.pop(name) for name in sorted(names)}
        messages = tuple(part.format_map({**told, **withheld}) for part in later)
        own: dict[str, Any] = {"later": messages, "templates": later, "withheld": withheld}
        layer = user_layer(OverTurns, scenario, self.name, (NEXT,), **own)
        user = replace(scenario.user, parts=(*now, _HINT))
        return scenario.behind(self.name, layer, toolset=layer, told=told, user=user)
