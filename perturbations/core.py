"""A perturbation: a value that changes a problem together with its solution."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, ClassVar, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wildgym.envs import Scenario
from wildgym.perturbations.draw import Draw
from wildgym.tools import Json, uniform

Axis = Literal["user_prompt", "system_prompt", "environment", "tool_response", "tool_info"]
AXES: tuple[Axis, ...] = get_args(Axis)
"""In the order in which they are applied: what comes first lies innermost."""

Kind = Literal["preserving", "recoverable", "misleading", "destroying"]

Twin = Literal["solvable", "impossible"]
"""Which of the two a destroying operator makes: what looks the same and can be done, or cannot."""
TWINS: tuple[Twin, ...] = get_args(Twin)

_CLAIMS = ("axis", "kind", "bites", "source", "lesson")


class Perturbation(BaseModel):
    """A change on one axis of a trajectory, and the way through it.

    Subclasses are operators. They are registered by being defined, under their name in snake_case.
    The way through is the obstacle that `apply` adds to the scenario, and applying one that adds
    none is refused.

    Attributes:
        axis: What it changes.
        kind: What it may do to information, and so what it has to prove.
        bites: How often, at least, a policy fails that is blind to it: the share of the episodes
            of each family in which it acts at strength 1, that is, in which getting through it
            takes anything at all (see `witness.py`). The tests measure it; 0 marks it as cosmetic.
        source: Where the idea is from: the id in the field's catalogue of operators, or a name.
        lesson: What an agent thinks that has noticed it and knows the way through: at most 140
            characters, in its own words.
        families: The families of tasks that have what it changes. On others it changes nothing.
        rank: Its place among the operators of its axis; the lowest lies innermost. A hundred or
            more takes it past another axis.
        strength: How much of what it could change it does change. 0 changes nothing, and what a
            lower strength changes, a higher one changes too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    axis: ClassVar[Axis]
    kind: ClassVar[Kind]
    bites: ClassVar[float]
    source: ClassVar[str]
    lesson: ClassVar[str]
    families: ClassVar[tuple[str, ...]] = ("api", "codebase", "desk", "files", "web")
    rank: ClassVar[float] = 0
    name: ClassVar[str]

    strength: float = Field(default=1.0, ge=0, le=1)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        lacking = [a for a in _CLAIMS if not hasattr(cls, a)]
        if lacking or not cls.__doc__:
            raise TypeError(f"operator {cls.name} lacks {', '.join([*lacking, 'a docstring'])}")
        if REGISTRY.setdefault(cls.name, cls) is not cls:
            raise TypeError(f"there are two operators {cls.name}")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.kind == "destroying" and _choices(cls).get("twin") != TWINS:
            del REGISTRY[cls.name]
            raise TypeError(f"operator {cls.name} destroys, but has no field `twin: Twin`")

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Return the scenario behind one more obstacle, or as it is if there is nothing to do.

        Args:
            scenario: What to change; it is left as it is.
            draw: Where every random choice comes from.
        """
        raise NotImplementedError(f"{self.name} does not say what it changes")

    @classmethod
    def drawn(cls, seed: int, strength: float) -> Self:
        """Return one with parameters drawn among what their types allow."""
        chosen = {
            name: options[int(uniform(seed, "mix", cls.name, name) * len(options))]
            for name, options in _choices(cls).items()
        }
        return cls(strength=strength, **chosen)

    def weakened(self, share: float) -> Self:
        """Return the same with a share of its strength."""
        return self if share == 1 else self.model_copy(update={"strength": share * self.strength})

    def to_json(self) -> dict[str, Json]:
        """Return the name and every parameter."""
        return {"name": self.name, **self.model_dump()}


REGISTRY: dict[str, type[Perturbation]] = {}
"""Every operator by name."""


@cache
def _choices(operator: type[Perturbation]) -> Mapping[str, tuple[Any, ...]]:
    return {
        name: get_args(field.annotation)
        for name, field in operator.model_fields.items()
        if get_origin(field.annotation) is Literal
    }


def operator(name: str) -> type[Perturbation]:
    """Return the operator with a name; raise ValueError if there is none."""
    try:
        return REGISTRY[name]
    except KeyError:
        known = ", ".join(sorted(REGISTRY))
        raise ValueError(f"there is no perturbation {name!r}; perturbations: {known}") from None


def lessons() -> dict[str, str]:
    """Return for each operator what an agent thinks that has noticed it."""
    return {name: operator.lesson for name, operator in REGISTRY.items()}


def from_json(value: Mapping[str, Json]) -> Perturbation:
    """Return the perturbation that `to_json` wrote; raise ValueError where it is none."""
    if "name" not in value:
        raise ValueError(f"a perturbation has a 'name'; given: {dict(value)}")
    parameters = {k: v for k, v in value.items() if k != "name"}
    try:
        return operator(value["name"]).model_validate(parameters)
    except ValidationError as error:
        raise ValueError(f"perturbation {value['name']!r}: {error}") from None


def perturbed(scenario: Scenario, perturbations: Iterable[Perturbation], seed: int) -> Scenario:
    """Apply perturbations in the order of their axes and ranks, whatever the order given.

    Raises:
        TypeError: One changed the scenario without bringing a way through.
    """
    for perturbation in sorted(perturbations, key=_place):
        if perturbation.strength == 0:
            continue
        draw = Draw(seed, perturbation.axis, perturbation.name)
        after = perturbation.apply(scenario, draw)
        certified = [*scenario.obstacles, (perturbation.name, ...)]
        brought = [name for name, _ in after.obstacles] == [name for name, _ in certified]
        if after is not scenario and not brought:
            raise TypeError(f"{perturbation.name} changes the scenario but brings no way through")
        scenario = after
    return scenario


def _place(perturbation: Perturbation) -> tuple[float, str]:
    return 100 * AXES.index(perturbation.axis) + perturbation.rank, perturbation.name
