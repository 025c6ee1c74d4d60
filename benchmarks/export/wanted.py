"""Which episodes are exported."""

from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.export.metadata import held_out, operators
from wildgym.perturbations.core import REGISTRY


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an episode has to be. What is empty or None is left open.

    Attributes:
        least: The least reward.
        most: What the reward is below.
        policies: Names of policies.
        families: Names of families.
        arms: Names of arms.
        splits: Names of splits.
        axes: Names of axes, one of which was perturbed.
        operators: Names of operators, one of which was met.
        trainable: Whether what is held out of training is left out.
    """

    least: float | None = None
    most: float | None = None
    policies: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    axes: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    trainable: bool = False

    def fits(self, record: Record) -> bool:
        """Return whether an episode is wanted; one that cannot be scored never is."""
        if record["invalid"] is not None or "variation" not in record:
            return False
        met = operators(record)
        return (
            (self.least is None or record["score"] >= self.least)
            and (self.most is None or record["score"] < self.most)
            and self._named(record)
            and _any(self.operators, met)
            and _any(self.axes, [REGISTRY[name].axis for name in met if name in REGISTRY])
            and not (self.trainable and held_out(record))
        )

    def _named(self, record: Record) -> bool:
        return (
            _any(self.policies, [record["policy"]])
            and _any(self.families, [record["family"]])
            and _any(self.arms, [record["arm"]])
            and _any(self.splits, [record["split"]])
        )


def _any(wanted: Sequence[str], found: Sequence[str]) -> bool:
    return not wanted or any(name in wanted for name in found)
