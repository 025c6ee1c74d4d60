"""Which facts a request states, and what else they could have been."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from string import Formatter

from wildgym.envs import Scenario
from wildgym.envs.dates import shifted
from wildgym.envs.prompts import UserPrompt, fields
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import files_of, regular_files, suffix
from wildgym.tools import Facts, Json, Row

_LARGEST = 1 << 16
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TO_THE_LETTER = re.compile(r"written (?:like|as)|as it is here|repeat|mentions")


def stated(scenario: Scenario) -> list[str]:
    """Return the names of the facts in the request, in order of mention."""
    return list(dict.fromkeys(n for part in scenario.user.parts for n in fields(part)))


def alternatives(scenario: Scenario, draw: Draw, *slot: str) -> Mapping[str, Json]:
    """Return for facts of the request another value of the same kind, from the same world.

    Only for facts that stand in some row of the world, since another row then has another value,
    and for paths of files, since there are others. Another slot gives others of the same kind.
    """
    found: dict[str, Json] = {}
    tables = [list(table.values()) for table in scenario.world.base.values()]
    for name in stated(scenario):
        value = scenario.told[name]
        if isinstance(value, str):
            like = _files_like(scenario, value) or _siblings(tables or _rows(scenario), value)
            if like:
                found[name] = draw.rng("instead", name, *slot).pick(like)
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


def others(scenario: Scenario, draw: Draw, *slot: str) -> Mapping[str, Json]:
    """Return for facts of the request another value: also for whole numbers and dates.

    Such a value need not make sense in this world: it is one that somebody may write by mistake.
    """
    found = dict(alternatives(scenario, draw, *slot))
    for name in stated(scenario):
        value, rng = scenario.told[name], draw.rng("instead", name, *slot)
        if type(value) is int:
            found[name] = value + rng.integer(1, max(3, value // 3))
        elif is_date(value):
            found[name] = shifted(value, rng.integer(1, 9))
    return found


def is_date(value: Json) -> bool:
    """Say whether a value is a date as tools take it, written in no other way."""
    return type(value) is str and _DATE.fullmatch(value) is not None


def label(name: str) -> str:
    """Return what a fact is called, in words."""
    return name.removesuffix("__request").replace("__", " ").replace("_", " ")


def elsewhere(scenario: Scenario) -> set[str]:
    """Return the names of the facts that the prompts state beside the request."""
    system, user = scenario.system, scenario.user
    texts = (system.persona, *system.context, *system.rules, user.before, user.after)
    return {name for text in texts for name in fields(text)}


def stated_here(scenario: Scenario) -> list[str]:
    """Return the names of the facts that are stated in the request and nowhere else."""
    shown = elsewhere(scenario)
    return [name for name in stated(scenario) if name not in shown]


def to_the_letter(scenario: Scenario) -> bool:
    """Say whether the request wants values written elsewhere just as they are written in it."""
    assert scenario.asked is not None
    return any(_TO_THE_LETTER.search(part) for part in scenario.asked.parts)


def replaced_field(template: str, name: str, snippet: str) -> str:
    """Return the template with another snippet in place of a fact's field, and of its quotes."""
    field = rf"\{{{re.escape(name)}(?:[:!][^}}]*)?\}}"
    return re.sub(rf"'{field}'|{field}", lambda _: snippet, template)


def with_parts(scenario: Scenario, changed: Callable[[str], str], *hints: str) -> UserPrompt:
    """Return the user prompt with every part changed, and hints after them."""
    parts = tuple(changed(part) for part in scenario.user.parts)
    return replace(scenario.user, parts=(*parts, *hints))


def read_off(text: str, template: str, kinds: Facts) -> dict[str, Json]:
    """Return the facts that a filled-in template states, as an agent reads them off the text.

    Args:
        text: The template, filled in.
        template: The template.
        kinds: For each fact of interest, a value of its type.
    """
    pattern, known = "", set[str]()
    for literal, name, _, _ in Formatter().parse(template):
        again = f"(?P={name})" if name in known else f"(?P<{name}>.+?)"
        pattern += re.escape(literal) + (again if name in kinds else ".*?" if name else "")
        known |= {name} if name else set()
    found = re.fullmatch(pattern, text, re.DOTALL)
    if found is None:
        return {}
    return {name: type(kinds[name])(value) for name, value in found.groupdict().items()}
