"""Dates and amounts as other countries write them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import stated
from wildgym.tools import Calls, Facts, Json, Obstacle

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_HINTS: Mapping[str, str] = {
    "german": "(I write dates as day.month.year, and amounts with a decimal comma.)",
    "american": "(I write dates as month/day/year, and amounts with a dollar-style point.)",
}


class Written(str):
    """A value that is written already: format specifications do not apply to it."""

    def __format__(self, specification: str) -> str:
        return str(self)


@dataclass(frozen=True)
class Localised(Obstacle):
    """Values written in another locale.

    Args:
        names: Which facts.
        locale: Which locale.
    """

    names: tuple[str, ...]
    locale: str

    def brief(self, told: Facts) -> Calls[Facts]:
        """Read them."""
        return {**told, **{name: _read(told[name], self.locale) for name in self.names}}
        yield


def _write(value: Json, locale: str) -> Json:
    if isinstance(value, float):
        text = f"{value:.2f}"
        return Written(text.replace(".", ",") if locale == "german" else text)
    if isinstance(value, str) and (date := _DATE.fullmatch(value)):
        year, month, day = date.groups()
        return Written(f"{day}.{month}.{year}" if locale == "german" else f"{month}/{day}/{year}")
    return value


def _read(text: str, locale: str) -> Json:
    numbers = re.split(r"[./]", text)
    if len(numbers) == 3:
        day, month, year = numbers if locale == "german" else (numbers[1], numbers[0], numbers[2])
        return f"{year}-{month}-{day}"
    return float(text.replace(",", "."))


class LocaliseValues(Perturbation):
    """Write the request's dates and amounts as another country does, and say which."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.02
    source: ClassVar = "U19"
    spares: ClassVar = ("codebase",)
    rank: ClassVar = 2

    locale: Literal["german", "american"] = "german"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rewrite a share of them."""
        names = [
            name.removesuffix("__request")
            for name in stated(scenario)
            if draw.chance(self.strength, name.removesuffix("__request"))
        ]
        shown = [n if n in stated(scenario) else f"{n}__request" for n in names]
        written = {n: _write(scenario.told[n], self.locale) for n in shown}
        changed = {n: v for n, v in written.items() if isinstance(v, Written)}
        if not changed:
            return scenario
        user = replace(scenario.user, parts=(*scenario.user.parts, _HINTS[self.locale]))
        told = {**scenario.told, **changed}
        return scenario.behind(
            self.name, Localised(tuple(changed), self.locale), told=told, user=user
        )
