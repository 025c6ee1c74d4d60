"""Draws: every random choice of an operator, keyed so that no other operator can move it."""

from dataclasses import dataclass

from wildgym.tools import Rng, key, uniform


@dataclass(frozen=True, slots=True)
class Draw:
    """The random choices of one operator in one episode.

    Attributes:
        seed: The episode's perturbation seed.
        axis: The operator's axis.
        operator: The operator's name.
    """

    seed: int
    axis: str
    operator: str

    def rng(self, *slot: object) -> Rng:
        """Return the stream for a slot: for choices made before the episode."""
        return Rng(self.seed, self.axis, self.operator, *slot)

    def uniform(self, *slot: object) -> float:
        """Return the number in [0, 1) for a slot: for choices made at a call."""
        return uniform(self.seed, self.axis, self.operator, *slot)

    def chance(self, share: float, *slot: object) -> bool:
        """Return whether what happens in a share of all slots happens in this one.

        What happens for a share happens for every larger one.
        """
        return share >= 1 or self.uniform(*slot) < share

    def token(self, *slot: object) -> str:
        """Return a short opaque word for a slot."""
        return f"{key(self.seed, self.axis, self.operator, *slot):016x}"[:10]
