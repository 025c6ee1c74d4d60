"""Values with their units."""

import re
from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import recoded
from wildgym.perturbations.records import records_mapped
from wildgym.tools import Json, Row

Form = Literal["object", "text", "rescaled"]

_UNITS: Mapping[str, str] = {
    **dict.fromkeys(("price", "total", "amount", "balance", "budget", "fare"), "EUR"),
    **dict.fromkeys(("nightly_rate", "unit_cost", "value", "daily_limit"), "EUR"),
    **dict.fromkeys(("quantity", "stock", "reorder_point"), "units"),
    "minutes": "min",
    "lead_days": "days",
    "discount": "%",
    "bytes": "B",
}
_SMALLER = {"EUR": ("cent", 100), "min": ("seconds", 60), "days": ("hours", 24)}
_LARGEST = 10**12
_PER = dict(_SMALLER.values())
_RULE = (
    "Results name their units. Tools take plain numbers, in EUR, minutes and days, and so do"
    " answers."
)
_TEXT = re.compile(r"(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?) (?:EUR|units|min|days|%|B)")


def _measured(key: str, value: Json) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and key in _UNITS and abs(value) < _LARGEST


def _with_objects(row: Row) -> Row:
    return {k: {"value": v, "unit": _UNITS[k]} if _measured(k, v) else v for k, v in row.items()}


def _without_objects(row: Row) -> Row:
    return {
        k: v["value"] if k in _UNITS and isinstance(v, dict) and "unit" in v else v
        for k, v in row.items()
    }


def _with_texts(row: Row) -> Row:
    return {k: f"{v!r} {_UNITS[k]}" if _measured(k, v) else v for k, v in row.items()}


def _without_texts(row: Row) -> Row:
    return {k: _number(v) if k in _UNITS and isinstance(v, str) else v for k, v in row.items()}


def _number(text: str) -> Json:
    found = _TEXT.fullmatch(text)
    if found is None:
        return text
    return int(found[1]) if found[1].lstrip("-").isdigit() else float(found[1])


def _rescaled(row: Row) -> Row:
    """Give numbers in smaller units, wherever that is exact, and say which they are."""
    small = {k: _SMALLER[_UNITS[k]] for k, v in row.items() if _measured(k, v) and _exact(k, v)}
    if not small:
        return row
    numbers = {k: round(row[k] * times) for k, (_, times) in small.items()}
    return {**row, **numbers, "units": {k: unit for k, (unit, _) in small.items()}}


def _exact(key: str, value: float) -> bool:
    kind, times = _SMALLER.get(_UNITS[key], (None, 1))
    if kind is None or isinstance(value, int) == (kind == "cent"):
        return False
    return round(value * times) / times == value


def _scaled_back(row: Row) -> Row:
    units = row.get("units")
    if not isinstance(units, dict):
        return row
    plain = {k: v for k, v in row.items() if k != "units"}
    for key, unit in units.items():
        times = _PER[unit]
        plain[key] = plain[key] / times if unit == "cent" else plain[key] // times
    return plain


_FORMS: Mapping[Form, tuple[Callable[[Row], Row], Callable[[Row], Row]]] = {
    "object": (_with_objects, _without_objects),
    "text": (_with_texts, _without_texts),
    "rescaled": (_rescaled, _scaled_back),
}


class LabelUnits(Perturbation):
    """Give amounts and quantities with their unit, or in a smaller unit that is named beside."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "R09, R28"
    lesson: ClassVar = "Numbers come with units, so I bring them to the one that I work in."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = 0.4

    form: Form = "rescaled"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Label what a share of all tools give."""
        if not scenario.world.base:
            return scenario
        code, decode = _FORMS[self.form]
        return recoded(
            scenario,
            draw,
            self.strength,
            lambda value: records_mapped(value, code),
            lambda value: records_mapped(value, decode),
            about=_RULE,
        )
