"""Slips of the keyboard."""

from dataclasses import replace
from string import Formatter
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import literal
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Obstacle

_SHARE = 0.12


class Typos(Perturbation):
    """Swap, drop or double letters in the request's wording; facts are spared."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "U01"
    lesson: ClassVar = "The request has typos; what is meant is clear."
    rank: ClassVar = 5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Misspell a share of all words."""
        parts = tuple(self._misspelt(part, draw, n) for n, part in enumerate(scenario.user.parts))
        user = replace(scenario.user, parts=parts)
        return scenario.behind(self.name, Obstacle(), user=user)

    def _misspelt(self, template: str, draw: Draw, part: int) -> str:
        written = []
        for n, (text, name, form, _) in enumerate(Formatter().parse(template)):
            words = [self._word(word, draw, (part, n, w)) for w, word in enumerate(text.split(" "))]
            field = f"{{{name}{':' + form if form else ''}}}" if name else ""
            written.append(literal(" ".join(words)) + field)
        return "".join(written)

    def _word(self, word: str, draw: Draw, slot: tuple[int, int, int]) -> str:
        if len(word) < 4 or not word.isalpha() or not draw.chance(_SHARE * self.strength, *slot):
            return word
        at = 1 + int(draw.uniform(*slot, "where") * (len(word) - 2))
        slips = (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
        return slips[int(draw.uniform(*slot, "how") * len(slips))]
