"""Values of rules in other units."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.values_in_rules import as_told, values_in_rules
from wildgym.tools import Calls, Facts, Json, Obstacle

_FINER: Mapping[str, tuple[str, int]] = {
    "days": ("hours", 24),
    "EUR": ("cents", 100),
    "minutes": ("seconds", 60),
    "percent": ("per mille", 10),
}
_COARSER: Mapping[str, tuple[str, int]] = {
    "days": ("weeks", 7),
    "EUR": ("hundreds of EUR", 100),
    "minutes": ("hours", 60),
}


@dataclass(frozen=True)
class InUnits(Obstacle):
    """Values that are told in other units than those that tools have.

    Args:
        finer: For each fact in a finer unit, how many of it make one of the usual.
        coarser: For each fact in a coarser unit and a rest, how many of the usual make it.
    """

    finer: Mapping[str, int]
    coarser: Mapping[str, int]

    def brief(self, told: Facts) -> Calls[Facts]:
        """Convert."""
        known: dict[str, Json] = dict(told)
        for name, size in self.finer.items():
            known[name] = told[as_told(name, "finer")] // size
        for name, size in self.coarser.items():
            known[name] = told[as_told(name, "coarser")] * size + told[as_told(name, "rest")]
        return known
        yield


class ConvertValues(Perturbation):
    """Tell the values in rules in other units: hours or weeks for days, cents for EUR."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.5
    source: ClassVar = "P05, T37"
    lesson: ClassVar = "The rules give values in other units than the tools, so I convert them."
    families: ClassVar = ("api",)
    rank: ClassVar = 0.6

    units: Literal["finer", "coarser"] = "finer"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Convert a share of the values."""
        rules, told = list(scenario.system.rules), dict(scenario.told)
        sizes: dict[str, int] = {}
        known = _FINER if self.units == "finer" else _COARSER
        for name in values_in_rules(scenario, draw, self.strength):
            for n, rule in enumerate(rules):
                found = next((u for u in known if f"{{{name}}} {u}" in rule), None)
                if found is None or not isinstance(scenario.told[name], int):
                    continue
                unit, sizes[name] = known[found]
                written, parts = self._told(name, scenario.told[name], found, unit, sizes[name])
                rules[n] = rule.replace(f"{{{name}}} {found}", written)
                # Who does not convert takes the first number that is named.
                told |= {**parts, name: next(iter(parts.values()))}
        if not sizes:
            return scenario
        way = InUnits(sizes, {}) if self.units == "finer" else InUnits({}, sizes)
        system = replace(scenario.system, rules=tuple(rules))
        return scenario.behind(self.name, way, system=system, told=told)

    def _told(
        self, name: str, value: int, usual: str, unit: str, size: int
    ) -> tuple[str, dict[str, Json]]:
        if self.units == "finer":
            finer = as_told(name, "finer")
            return f"{{{finer}}} {unit}", {finer: value * size}
        coarser, rest = as_told(name, "coarser"), as_told(name, "rest")
        text = f"{{{coarser}}} {unit} and {{{rest}}} {usual}"
        return text, {coarser: value // size, rest: value % size}
