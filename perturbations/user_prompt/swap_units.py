"""Quantities in other units than tools take."""

import re
from collections.abc import Callable, Mapping
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import fields
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import stated_here
from wildgym.perturbations.user_prompt.reworded import reworded
from wildgym.tools import Facts, Json

_PART = re.compile(r"(\d+) (cent|per mille|hour|minute|week|day|dozen|more)")
_WORTH: Mapping[str, int] = {"hour": 60, "minute": 1, "week": 7, "day": 1, "dozen": 12, "more": 1}


class SwapUnits(Perturbation):
    """Give amounts in cents, times in hours, days in weeks, units in dozens, percents per mille."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "U19, T37"
    lesson: ClassVar = "The value is told in another unit, so I convert it."
    families: ClassVar = ("api", "files")
    rank: ClassVar = 1.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rewrite a share of the quantities that stand before a unit."""
        parts, written = scenario.user.parts, dict[str, str]()
        for name in stated_here(scenario):
            unit = _unit_after(name, parts)
            text = _UNITS[unit](scenario.told[name]) if unit in _UNITS else ""
            if text and draw.chance(self.strength, name):
                written[name] = text
                parts = tuple(re.sub(rf"({_field(name)}) {unit}", r"\1", part) for part in parts)
        return reworded(scenario, self.name, written, _read, parts=parts)


def _field(name: str) -> str:
    return rf"\{{{re.escape(name)}(?::[^}}]*)?\}}"


def _unit_after(name: str, parts: tuple[str, ...]) -> str:
    """Return the word that stands after a fact wherever it is mentioned, if it is one word."""
    found = [unit for part in parts for unit in re.findall(rf"{_field(name)} (\w+)", part)]
    everywhere = len(found) == sum(fields(part).count(name) for part in parts)
    return found[0] if everywhere and len(set(found)) == 1 else ""


def _in_cents(value: Json) -> str:
    if isinstance(value, float) and not value.is_integer():
        return f"{round(value * 100)} cents"
    return f"{value * 100} cents" if type(value) is int else ""


def _per_mille(value: Json) -> str:
    return f"{value * 10} per mille" if type(value) is int else ""


def _in(larger: str, smaller: str, ending: str = "s") -> Callable[[Json], str]:
    def written(value: Json) -> str:
        if type(value) is not int or value < _WORTH[larger]:
            return ""
        many, rest = divmod(value, _WORTH[larger])
        text = f"{many} {larger}{ending if many > 1 else ''}"
        return f"{text} and {rest} {smaller}{ending if rest > 1 else ''}" if rest else text

    return written


_UNITS: Mapping[str, Callable[[Json], str]] = {
    "EUR": _in_cents,
    "percent": _per_mille,
    "minutes": _in("hour", "minute"),
    "days": _in("week", "day"),
    "units": _in("dozen", "more", ""),
}


def _read(text: str, told: Facts) -> Json:
    total = 0
    for number, unit in _PART.findall(text):
        if unit == "cent":
            return int(number) // 100 if number.endswith("00") else int(number) / 100
        if unit == "per mille":
            return int(number) // 10
        total += int(number) * _WORTH[unit]
    return total
