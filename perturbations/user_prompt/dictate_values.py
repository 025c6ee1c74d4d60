"""What is spoken and written down as it sounds."""

import re
from collections.abc import Mapping
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import is_date, stated_here, to_the_letter
from wildgym.perturbations.user_prompt.reworded import reworded
from wildgym.tools import Facts, Json

_SPOKEN: Mapping[str, str] = {
    ".": " dot ",
    "/": " slash ",
    "-": " dash ",
    "_": " underscore ",
    "@": " at ",
    ":": " colon ",
}
_SIGN = re.compile("|".join(map(re.escape, _SPOKEN)))
_WORD = re.compile("|".join(map(re.escape, _SPOKEN.values())))
_SIGNS: Mapping[str, str] = {word: sign for sign, word in _SPOKEN.items()}
_ID = re.compile(r"[A-Z]{2,5}-\d+")
_HINT = "(I dictate this.)"


class DictateValues(Perturbation):
    """Give addresses, paths and times as they are spoken: 'at', 'dot', 'slash', 'dash'."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "speech input"
    lesson: ClassVar = "The value is told as it is spoken, so I write it as it is spelt."
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = 2.4

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Speak a share of them."""
        if to_the_letter(scenario):
            return scenario
        written = {
            name: spoken
            for name in stated_here(scenario)
            if (spoken := _spoken(scenario.told[name])) and draw.chance(self.strength, name)
        }
        return reworded(scenario, self.name, written, _read, _HINT)


def _spoken(value: Json) -> str:
    """Return how a value sounds; nothing where it has no signs, or could be heard otherwise."""
    if type(value) is not str or is_date(value) or _ID.fullmatch(value) or " " in value:
        return ""
    spoken = _SIGN.sub(lambda sign: _SPOKEN[sign[0]], value)
    return spoken if spoken != value and _read(spoken, {}) == value else ""


def _read(text: str, told: Facts) -> Json:
    return _WORD.sub(lambda word: _SIGNS[word[0]], text)
