"""Dates in results, told from a day on."""

import json
import re
from datetime import date, timedelta
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import recoded
from wildgym.perturbations.records import DATE, scalars_mapped
from wildgym.tools import Json

_KEYS = {"as_of", "data"}
_RULE = "Tools take dates as YYYY-MM-DD, and so do answers, however results tell them."
_RELATIVE = re.compile(r"today|(\d+) days? (ago|from now)")


class CountDays(Perturbation):
    """Give dates as so many days ago or from now, beside the day from which they are counted."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.75
    source: ClassVar = "R49"
    lesson: ClassVar = "Dates are counted in days from a given day, so I work them out."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = 0.35

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the day, near the one of the episode, and count from there."""
        if not scenario.world.base:
            return scenario
        first = date.fromisoformat(scenario.world.today)
        day = first - timedelta(days=draw.rng("day").integer(0, 9))

        def coded(value: Json) -> Json:
            told = scalars_mapped(value, lambda v: _relative(v, day))
            return value if told == value else {"as_of": day.isoformat(), "data": told}

        def decoded(value: Json) -> Json:
            if not isinstance(value, dict) or value.keys() != _KEYS:
                return value
            from_day = date.fromisoformat(value["as_of"])
            return scalars_mapped(value["data"], lambda v: _absolute(v, from_day))

        return recoded(scenario, draw, self.strength, coded, decoded, about=_RULE)


def _relative(value: Json, day: date) -> Json:
    if not isinstance(value, str):
        return value
    if _RELATIVE.fullmatch(value) or value[:1] == '"':
        return json.dumps(value, ensure_ascii=False)
    if not DATE.fullmatch(value):
        return value
    try:
        days = (date.fromisoformat(value) - day).days
    except ValueError:
        return value
    if days == 0:
        return "today"
    number = f"{abs(days)} day{'s' if abs(days) > 1 else ''}"
    return f"{number} {'ago' if days < 0 else 'from now'}"


def _absolute(value: Json, day: date) -> Json:
    if not isinstance(value, str):
        return value
    if value[:1] == '"':
        return json.loads(value)
    found = _RELATIVE.fullmatch(value)
    if found is None:
        return value
    days = int(found[1] or 0)
    return (day + timedelta(days=-days if found[2] == "ago" else days)).isoformat()
