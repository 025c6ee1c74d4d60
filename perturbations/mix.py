"""Mixes: which operators an episode may meet, and how many at once."""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from wildgym.perturbations.core import AXES, Axis, Perturbation, operator
from wildgym.perturbations.splits import LATEST, splits
from wildgym.tools import Json, uniform


class Mix(BaseModel):
    """A distribution over sets of operators. It serialises: `gym.make` takes its JSON.

    Each operator has a draw of its own in every episode, so that one more in the mix changes no
    episode but those that it is drawn in, and what is drawn on an axis never moves another.

    Attributes:
        operators: Names of the operators to draw from.
        per_axis: How many different operators of each axis an episode meets, at most.
        most: How many it meets in all, at most; None for as many as there are.
        clean: The share of episodes that meet none.
        strengths: What the strength of each drawn operator is drawn from.
        always: Names of operators that every episode meets that is not clean, beside the drawn.
        apart: Groups of operators of which an episode meets at most one.
        scaffold: The choice of scaffolds that goes with it, where the user makes none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operators: tuple[str, ...]
    per_axis: int = Field(default=1, ge=0)
    most: int | None = Field(default=None, ge=0)
    clean: float = Field(default=0.5, ge=0, le=1)
    strengths: tuple[float, ...] = Field(default=(1.0,), min_length=1)
    always: tuple[str, ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    scaffold: str | None = None

    @field_validator("operators", "always")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            operator(name)
        return names

    @field_validator("strengths")
    @classmethod
    def _strengths(cls, strengths: tuple[float, ...]) -> tuple[float, ...]:
        if not all(0 <= strength <= 1 for strength in strengths):
            raise ValueError("a strength is a number from 0 to 1")
        return strengths

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> Self:
        """Return the mix that `to_json` wrote; raise ValueError where it is none."""
        try:
            return cls.model_validate(dict(value))
        except ValidationError as error:
            raise ValueError(f"mix: {error}") from None

    def to_json(self) -> dict[str, Any]:
        """Return every field, as JSON has it."""
        return self.model_dump(mode="json")

    def draw(self, seed: int) -> list[Perturbation]:
        """Draw what one episode meets."""
        if self.clean and uniform(seed, "mix", "clean") < self.clean:
            return []
        return [operator(name).drawn(seed, self._strength(seed, name)) for name in self._met(seed)]

    def of_family(self, family: str) -> "Mix":
        """Return this mix without the operators that change nothing in a family's tasks."""
        kept = {
            field: tuple(n for n in getattr(self, field) if family in operator(n).families)
            for field in ("operators", "always")
        }
        return self.but(**kept)

    def but(self, **changes: Any) -> "Mix":
        """Return this mix with other values of some fields."""
        return Mix(**{**dict(self), **changes})

    def _met(self, seed: int) -> Sequence[str]:
        """Return the names of what an episode meets: in each axis those with the lowest draws."""
        barred = {name for group in self.apart for name in group} - {
            min(group, key=lambda name: uniform(seed, "mix", "apart", name)) for group in self.apart
        }
        ranked: list[tuple[float, str]] = []
        for axis, names in self._of_axis.items():
            own = [(uniform(seed, "mix", axis, name), name) for name in names if name not in barred]
            ranked += sorted(own)[: self.per_axis]
        if self.most is not None:
            ranked = sorted(ranked)[: self.most]
        return [*self.always, *(name for _, name in ranked)]

    @cached_property
    def _of_axis(self) -> Mapping[Axis, Sequence[str]]:
        drawn = [name for name in self.operators if name not in self.always]
        return {axis: [n for n in drawn if operator(n).axis == axis] for axis in AXES}

    def _strength(self, seed: int, name: str) -> float:
        if len(self.strengths) == 1:
            return self.strengths[0]
        place = uniform(seed, "mix", name, "strength")
        return self.strengths[int(place * len(self.strengths))]


@cache
def named_mixes(version: str = LATEST) -> Mapping[str, Mix]:
    """Return every mix that has a name, over the operators of a version of the splits."""
    placed = splits(version)
    names, apart = placed.operators(), placed.apart
    heldout = placed.operators("heldout")
    each = {axis: tuple(n for n in names if operator(n).axis == axis) for axis in AXES}
    certain = Mix(operators=(), per_axis=2, clean=0.0, apart=apart)
    return {
        "none": Mix(operators=()),
        **{axis: certain.but(operators=of) for axis, of in each.items()},
        "train": Mix(operators=placed.operators("train"), apart=apart, strengths=(0.3, 0.6, 1.0)),
        "heldout": certain.but(operators=heldout, per_axis=1),
        "all": certain.but(operators=names),
        "cold-start": Mix(operators=(), scaffold="heldout"),
        "wild": certain.but(operators=heldout, scaffold="heldout"),
    }
