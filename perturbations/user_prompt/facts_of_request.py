"""Which facts a request states, and what else they could have been."""

import re
from collections.abc import Mapping
from string import Formatter

from wildgym.envs import Scenario
from wildgym.envs.prompts import fields
from wildgym.perturbations.draw import Draw
from wildgym.tools import Facts, Json


def stated(scenario: Scenario) -> list[str]:
    """Return the names of the facts in the request, in order of mention."""
    return list(dict.fromkeys(n for part in scenario.user.parts for n in fields(part)))


def alternatives(scenario: Scenario, draw: Draw) -> Mapping[str, Json]:
    """Return for facts of the request another value of the same kind, from the same world.

    Only for facts that stand in some row of the world, since another row then has another value.
    """
    found: dict[str, Json] = {}
    for name in stated(scenario):
        value = scenario.told[name]
        others = _siblings(scenario, value) if isinstance(value, str) else []
        if others:
            found[name] = draw.rng("instead", name).pick(others)
    return found


def _siblings(scenario: Scenario, value: str) -> list[str]:
    for table in scenario.world.base.values():
        for row in table.values():
            for column, content in row.items():
                if content == value:
                    column_values = {str(r[column]) for r in table.values() if r[column]}
                    return sorted(column_values - {value})
    return []


def read_off(text: str, template: str, kinds: Facts) -> dict[str, Json]:
    """Return the facts that a filled-in template states, as an agent reads them off the text.

    Args:
        text: The template, filled in.
        template: The template.
        kinds: For each fact of interest, a value of its type.
    """
    pattern = "".join(
        re.escape(literal) + (f"(?P<{name}>.+?)" if name in kinds else ".*?" if name else "")
        for literal, name, _, _ in Formatter().parse(template)
    )
    found = re.fullmatch(pattern, text, re.DOTALL)
    if found is None:
        return {}
    return {name: type(kinds[name])(value) for name, value in found.groupdict().items()}
