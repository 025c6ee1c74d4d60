"""Mixes: which operators an episode may meet, and how many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wildgym.perturbations.core import AXES, REGISTRY, Axis, Perturbation, operator
from wildgym.tools import Rng

HELD_OUT = frozenset(
    {
        "nest_parameters",
        "deprecate_tools",
        "policy_in_tool",
        "misremember",
        "async_writes",
        "committed_timeout",
        "spill",
    }
)
"""Operators that the mix `train` never draws: one or two of each axis that bite."""


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
        if Rng(seed, "mix", "clean").chance(self.clean):
            return []
        return [
            operator(name).drawn(Rng(seed, "mix", name), self._strength(seed, name))
            for axis in AXES
            for name in self._names(axis, Rng(seed, "mix", axis))
        ]

    def _names(self, axis: Axis, rng: Rng) -> Sequence[str]:
        names = [name for name in self.operators if operator(name).axis == axis]
        return rng.sample(names, min(len(names), self.per_axis))

    def _strength(self, seed: int, name: str) -> float:
        return Rng(seed, "mix", name, "strength").pick(self.strengths)


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
