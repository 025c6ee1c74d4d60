"""A user who quotes from memory, and gets it right when asked."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.user import ASK, Known, WithUser, tokens
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import alternatives
from wildgym.perturbations.user_prompt.shared_user import known, user_layer
from wildgym.tools import Calls, Facts, Json, ToolCall, World

_CORRECTION = re.compile(r'but it is ("(?:[^"\\]|\\.)*")')
_HINT = "I am quoting from memory, so check with me before you act."
_WHETHER = tokens("right correct wrong sure certain check everything memory true")


@dataclass(frozen=True)
class Misremembered(WithUser):
    """A toolset with a user who has said something wrong.

    Args:
        corrections: What the user says to put each fact right, by name.
    """

    corrections: Facts = field(default_factory=dict)

    def remarks(self, question: str, facts: Collection[Known], world: World) -> tuple[str, ...]:
        """Correct everything that was wrong where one asks whether it is right."""
        if not tokens(question) & _WHETHER:
            return ()
        return ("Let me look it up.", *self.corrections.values())

    def brief(self, told: Facts) -> Calls[Facts]:
        """Ask, and take the correction."""
        result = yield ToolCall(ASK, {"question": "Is everything in your request right?"})
        corrected = map(json.loads, _CORRECTION.findall(result.value["reply"]))
        return {**told, **dict(zip(self.corrections, corrected, strict=True))}


class Misremember(Perturbation):
    """State some facts of the request wrongly; asked by a tool, the user corrects them."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.3
    source: ClassVar = "U17"
    lesson: ClassVar = "The user may have something wrong, so I ask and take the correction."
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = 0

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Put other values of the same world into a share of the facts."""
        others = alternatives(scenario, draw)
        wrong = {k: v for k, v in others.items() if draw.chance(self.strength, k)}
        if not wrong:
            return scenario
        said = {name: _correction(value, scenario.told[name]) for name, value in wrong.items()}
        facts = tuple(known(name, scenario.told[name], says=said[name]) for name in wrong)
        layer = user_layer(Misremembered, scenario, self.name, (ASK,), facts, corrections=said)
        user = replace(scenario.user, parts=(*scenario.user.parts, _HINT))
        told = {**scenario.told, **wrong}
        return scenario.behind(self.name, layer, toolset=layer, told=told, user=user)


def _correction(wrong: Json, right: Json) -> str:
    said, meant = (json.dumps(value, ensure_ascii=False) for value in (wrong, right))
    return f"I said {said}, but it is {meant}."
