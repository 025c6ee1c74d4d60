"""Results as another country writes them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import Told, recoded
from wildgym.perturbations.records import DATE, scalars_mapped
from wildgym.tools import Json

Country = Literal["germany", "france", "usa", "switzerland"]
_PLAIN = re.compile(r"(-?)(\d+)(\.\d+)?")


@dataclass(frozen=True)
class Locale:
    """How a country writes numbers and dates.

    Args:
        group: What stands between thousands.
        point: What stands before decimals.
        dates: How a date is written, from year, month and day.
    """

    group: str
    point: str
    dates: str

    def written(self, value: Json) -> Json:
        """Write a number or a date; put text that looks like one into quotation marks."""
        if isinstance(value, str):
            if DATE.fullmatch(value):
                return self.dates.format(*value.split("-"))
            mistaken = value[:1] == '"' or self._number(value) or self._date(value)
            return json.dumps(value, ensure_ascii=False) if mistaken else value
        if value is None or isinstance(value, bool):
            return value
        plain = _PLAIN.fullmatch(json.dumps(value))
        if plain is None:
            return value
        sign, whole, decimals = plain.groups()
        grouped = f"{int(whole):,}".replace(",", self.group)
        return f"{sign}{grouped}{self.point + decimals[1:] if decimals else ''}"

    def read(self, value: Json) -> Json:
        """Read what was written."""
        if not isinstance(value, str):
            return value
        if value[:1] == '"':
            return json.loads(value)
        if found := self._date(value):
            return f"{found['y']}-{found['m']}-{found['d']}"
        if self._number(value):
            plain = value.replace(self.group, "").replace(self.point, ".")
            return json.loads(plain)
        return value

    def _number(self, text: str) -> re.Match[str] | None:
        group, point = re.escape(self.group), re.escape(self.point)
        return re.fullmatch(rf"-?(?:0|[1-9]\d{{0,2}}(?:{group}\d{{3}})*)(?:{point}\d+)?", text)

    def _date(self, text: str) -> re.Match[str] | None:
        parts = (r"(?P<y>\d{4})", r"(?P<m>\d\d)", r"(?P<d>\d\d)")
        return re.fullmatch(self.dates.replace(".", r"\.").format(*parts), text)


_LOCALES: Mapping[Country, Locale] = {
    "germany": Locale(".", ",", "{2}.{1}.{0}"),
    "france": Locale(" ", ",", "{2}/{1}/{0}"),
    "usa": Locale(",", ".", "{1}/{2}/{0}"),
    "switzerland": Locale("'", ".", "{2}.{1}.{0}"),
}


class LocaliseResults(Perturbation):
    """Write the dates and numbers of results as another country does."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.5
    source: ClassVar = "R49"
    lesson: ClassVar = (
        "Dates and numbers are written as in another country, so I read them that way."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = 0.65

    country: Country = "germany"
    told: Told = "rule"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Localise what a share of all tools give."""
        locale = _LOCALES[self.country]
        date = locale.dates.format("YYYY", "MM", "DD")
        about = (
            f"Results write dates as {date} and numbers as {locale.written(1234.56)}; text that"
            " only looks like one stands in quotation marks. What you give to tools and hand in is"
            " written as ever: YYYY-MM-DD, 1234.56."
        )
        return recoded(
            scenario,
            draw,
            self.strength,
            lambda value: scalars_mapped(value, locale.written),
            lambda value: scalars_mapped(value, locale.read),
            about=about,
            told=self.told,
        )
