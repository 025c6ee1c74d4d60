"""Tool names in fewer or in wrong letters: what they do stands in their descriptions."""

import keyword
import re
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.tool_info.rename_tools import rename
from wildgym.tools import EPISODE_TOOLS

_LETTERS_A_SLIP = 5
_CHANCES = 2**53
_NEIGHBOURS = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for at, letter in enumerate(row)
}


class MisspellTools(Perturbation):
    """Misspell tool names by a letter or a few; their descriptions stay intact."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T02"
    lesson: ClassVar = (
        "Tool names are misspelt here, so I go by the descriptions and copy the names to the "
        "letter."
    )
    rank: ClassVar = -0.15

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rename."""

        def new(name: str) -> str:
            return name if name in EPISODE_TOOLS else _misspelt(name, draw)

        return rename(scenario, draw, self.strength, new)


class AbbreviateTools(Perturbation):
    """Abbreviate tool names: to initials, or by leaving vowels out."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T05"
    lesson: ClassVar = (
        "Tool names are abbreviated here, so I go by the descriptions and use the names as listed."
    )
    rank: ClassVar = -0.15

    style: Literal["initials", "consonants"] = "initials"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rename; what would be short for two tools gets a number."""
        short: dict[str, str] = {}
        taken = set(EPISODE_TOOLS)
        for name in scenario.toolset.specs:
            short[name] = name if name in EPISODE_TOOLS else self._short(name, taken)
            taken.add(short[name])
        return rename(scenario, draw, self.strength, lambda name: short[name])

    def _short(self, name: str, taken: set[str]) -> str:
        words = [word for word in re.split(r"[_\W]+", name) if word]
        if self.style == "initials":
            brief = "".join([word[0] for word in words])
        else:
            brief = "_".join([word[0] + re.sub("[aeiou]", "", word[1:]) for word in words])
        free, number = brief, 1
        while free in taken or keyword.iskeyword(free):
            number += 1
            free = f"{brief}{number}"
        return free


def _misspelt(name: str, draw: Draw) -> str:
    """Return a name with one letter in a few wrong: left out, doubled, or its neighbour's."""
    letters = list(name)
    places = [at for at, letter in enumerate(name) if letter.lower() in _NEIGHBOURS]
    chance = int(draw.uniform(name, "slips") * _CHANCES)
    for _ in range(min(len(places), 1 + len(places) // _LETTERS_A_SLIP)):
        chance, where = divmod(chance, len(places))
        at = places.pop(where)
        wrong = ("", 2 * name[at], *_NEIGHBOURS[name[at].lower()])
        chance, how = divmod(chance, len(wrong))
        letters[at] = wrong[how]
    return "".join(letters) or name
