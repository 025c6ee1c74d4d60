"""Mixes: which operators an episode may meet, and how many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from wildgym.perturbations.core import AXES, REGISTRY, Axis, Perturbation, operator
from wildgym.tools import Rng, uniform

HELD_OUT = frozenset(
    {
        "nest_parameters",
        "deprecate_tools",
        "policy_in_tool",
        "misremember",
        "async_writes",
        "committed_timeout",
        "spill",
        "reencode_files",
        "spill_to_file",
    }
)
"""Operators that the mix `train` never draws: one or two of each axis that bite.

Of those over files, one that changes what a file is read as, which no other does to the byte, and
one that moves a result to where only a command finds it: each has a relative in `train` (line ends,
results in parts), so that what is measured is whether the habit carries over.
"""


@dataclass(frozen=True, slots=True)
class Mix:
    """A distribution over sets of operators.

    Attributes:
        operators: Names of the operators to draw from.
        per_axis: How many different operators of each axis an episode meets, at most.
        clean: The share of episodes that meet none.
        strengths: What the strength of each drawn operator is drawn from.
    """

    operators: tuple[str, ...]
    per_axis: int = 1
    clean: float = 0.0
    strengths: tuple[float, ...] = (1.0,)

    def draw(self, seed: int) -> list[Perturbation]:
        """Draw what one episode meets; each axis from a stream of its own."""
        if uniform(seed, "mix", "clean") < self.clean:
            return []
        return [
            operator(name).drawn(seed, self._strength(seed, name))
            for axis, names in _by_axis(self.operators)
            for name in Rng(seed, "mix", axis).sample(names, min(len(names), self.per_axis))
        ]

    def of_family(self, family: str) -> "Mix":
        """Return this mix without the operators that change nothing in a family's tasks."""
        kept = tuple(n for n in self.operators if family in operator(n).families)
        return replace(self, operators=kept)

    def _strength(self, seed: int, name: str) -> float:
        if len(self.strengths) == 1:
            return self.strengths[0]
        place = uniform(seed, "mix", name, "strength")
        return self.strengths[int(place * len(self.strengths))]


@cache
def _by_axis(operators: tuple[str, ...]) -> Sequence[tuple[Axis, Sequence[str]]]:
    return [(axis, [n for n in operators if operator(n).axis == axis]) for axis in AXES]


@cache
def named_mixes() -> Mapping[str, Mix]:
    """Return every mix that has a name."""
    names = tuple(sorted(REGISTRY))
    each = {axis: tuple(n for n in names if REGISTRY[n].axis == axis) for axis in AXES}
    train = tuple(n for n in names if n not in HELD_OUT)
    held_out = tuple(n for n in names if n in HELD_OUT)
    return {
        "none": Mix(()),
        **{axis: Mix(of_axis, per_axis=2) for axis, of_axis in each.items()},
        "train": Mix(train, clean=0.5, strengths=(0.3, 0.6, 1.0)),
        "heldout": Mix(held_out),
        "all": Mix(names, per_axis=2),
    }
