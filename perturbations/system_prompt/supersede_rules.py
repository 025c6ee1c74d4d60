"""Rules in several versions, of which the latest counts."""

from dataclasses import replace
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.restated import Restated
from wildgym.perturbations.values_in_rules import (
    as_told,
    far_value,
    mentions,
    other_values,
    values_in_rules,
    with_fields,
)
from wildgym.tools import Json


class SupersedeRules(Perturbation):
    """Give rules in several versions with other values, of which the highest version counts."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.4
    source: ClassVar = "P05, P15, E12"
    lesson: ClassVar = "There are several versions of a rule, and the highest one counts."
    families: ClassVar = ("api",)
    rank: ClassVar = 0.2

    versions: Literal[2, 3] = 2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Put earlier versions, with other values, ahead of a share of the rules."""
        names = values_in_rules(scenario, draw, self.strength)
        if not names:
            return scenario
        earlier = {name: self._earlier(scenario, name, draw) for name in names}
        told: dict[str, Json] = {as_told(n, "latest"): scenario.told[n] for n in names}
        for name, values in earlier.items():
            told |= {_in_version(name, n): value for n, value in enumerate(values, 1)}
            told[name] = values[0]
        rules: list[str] = []
        for rule in scenario.system.rules:
            if not mentions(rule, names):
                rules.append(rule)
                continue
            for n in range(1, self.versions):
                old = with_fields(rule, {name: _in_version(name, n) for name in names})
                rules.append(f"[Version {n}] {old}")
            latest = with_fields(rule, {name: as_told(name, "latest") for name in names})
            rules.append(f"[Version {self.versions}] {latest}")
        system = replace(scenario.system, rules=(*rules, _RULE))
        way = Restated({name: as_told(name, "latest") for name in names})
        told = {**scenario.told, **told}
        return scenario.behind(self.name, way, system=system, told=told)

    def _earlier(self, scenario: Scenario, name: str, draw: Draw) -> list[Json]:
        first = far_value(scenario, name, draw)
        rest = [value for value in other_values(scenario, name) if value != first]
        return [first, *draw.rng(name, "rest").sample(rest, self.versions - 2)]


def _in_version(name: str, number: int) -> str:
    """Return the name of what a fact was once: as no name of a policy, it stays as it is told."""
    return as_told(f"version_{number}", name)


_RULE = "Where a rule is given in several versions, the highest version counts, and no other."
