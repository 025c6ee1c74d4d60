"""Which operators can perturb tools that are not ours: by trying, with nothing else at hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from wildgym.envs import Perturb, Scenario
from wildgym.perturbations.core import REGISTRY, Axis, Perturbation, from_json, perturbed
from wildgym.perturbations.factory import Perturbations, mix_of, perturber
from wildgym.tools import Json, Specs, ToolCall, ToolResult, World

_VARIANTS = 32
_AXES: tuple[Axis, ...] = ("tool_info", "tool_response")


class Lacks(Exception):
    """An operator reached for something that there is not. The message says for what."""


class Bare(World):
    """A world without tables, in which reaching for one is noticed.

    Args:
        today: The date of the episode.
    """

    __slots__ = ()

    def __init__(self, today: str) -> None:
        super().__init__({}, {}, today)

    @property
    def base(self) -> NoReturn:
        """There is none."""
        raise Lacks("the tables of a world of ours")

    @base.setter
    def base(self, _: object) -> None:
        pass


class Untouched:
    """Tools that are described and must not be called: what they change cannot be undone.

    Args:
        specs: Their specs.
    """

    def __init__(self, specs: Specs) -> None:
        self.specs = specs

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Refuse."""
        raise Lacks("a copy of the world, to rehearse in")


def unsolved(_: Mapping[str, Json]) -> NoReturn:
    """Stand in for a solution where there is none."""
    raise Lacks("a solution")


def unfit(scenario: Scenario, perturbation: Perturbation, seed: int = 0) -> str | None:
    """Return why a perturbation cannot be applied to tools that are not ours, or None if it can.

    Args:
        scenario: What has those tools, in a `Bare` world.
        perturbation: What to try.
        seed: Of its draws.
    """
    if perturbation.axis not in _AXES:
        return f"it changes the {perturbation.axis}, and only what tools say can be changed here"
    if "api" not in perturbation.families:
        return "it changes files and commands, of which nothing is known here"
    if perturbation.kind == "destroying":
        return "it makes tasks impossible, and nobody could tell that nothing was changed"
    try:
        after = perturbed(scenario, [perturbation], seed)
    except Lacks as lacking:
        return f"it needs {lacking}"
    return None if after is not scenario else "it finds nothing in these tools that it could change"


def survey(scenario: Scenario) -> Mapping[str, str | None]:
    """Return for every operator why it cannot be applied, or None if it can, however it is set."""
    return {
        name: next((why for p in _variants(operator) if (why := unfit(scenario, p))), None)
        for name, operator in sorted(REGISTRY.items())
    }


def _variants(operator: type[Perturbation]) -> Iterator[Perturbation]:
    """Yield an operator with the parameters that it may be drawn with."""
    yield operator()
    yield from {operator.drawn(seed, 1.0) for seed in range(_VARIANTS)} - {operator()}


def fitted(perturbations: Perturbations, scenario: Scenario, today: str) -> Perturb:
    """Return what perturbs scenarios over tools that are not ours.

    Args:
        perturbations: As for `make`. Of a mix only the operators count that can be applied.
        scenario: One with those tools, in a `Bare` world.
        today: The date of the world in which a perturbed scenario is played.

    Raises:
        ValueError: An operator that is named cannot be applied; the message says why.
    """
    mix = mix_of(perturbations)
    if mix is not None:
        found = survey(scenario)
        kept = {
            field: [name for name in getattr(mix, field) if found[name] is None]
            for field in ("operators", "always")
        }
        perturb = perturber(mix.but(**kept).to_json())
    else:
        perturb = perturber(perturbations)
        for named in _named(perturbations):
            if why := unfit(scenario, named):
                raise ValueError(f"{named.name} cannot be applied to these tools: {why}")
    return partial(_in_plain_world, perturb, today)


def _named(perturbations: Perturbations) -> Sequence[Perturbation]:
    if isinstance(perturbations, Mapping):
        return [from_json(value) for value in perturbations.get("perturbations", ())]
    names = [perturbations] if isinstance(perturbations, str) else perturbations
    return [REGISTRY[name]() for name in names]


def _in_plain_world(
    perturb: Perturb, today: str, scenario: Scenario, seed: int, strengths: Mapping[str, float]
) -> tuple[Scenario, Mapping[str, Json]]:
    after, variation = perturb(scenario, seed, strengths)
    return replace(after, world=World({}, {}, today)), variation


def bare(specs: Specs, today: str, **fields: Any) -> Scenario:
    """Return a scenario over tools that are not ours, in a `Bare` world."""
    world = Bare(today)
    return Scenario(
        facts=fields.pop("facts", {}),
        told=fields.pop("told", {}),
        origin=world,
        canonical=Untouched(specs),
        world=world,
        **fields,
    )
