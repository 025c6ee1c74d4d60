"""Results in which everything is text."""

import json
import re
from collections.abc import Mapping
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import Told, recoded
from wildgym.perturbations.records import scalars_mapped
from wildgym.tools import Json

Words = Literal["yes_no", "y_n", "on_off"]

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORDS: Mapping[Words, tuple[str, str, str]] = {
    "yes_no": ("yes", "no", ""),
    "y_n": ("Y", "N", "-"),
    "on_off": ("on", "off", "n/a"),
}


class RetypeValues(Perturbation):
    """Give numbers, truth values and null as text."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.3
    source: ClassVar = "R07, R27"
    lesson: ClassVar = "Numbers and truth values come as text, so I read them as what they are."
    families: ClassVar = ("api", "desk", "web")
    rank: ClassVar = 0.6

    words: Words = "yes_no"
    told: Told = "rule"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Retype what a share of all tools give."""
        true, false, null = _WORDS[self.words]
        special: Mapping[str, Json] = {true: True, false: False, null: None}

        def written(value: Json) -> str:
            if isinstance(value, str):
                mistaken = value in special or value[:1] == '"' or _NUMBER.fullmatch(value)
                return json.dumps(value, ensure_ascii=False) if mistaken else value
            if value is None:
                return null
            if isinstance(value, bool):
                return true if value else false
            return json.dumps(value)

        def read(value: Json) -> Json:
            if not isinstance(value, str):
                return value
            if value in special:
                return special[value]
            return json.loads(value) if value[:1] == '"' or _NUMBER.fullmatch(value) else value

        about = (
            f"All values in results are text: numbers as they are written, {true} or {false},"
            f" and {null or 'nothing'} where there is none. Text that could be mistaken for one of"
            " these stands in quotation marks."
        )
        return recoded(
            scenario,
            draw,
            self.strength,
            lambda value: scalars_mapped(value, written),
            lambda value: scalars_mapped(value, read),
            about=about,
            told=self.told,
        )
