"""Frozen suites: families, tasks and arms as data, with a digest that says which they were."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Any

from wildgym.perturbations.factory import chosen_scaffolds
from wildgym.perturbations.mix import named_mixes

LATEST = "v1"
LOCK = f"suites-{LATEST}.lock.json"
"""The file that says what globs stood for, and what episodes look like: see `freeze.py`."""


@dataclass(frozen=True)
class Arm:
    """A named condition.

    Attributes:
        name: The name it goes by in results.
        mixes: Names of the mixes that are joined in it.
        only: The operators that are drawn from, where it is not all of these mixes'.
        strength: Of what they draw; None for what each mix says.
        scaffold: The choice of scaffolds that it insists on, or None for the run's own.
    """

    name: str
    mixes: Sequence[str]
    only: Sequence[str] | None = None
    strength: float | None = None
    scaffold: str | None = None

    @cached_property
    def mix(self) -> Mapping[str, Any]:
        """The mix that its episodes are perturbed with, as JSON."""
        joined = [named_mixes(frozen().splits)[name] for name in self.mixes]
        drawn = [name for mix in joined for name in mix.operators]
        operators = tuple(name for name in drawn if self.only is None or name in self.only)
        strengths = joined[0].strengths if self.strength is None else (self.strength,)
        return joined[0].but(operators=operators, strengths=strengths).to_json()


@dataclass(frozen=True)
class Suite:
    """Families, tasks and arms.

    Attributes:
        name: The name it goes by on the command line.
        about: What it is for.
        tasks: For each family, globs over the names of its tasks.
        arms: The arms in which every task is played.
        seeds: How many scenarios of each task are its own.
    """

    name: str
    about: str
    tasks: Mapping[str, Sequence[str]]
    arms: tuple[Arm, ...]
    seeds: int = 1

    def of_split(self, split: str) -> list[tuple[str, str]]:
        """Return the family and name of each task of a split."""
        return [
            (family, task)
            for family, globs in self.tasks.items()
            for task in lock()["tasks"][split][family]
            if any(fnmatchcase(task, glob) for glob in globs)
        ]

    @property
    def sample(self) -> Mapping[str, str]:
        """For some of its episodes, by their keys, a digest of how they opened when frozen."""
        sampled: Mapping[str, str] = lock()["samples"].get(self.name, {})
        return sampled

    @cached_property
    def digest(self) -> str:
        """What tells its episodes from those of any other suite or version."""
        told = {
            "version": frozen().version,
            "splits": frozen().splits,
            "tasks": {split: self.of_split(split) for split in lock()["tasks"]},
            "arms": [{**asdict(arm), "mix": arm.mix} for arm in self.arms],
            "scaffolds": {
                choice: [scaffold.name for scaffold in chosen_scaffolds(choice)]
                for choice in sorted({arm.scaffold for arm in self.arms if arm.scaffold})
            },
            "seeds": self.seeds,
            "sample": self.sample,
        }
        return digest_of(told)


@dataclass(frozen=True)
class Frozen:
    """One version of all suites.

    Attributes:
        version: Its name.
        splits: The version of the splits that its mixes are of.
        arms: Every arm by name.
        suites: Every suite by name.
    """

    version: str
    splits: str
    arms: Mapping[str, Arm]
    suites: Mapping[str, Suite]


@cache
def frozen() -> Frozen:
    """Return the suites as they were written down."""
    written = tomllib.loads(_text(f"suites-{LATEST}.toml"))
    arms = {name: Arm(name, **arm) for name, arm in written["arms"].items()}
    suites = {}
    for name, suite in written["suites"].items():
        globs = suite.pop("arms", written["arms_by_default"])
        played = [arm for arm in arms if any(fnmatchcase(arm, glob) for glob in globs)]
        suites[name] = Suite(name, arms=tuple(arms[arm] for arm in played), **suite)
    return Frozen(written["version"], written["splits"], arms, suites)


@cache
def lock() -> Mapping[str, Any]:
    """Return what was written down: `tasks`, `samples` of episodes, and `digests` of suites."""
    locked: Mapping[str, Any] = json.loads(_text(LOCK))
    return locked


def digest_of(value: object) -> str:
    """Return 16 hexadecimal digits for a JSON value."""
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _text(name: str) -> str:
    return (files("wildgym.benchmarks") / name).read_text(encoding="utf-8")
