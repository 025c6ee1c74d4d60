"""Other numbers in the rules, and a verifier that goes by them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import renamed_field
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Facts, Obstacle


@dataclass(frozen=True)
class Resampled(Obstacle):
    """Values that are not the usual ones.

    Args:
        shown: For each fact, the name under which the rules show its value.
    """

    shown: Mapping[str, str]

    def brief(self, told: Facts) -> Calls[Facts]:
        """Go by what the rules say, and not by what they usually say."""
        return {**told, **{name: told[shown] for name, shown in self.shown.items()}}
        yield


class ResamplePolicy(Perturbation):
    """Set the values in the rules to others than usual: who goes by habit decides wrongly."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.02
    source: ClassVar = "P05"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Resample a share of all values; the goal follows, since it is computed from the facts."""
        new = {
            name: draw.rng(name).pick(options)
            for name, options in scenario.policy.items()
            if draw.uniform(name, "whether") < self.strength
        }
        if not new:
            return scenario
        rules = scenario.system.rules
        for name in new:
            rules = tuple(renamed_field(rule, name, f"{name}__rule") for rule in rules)
        return scenario.behind(
            self.name,
            Resampled({name: f"{name}__rule" for name in new}),
            system=replace(scenario.system, rules=rules),
            facts={**scenario.facts, **new},
            told={**scenario.told, **{f"{name}__rule": value for name, value in new.items()}},
        )
