"""The splits: which operators and which groups of call syntaxes are held out of training.

Written down once for each version, with a reason for each placement. What is registered later is in
no version but the next, so that it changes no episode of this one.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from wildgym.envs.scaffolds import SCAFFOLDS

LATEST = "v1"
Side = Literal["train", "heldout"]
SIDES: tuple[Side, ...] = get_args(Side)


@dataclass(frozen=True, slots=True)
class Splits:
    """One version of the splits.

    Attributes:
        version: Its name.
        sides: For each operator its side.
        groups: For each group of call syntaxes its side.
        reasons: For each operator and group, why it is where it is.
        apart: Groups of operators that are never drawn together.
        syntaxes: The names of the scaffolds that there were.
    """

    version: str
    sides: Mapping[str, Side]
    groups: Mapping[str, Side]
    reasons: Mapping[str, str]
    apart: tuple[tuple[str, ...], ...]
    syntaxes: tuple[str, ...]

    def operators(self, side: Side | None = None) -> tuple[str, ...]:
        """Return the names of the operators of a side, or of both."""
        return tuple(name for name, own in self.sides.items() if side in (None, own))

    def scaffolds(self, side: Side | None = None) -> tuple[str, ...]:
        """Return the names of the scaffolds of a side, or of both."""
        of_group = self.groups
        return tuple(n for n in self.syntaxes if side in (None, of_group[SCAFFOLDS[n].group]))


@cache
def splits(version: str = LATEST) -> Splits:
    """Return a version of the splits; raise ValueError if there is no such version."""
    place = files("wildgym.perturbations") / f"splits-{version}.toml"
    try:
        written = tomllib.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"there are no splits {version!r}; the latest are {LATEST!r}") from None
    habits, groups = written["operators"], written["syntax_groups"]
    sides = {name: side for habit in habits for side in SIDES for name in habit[side]}
    why = {n: f"{h['habit']}. {h['reason']}" for h in habits for side in SIDES for n in h[side]}
    return Splits(
        version=version,
        sides=dict(sorted(sides.items())),
        groups={name: group["side"] for name, group in groups.items()},
        reasons={**why, **{name: group["reason"] for name, group in groups.items()}},
        apart=tuple(tuple(group) for group in written["apart"]),
        syntaxes=tuple(written["scaffolds"]),
    )
