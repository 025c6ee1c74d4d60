"""Other numbers in the rules, and a verifier that goes by them."""

from dataclasses import replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import renamed_field
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.restated import Restated


class ResamplePolicy(Perturbation):
    """Set the values in the rules to others than usual: who goes by habit decides wrongly."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.02
    source: ClassVar = "P05"
    lesson: ClassVar = (
        "The rules give other values than is usual, so I go by what they say and not by habit."
    )
    families: ClassVar = ("api",)

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Resample a share of all values; the goal follows, since it is computed from the facts."""
        new = {
            name: draw.rng(name).pick(options)
            for name, options in scenario.policy.items()
            if draw.chance(self.strength, name, "whether")
        }
        if not new:
            return scenario
        rules = scenario.system.rules
        for name in new:
            rules = tuple(renamed_field(rule, name, f"{name}__rule") for rule in rules)
        return scenario.behind(
            self.name,
            Restated({name: f"{name}__rule" for name in new}),
            system=replace(scenario.system, rules=rules),
            facts={**scenario.facts, **new},
            told={**scenario.told, **{f"{name}__rule": value for name, value in new.items()}},
        )
