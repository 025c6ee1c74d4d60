"""How operators add to the one user that an agent can talk with."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, TypeVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import fields
from wildgym.envs.user import Known, WithUser, layers_of
from wildgym.envs.user.layer import SPECS
from wildgym.perturbations.user_prompt.facts_of_request import label, replaced_field
from wildgym.tools import Json

L = TypeVar("L", bound=WithUser)
_LONGEST = 200


def user_layer(
    layer: type[L],
    scenario: Scenario,
    operator: str,
    tools: tuple[str, ...],
    known: tuple[Known, ...] = (),
    **arguments: object,
) -> L:
    """Return a layer of the user around a scenario's toolset.

    The innermost knows what the request states; each knows beside that what it is given.

    Args:
        layer: The class of it.
        scenario: What it is added to.
        operator: Who adds it.
        tools: By which of the user's tools it is reached.
        known: What it knows.
        arguments: Its own fields.
    """
    inner = scenario.toolset
    specs = {**inner.specs, **{tool: SPECS[tool] for tool in tools}}
    others = () if layers_of(inner) else stated_facts(scenario)
    own = {fact.label for fact in known}
    everything = (*known, *(fact for fact in others if fact.label not in own))
    return layer(inner, specs, operator, everything, **arguments)  # type: ignore[arg-type]


def stated_facts(scenario: Scenario) -> tuple[Known, ...]:
    """Return what a request states, as the user knows it."""
    stated = {name: part for part in scenario.user.parts for name in fields(part)}
    return tuple(
        known(name, scenario.told[name], part)
        for name, part in stated.items()
        if len(str(scenario.told[name])) < _LONGEST
    )


def known_facts(scenario: Scenario, names: Collection[str]) -> tuple[Known, ...]:
    """Return those facts of the request, as the user knows them."""
    labels = {label(name) for name in names}
    return tuple(fact for fact in stated_facts(scenario) if fact.label in labels)


def with_blanks(scenario: Scenario, names: Collection[str], hint: str) -> dict[str, Any]:
    """Return the parts of a scenario that change where facts are left out of the request."""
    parts = scenario.user.parts
    for name in names:
        parts = tuple(replaced_field(part, name, f"[{label(name)}?]") for part in parts)
    told = {name: value for name, value in scenario.told.items() if name not in names}
    return {"told": told, "user": replace(scenario.user, parts=(*parts, hint))}


def known(name: str, value: Json, sentence: str = "", says: str = "") -> Known:
    """Return a fact of the request as the user knows it."""
    return Known(label(name), value, sentence, says)
