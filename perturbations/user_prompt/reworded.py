"""Facts that are written in another way than tools take them, and can be read back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from wildgym.envs import Scenario
from wildgym.tools import Calls, Facts, Json, Obstacle

Read = Callable[[str, Facts], Json]
"""From a value as it is written, and all that is told, to the value."""


class Written(str):
    """A value that is written already: format specifications do not apply to it."""

    def __format__(self, specification: str) -> str:
        return str(self)


@dataclass(frozen=True)
class Reworded(Obstacle):
    """Facts in other words.

    Args:
        names: Which facts.
        read: How they are read.
    """

    names: tuple[str, ...]
    read: Read

    def brief(self, told: Facts) -> Calls[Facts]:
        """Read them."""
        return {**told, **{name: self.read(told[name], told) for name in self.names}}
        yield


def reworded(
    scenario: Scenario,
    operator: str,
    written: Mapping[str, str],
    read: Read,
    *hints: str,
    parts: tuple[str, ...] | None = None,
) -> Scenario:
    """Return the scenario with some facts written otherwise, if there are any.

    Args:
        scenario: What to change.
        operator: Who does it.
        written: Those facts, as they are written.
        read: How they are read.
        hints: What the request ends with.
        parts: The request's parts where they change too.
    """
    if not written:
        return scenario
    user = replace(scenario.user, parts=(*(parts or scenario.user.parts), *hints))
    told = {**scenario.told, **{name: Written(text) for name, text in written.items()}}
    return scenario.behind(operator, Reworded(tuple(written), read), told=told, user=user)
