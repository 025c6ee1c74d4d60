"""Which facts a request states, and what else they could have been."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Formatter

from wildgym.envs import Scenario
from wildgym.envs.prompts import fields
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import files_of, regular_files, suffix
from wildgym.tools import Facts, Json, Row

_LARGEST = 1 << 16


def stated(scenario: Scenario) -> list[str]:
    """Return the names of the facts in the request, in order of mention."""
    return list(dict.fromkeys(n for part in scenario.user.parts for n in fields(part)))


def alternatives(scenario: Scenario, draw: Draw) -> Mapping[str, Json]:
    """Return for facts of the request another value of the same kind, from the same world.

    Only for facts that stand in some row of the world, since another row then has another value,
    and for paths of files, since there are others.
    """
    found: dict[str, Json] = {}
    tables = [list(table.values()) for table in scenario.world.base.values()]
    for name in stated(scenario):
        value = scenario.told[name]
        if isinstance(value, str):
            others = _files_like(scenario, value) or _siblings(tables or _rows(scenario), value)
            if others:
                found[name] = draw.rng("instead", name).pick(others)
    return found


def _siblings(tables: Iterable[Sequence[Row]], value: str) -> list[str]:
    for rows in tables:
        for row in rows:
            for column, content in row.items():
                if content == value:
                    column_values = {str(r[column]) for r in rows if r.get(column)}
                    return sorted(column_values - {value})
    return []


def _files_like(scenario: Scenario, path: str) -> list[str]:
    """Return other files with the same suffix, or any if there are none."""
    tree = files_of(scenario)
    if path not in tree:
        return []
    others = sorted(other for other in regular_files(tree) if other != path)
    return [other for other in others if suffix(other) == suffix(path)] or others


def _rows(scenario: Scenario) -> Iterator[Sequence[Row]]:
    """Yield the rows of each table among the files."""
    for path, file in regular_files(files_of(scenario)).items():
        if suffix(path) == ".csv" and len(file.data) < _LARGEST:
            lines = file.data.decode("utf-8", "replace").splitlines()
            delimiter = max(",;\t", key=lines[0].count) if lines else ","
            yield list(csv.DictReader(lines, delimiter=delimiter, restkey="", restval=""))


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
