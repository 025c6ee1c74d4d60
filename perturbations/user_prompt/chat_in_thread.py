"""A request at the end of a chat in which others got it wrong."""

from dataclasses import replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import renamed_field
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.restated import Restated
from wildgym.perturbations.user_prompt.facts_of_request import label, others, stated_here

_NAMES = ("Robin", "Sam", "Alex", "Kim", "Toni", "Jo")
_LINES = (
    "[09:{one}] {first}: have you told the assistant yet? it's {value} for the {label}, isn't it",
    "[09:{two}] {second}: yes, {value}, I'd bet on it",
)
_LAST = "[09:58] {user_name}: you are both wrong, I'll tell them myself. Here is what I need:"


class ChatInThread(Perturbation):
    """Put the request at the end of a chat in which colleagues name other values."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.7
    source: ClassVar = "U23"
    lesson: ClassVar = (
        "Several people name values, and the request at the end is the one that counts."
    )
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 1.4

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Let them get a share of the facts wrong."""
        wrong, here = others(scenario, draw), set(stated_here(scenario))
        heard = {k: v for k, v in wrong.items() if k in here and draw.chance(self.strength, k)}
        if not heard:
            return scenario
        meant, parts = {name: f"{name}__request" for name in heard}, scenario.user.parts
        for name, other in meant.items():
            parts = tuple(renamed_field(part, name, other) for part in parts)
        told = {**scenario.told, **heard, **{meant[n]: scenario.told[n] for n in heard}}
        lines = [line for n, name in enumerate(heard) for line in _said(name, n, draw)]
        before = "\n".join(filter(None, [scenario.user.before, *lines, _LAST]))
        user = replace(scenario.user, parts=parts, before=before)
        return scenario.behind(self.name, Restated(meant), told=told, user=user)


def _said(name: str, place: int, draw: Draw) -> list[str]:
    first, second = draw.rng("who", name).sample(_NAMES, 2)
    return [
        line.format(
            one=f"{12 + 4 * place:02}",
            two=f"{14 + 4 * place:02}",
            first=first,
            second=second,
            value=f"{{{name}}}",
            label=label(name),
        )
        for line in _LINES
    ]
