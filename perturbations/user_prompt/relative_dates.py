"""Dates that are told by how far they are from today."""

import re
from datetime import date
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.envs.dates import days_between, shifted
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import (
    is_date,
    stated_here,
    to_the_letter,
)
from wildgym.perturbations.user_prompt.reworded import reworded
from wildgym.tools import Facts, Json

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS = re.compile(r"(\d+) days (from|before) today")
_WEEKDAY = re.compile(r"(\w+) number (\d+) (after|before) today")


class RelativeDates(Perturbation):
    """Tell dates by their distance from today: in days, or by weekdays."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.8
    source: ClassVar = "U19"
    lesson: ClassVar = "The date is told by its distance from today, so I work it out."
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = 1.8

    by: Literal["days", "weekdays"] = "days"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rewrite a share of the dates that no work has to repeat as they are."""
        if to_the_letter(scenario):
            return scenario
        today = scenario.told["today"]
        written = {
            name: self._written(scenario.told[name], today)
            for name in stated_here(scenario)
            if is_date(scenario.told[name]) and draw.chance(self.strength, name)
        }
        return reworded(scenario, self.name, written, _read)

    def _written(self, day: str, today: str) -> str:
        distance = days_between(today, day)
        if self.by == "days" or distance == 0:
            return f"{abs(distance)} days {'before' if distance < 0 else 'from'} today"
        weekday = _WEEKDAYS[date.fromisoformat(day).weekday()]
        weeks = (abs(distance) + 6) // 7
        return f"{weekday} number {weeks} {'before' if distance < 0 else 'after'} today"


def _read(text: str, told: Facts) -> Json:
    today = told["today"]
    if found := _DAYS.fullmatch(text):
        return shifted(today, int(found[1]) * (-1 if found[2] == "before" else 1))
    found = _WEEKDAY.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no day")
    ahead = (_WEEKDAYS.index(found[1]) - date.fromisoformat(today).weekday()) % 7 or 7
    weeks = int(found[2]) - 1
    if found[3] == "after":
        return shifted(today, ahead + 7 * weeks)
    return shifted(today, ahead - 7 - 7 * weeks if ahead < 7 else -7 - 7 * weeks)
