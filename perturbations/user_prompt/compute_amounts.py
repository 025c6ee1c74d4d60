"""Numbers that are told as a little sum."""

import re
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import stated_here
from wildgym.perturbations.user_prompt.reworded import reworded
from wildgym.tools import Facts, Json, Rng

_SUM = re.compile(r"\((\d+) (plus|minus|times) (\d+)\)")


class ComputeAmounts(Perturbation):
    """Tell whole numbers as a sum, difference or product that has to be worked out."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.6
    source: ClassVar = "arithmetic in requests"
    lesson: ClassVar = "The number is told as a calculation, so I work it out."
    families: ClassVar = ("api", "files", "web")
    rank: ClassVar = 1.6

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rewrite a share of them."""
        written = {
            name: _written(number, draw.rng(name))
            for name in stated_here(scenario)
            if type(number := scenario.told[name]) is int
            and number > 1
            and draw.chance(self.strength, name, "whether")
        }
        return reworded(scenario, self.name, written, _read)


def _written(number: int, rng: Rng) -> str:
    factor = next((n for n in (3, 2, 4, 5, 7) if number % n == 0), 0)
    if factor and rng.chance(0.5):
        return f"({number // factor} times {factor})"
    other = rng.integer(1, max(2, number // 2))
    if rng.chance(0.5):
        return f"({number + other} minus {other})"
    return f"({max(number - other, 0)} plus {min(other, number)})"


def _read(text: str, told: Facts) -> Json:
    found = _SUM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no sum")
    one, other = int(found[1]), int(found[3])
    return {"plus": one + other, "minus": one - other, "times": one * other}[found[2]]
