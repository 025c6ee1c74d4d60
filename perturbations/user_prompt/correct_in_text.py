"""A slip of the tongue, corrected in the same breath."""

from dataclasses import replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import renamed_field
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.restated import Restated
from wildgym.perturbations.user_prompt.facts_of_request import others, replaced_field, stated_here


class CorrectInText(Perturbation):
    """Say a wrong value first and correct it in the same sentence: what is said last counts."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.7
    source: ClassVar = "U17"
    lesson: ClassVar = (
        "The user corrects a value in the same sentence, and what is said last counts."
    )
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 1.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Slip at the first mention of a share of the facts."""
        wrong, here = others(scenario, draw), set(stated_here(scenario))
        slips = {k: v for k, v in wrong.items() if k in here and draw.chance(self.strength, k)}
        if not slips:
            return scenario
        meant, parts = {name: f"{name}__meant" for name in slips}, list(scenario.user.parts)
        for name, other in meant.items():
            first = next(n for n, part in enumerate(parts) if f"{{{name}" in part)
            parts = [renamed_field(part, name, other) for part in parts]
            parts[first] = replaced_field(parts[first], other, f"{{{name}}}, no, wait, {{{other}}}")
        told = {**scenario.told, **slips, **{meant[n]: scenario.told[n] for n in slips}}
        user = replace(scenario.user, parts=tuple(parts))
        return scenario.behind(self.name, Restated(meant), told=told, user=user)
