"""What is wanted, told by what is not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import others, replaced_field, stated_here
from wildgym.tools import Calls, Facts, Json, Obstacle


@dataclass(frozen=True)
class Eliminated(Obstacle):
    """Facts that are one of three values, and neither of two.

    Args:
        names: Which facts.
    """

    names: tuple[str, ...]

    def brief(self, told: Facts) -> Calls[Facts]:
        """Take what is left."""
        known: dict[str, Json] = dict(told)
        for name in self.names:
            ruled_out = (told[f"{name}__not"], told[f"{name}__nor"])
            options = [told[f"{name}__{place}"] for place in _PLACES]
            known[name] = next(option for option in options if option not in ruled_out)
        return known
        yield


class TellByElimination(Perturbation):
    """Say of a fact that it is one of three values, and which two of them it is not."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "U26"
    lesson: ClassVar = (
        "It is one of three values and two are ruled out, so I take the one that is left."
    )
    families: ClassVar = ("api", "desk", "files", "web")
    rank: ClassVar = 1.3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Tell a share of the facts so."""
        told, names = dict(scenario.told), []
        parts = scenario.user.parts
        one, other = others(scenario, draw), others(scenario, draw, "other")
        for name in stated_here(scenario):
            values = [told[name], one.get(name), other.get(name)]
            known = None not in values and len(set(map(str, values))) == 3
            if known and draw.chance(self.strength, name):
                told |= _options(name, values, draw)
                del told[name]
                names.append(name)
                snippet = _TEXT.replace("NAME", name)
                parts = tuple(replaced_field(part, name, snippet) for part in parts)
        if not names:
            return scenario
        user = replace(scenario.user, parts=parts)
        return scenario.behind(self.name, Eliminated(tuple(names)), told=told, user=user)


_PLACES = ("one", "two", "three")
_TEXT = "({NAME__one}, {NAME__two} or {NAME__three}, but neither {NAME__not} nor {NAME__nor})"


def _options(name: str, values: list[Json], draw: Draw) -> Mapping[str, Json]:
    order = draw.rng("order", name).shuffled(range(3))
    places = {f"{name}__{place}": values[n] for place, n in zip(_PLACES, order, strict=True)}
    ruled_out = draw.rng("ruled out", name).shuffled(values[1:])
    return {**places, f"{name}__not": ruled_out[0], f"{name}__nor": ruled_out[1]}
