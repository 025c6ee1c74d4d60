"""Rules whose values are others for whom the agent works."""

from dataclasses import dataclass, replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.values_in_rules import (
    as_told,
    far_value,
    mentions,
    other_values,
    values_in_rules,
    with_fields,
)
from wildgym.tools import Calls, Facts, Json, Obstacle

_BRANCHES = ("Aarhus", "Bergen", "Coimbra", "Delft", "Faro", "Ghent", "Jena", "Turku")
_OWN = "own_branch"


@dataclass(frozen=True)
class ByBranch(Obstacle):
    """Values that depend on the branch for which the agent works.

    Args:
        names: The facts.
    """

    names: tuple[str, ...]

    def brief(self, told: Facts) -> Calls[Facts]:
        """Take the values of the own branch."""
        branch = told[_OWN]
        return {**told, **{name: told[as_told(name, branch)] for name in self.names}}
        yield


class MakeExceptions(Perturbation):
    """Let values in rules differ by branch; the context says for which branch the agent works."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.35
    source: ClassVar = "P05"
    lesson: ClassVar = "Values differ by branch, so I take those of the branch that I work for."
    families: ClassVar = ("api",)
    rank: ClassVar = 0.4

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Let a share of the values be those of an exception, and name another exception, too."""
        names = values_in_rules(scenario, draw, self.strength)
        if not names:
            return scenario
        own, other = draw.rng("branches").sample(_BRANCHES, 2)
        order = sorted((own, other))
        told: dict[str, Json] = {_OWN: own}
        rules = scenario.system.rules
        for name in names:
            usual = far_value(scenario, name, draw)
            third = draw.rng(name, "third").pick(other_values(scenario, name))
            told |= {name: usual, as_told("usual", name): usual}
            told |= {as_told(name, own): scenario.told[name], as_told(name, other): third}
            one, two = (f"in {b} it is {{{as_told(name, b)}}}" for b in order)
            exception = f" That value, {{usual__{name}}}, has exceptions: {one}, {two}."
            rules = tuple(
                with_fields(rule, {name: as_told("usual", name)}) + exception
                if mentions(rule, [name])
                else rule
                for rule in rules
            )
        context = (*scenario.system.context, f"You work for the branch in {{{_OWN}}}.")
        return scenario.behind(
            self.name,
            ByBranch(tuple(names)),
            system=replace(scenario.system, rules=rules, context=context),
            told={**scenario.told, **told},
        )
