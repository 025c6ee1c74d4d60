"""Facts that are mentioned twice, where only one mention counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from wildgym.tools import Calls, Facts, Obstacle


@dataclass(frozen=True)
class Restated(Obstacle):
    """Facts whose usual or later mention is wrong.

    Args:
        counts: For each fact, the name under which its mention that counts is told.
    """

    counts: Mapping[str, str]

    def brief(self, told: Facts) -> Calls[Facts]:
        """Go by the mentions that count."""
        return {**told, **{name: told[counts] for name, counts in self.counts.items()}}
        yield
