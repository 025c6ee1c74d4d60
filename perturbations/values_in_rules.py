"""The values that rules name, and how they are told otherwise."""

from collections.abc import Iterable, Mapping

from wildgym.envs import Scenario
from wildgym.envs.prompts import fields, renamed_field
from wildgym.perturbations.draw import Draw
from wildgym.tools import Json

_OF = "__"


def base(field: str) -> str:
    """Return the fact that a field was made from."""
    return field.partition(_OF)[0]


def as_told(field: str, how: str) -> str:
    """Return the name under which a fact is told in some other way."""
    return f"{field}{_OF}{how}"


def values_in_rules(scenario: Scenario, draw: Draw, share: float) -> list[str]:
    """Return a share of the fields by which rules tell values of the policy."""
    shown = dict.fromkeys(name for rule in scenario.system.rules for name in fields(rule))
    policy, told = scenario.policy, scenario.told
    return [n for n in shown if base(n) in policy and n in told and draw.chance(share, base(n))]


def other_values(scenario: Scenario, field: str) -> list[Json]:
    """Return the values that a fact of the policy could have but does not."""
    return [v for v in scenario.policy[base(field)] if v != scenario.told[field]]


def far_value(scenario: Scenario, field: str, draw: Draw) -> Json:
    """Draw a value that a fact of the policy does not have; a number is the least or largest."""
    others = other_values(scenario, field)
    if all(isinstance(value, int | float) for value in others):
        others = [min(others), max(others)]
    return draw.rng(base(field), "far").pick(others)


def with_fields(text: str, names: Mapping[str, str]) -> str:
    """Return a template with some fields filled from others."""
    for name, other in names.items():
        text = renamed_field(text, name, other)
    return text


def mentions(text: str, names: Iterable[str]) -> bool:
    """Say whether a template mentions one of some facts."""
    return not set(names).isdisjoint(fields(text))
