"""Dates and amounts as other countries write them."""

import re
from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import is_date, stated
from wildgym.perturbations.user_prompt.reworded import reworded
from wildgym.tools import Facts, Json

_HINTS: Mapping[str, str] = {
    "german": "(I write dates as day.month.year, and amounts with a decimal comma.)",
    "american": "(I write dates as month/day/year, and amounts with a dollar-style point.)",
}


class LocaliseValues(Perturbation):
    """Write the request's dates and amounts as another country does, and say which."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.02
    source: ClassVar = "U19"
    lesson: ClassVar = (
        "Dates and amounts are written as in another country, so I read them that way."
    )
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = 2

    locale: Literal["german", "american"] = "german"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rewrite a share of them."""
        written = {
            name: text
            for name in stated(scenario)
            if draw.chance(self.strength, name.removesuffix("__request"))
            and (text := _written(scenario.told[name], self.locale))
        }
        read = partial(_read, locale=self.locale)
        return reworded(scenario, self.name, written, read, _HINTS[self.locale])


def _written(value: Json, locale: str) -> str:
    if isinstance(value, float):
        text = f"{value:.2f}"
        return text.replace(".", ",") if locale == "german" else text
    if is_date(value):
        year, month, day = value.split("-")
        return f"{day}.{month}.{year}" if locale == "german" else f"{month}/{day}/{year}"
    return ""


def _read(text: str, told: Facts, locale: str) -> Json:
    numbers = re.split(r"[./]", text)
    if len(numbers) == 3:
        day, month, year = numbers if locale == "german" else (numbers[1], numbers[0], numbers[2])
        return f"{year}-{month}-{day}"
    return float(text.replace(",", "."))
