"""Arguments in other units and notations."""

import re
from collections.abc import Mapping
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.argument_forms import ArgumentForm, in_other_forms
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.units import PLAIN, RESULTS, UNITS, USUAL, Quantity, System, Unit
from wildgym.tools import Json, ToolSpec

_SAID = re.compile(r",? (?:as |in )?(?:YYYY-MM-DD|HH:MM|(?:whole )?EUR)\b")


class ConvertUnits(Perturbation):
    """Take amounts, dates, times and durations in other units and notations."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T37"
    lesson: ClassVar = "The tool wants another unit or notation, so I convert the value."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1.1

    system: System = "machine"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Convert a share of the quantities; results keep theirs."""

        def form_of(spec: ToolSpec, name: str, schema: Mapping[str, Json]) -> ArgumentForm | None:
            quantity = _quantity(name, schema)
            if quantity is None or not draw.chance(self.strength, quantity):
                return None
            return _in_unit(schema, quantity, UNITS[self.system][quantity])

        return in_other_forms(scenario, self.name, form_of)


def _quantity(name: str, schema: Mapping[str, Json]) -> Quantity | None:
    if schema.get("format") == "date":
        return "date"
    if schema.get("pattern", "").startswith("^([01]"):
        return "time"
    if schema.get("type") in ("number", "integer"):
        if name == "minutes":
            return "duration"
        if "EUR" in schema.get("description", ""):
            return "amount"
    return None


def _in_unit(schema: Mapping[str, Json], quantity: Quantity, unit: Unit) -> ArgumentForm:
    about = f"{_SAID.sub('', schema.get('description', ''))} {unit.about}. {RESULTS[quantity]}"
    plain, usual = PLAIN[quantity], USUAL[quantity]

    def write(value: Json) -> Json:
        try:
            return unit.write(plain(value))
        except (TypeError, ValueError):
            return value

    def read(value: Json) -> Json:
        try:
            return usual(unit.read(value))
        except (ValueError, OverflowError):
            raise ValueError(f"must be {unit.about[0].lower()}{unit.about[1:]}") from None

    return ArgumentForm({"type": unit.type, "description": about}, write, read)
