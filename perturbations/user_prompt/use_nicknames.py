"""Names that are defined once, and used instead of what they stand for."""

from dataclasses import replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.restated import Restated
from wildgym.perturbations.user_prompt.facts_of_request import stated_here, to_the_letter

_WORDS = ("Falcon", "Maple", "Cobalt", "Harbour", "Pepper", "Juno", "Granite", "Saffron")


class UseNicknames(Perturbation):
    """Say once which nickname stands for what, and use nicknames in the request."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "U25"
    lesson: ClassVar = "The request uses nicknames, and the user has said what each stands for."
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 2.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Give a share of the request's names one."""
        told = scenario.told
        named = [
            n
            for n in stated_here(scenario)
            if type(told[n]) is str and draw.chance(self.strength, n)
        ]
        if not named or to_the_letter(scenario):
            return scenario
        words = dict(zip(named, draw.rng("words").shuffled(_WORDS), strict=False))
        meant = {name: f"{name}__alias" for name in words}
        pairs = [f"{word} stands for {{{meant[name]}}}" for name, word in words.items()]
        told = {**told, **words, **{meant[n]: told[n] for n in words}}
        user = replace(
            scenario.user, parts=(f"In what follows, {', '.join(pairs)}.", *scenario.user.parts)
        )
        return scenario.behind(self.name, Restated(meant), told=told, user=user)
