"""A request about something that may not exist."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation, Twin
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.twins import is_impossible, twinned
from wildgym.perturbations.user_prompt.look_up import Found, found, short
from wildgym.tools import Calls, CannotBeDone, Facts, Json, Obstacle, Rng, Row, ToolCall

_NUMBERED = re.compile(r"(.*\D)(\d+)")
_WORDS = ("Jubilee", "Reserve", "Annex", "Interim", "Northgate", "Evergreen", "Solstice")
_LAST_RESORT = "Northgate Annex"
_TRIES = 12


@dataclass(frozen=True)
class Doubtful(Obstacle):
    """A request that names something of which it has to be seen whether it exists.

    Args:
        fact: The fact that names it.
        tool: The tool that lists all of its kind.
        key: The column that it is named by.
        column: The column by which the evidence comes last.
        evidence: The id of what comes last.
        hopeless: Whether it does not exist.
    """

    fact: str
    tool: str
    key: str
    column: str
    evidence: str
    hopeless: bool

    def brief(self, told: Facts) -> Calls[Facts]:
        """Look what is meant; where there is no such thing, find what is to be reported."""
        listed = yield ToolCall(self.tool)
        meant = _meant(told[self.fact], [row[self.key] for row in listed.value])
        if meant is None:
            raise CannotBeDone(_last(listed.value, self.column)["id"])
        return {**told, self.fact: meant}


class AskForAbsent(Perturbation):
    """Ask about something that does not exist; in its twin, about something that does."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "destroying"
    bites: ClassVar = 0.7
    source: ClassVar = "U09, U10"
    lesson: ClassVar = (
        "It is not certain that this exists, so I look, and report it if it does not."
    )
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -4  # first of all: what others make of the request is about this

    twin: Twin = "solvable"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Put another name or id into one fact, or with less strength more often not."""
        if is_impossible(scenario) or not draw.chance(self.strength, "whether"):
            return scenario
        candidates = draw.rng("fact").shuffled(list(found(scenario)))
        candidates.sort(key=lambda it: it.key == "id")
        telling = ((it, column) for it in candidates if (column := _telling(it, draw)))
        it, column = next(telling, (None, ""))
        if it is None:
            return scenario
        values, hopeless = [row[it.key] for row in it.rows], self.twin == "impossible"
        written = _absent(values, draw.rng("absent")) if hopeless else it.row[it.key]
        if it.key != "id":
            written = _misspelt(written, values, draw.rng("letter"))
        last = _last(it.rows, column)["id"]
        doubtful = Doubtful(it.fact, it.tool, it.key, column, last, hopeless)
        rule = _RULE.format(kind=it.kind, column=column.replace("_", " "))
        told = {**scenario.told, it.fact: written}
        return twinned(scenario, self.name, doubtful, rule, told=told)


_RULE = (
    "Users misspell names: what differs from one of the {kind} by no more than a missing letter is"
    " meant for it. If nothing among the {kind} is meant, change nothing and hand in the work with"
    " the status 'impossible', and as the answer the id of the one of the {kind} whose {column}"
    " comes last: of numbers the highest, of dates the latest, of words the last in the alphabet."
)


def _telling(it: Found, draw: Draw) -> str:
    """Return a column in which all rows have values, of which one is the last; or nothing."""
    columns = [c for c in it.row if c not in (it.key, "id") and not c.endswith("_id")]
    shuffled = draw.rng("column", it.fact).shuffled(columns)
    return next((column for column in shuffled if _has_last(it.rows, column)), "")


def _has_last(rows: Sequence[Row], column: str) -> bool:
    values: list[Json] = [row.get(column) for row in rows]
    if len({type(value) for value in values}) > 1 or not all(map(short, values)):
        return False
    return values.count(max(values)) == 1


def _last(rows: Sequence[Row], column: str) -> Row:
    return max(rows, key=lambda row: row[column])


def _absent(values: Sequence[str], rng: Rng) -> str:
    """Return something that looks like the values, and is none of them."""
    made = [_like(rng.pick(values), rng.pick(values), rng) for _ in range(_TRIES)]
    return next(value for value in (*made, *_WORDS, _LAST_RESORT) if value not in values)


def _like(one: str, other: str, rng: Rng) -> str:
    numbered = _NUMBERED.fullmatch(one)
    if numbered:
        return f"{numbered[1]}{int(numbered[2]) + rng.integer(1, 30)}"
    if " " in one and " " in other:
        return f"{one.split(' ')[0]} {other.split(' ')[-1]}"
    return rng.pick(_WORDS)


def _misspelt(name: str, others: Sequence[str], rng: Rng) -> str:
    """Return a name without one of its letters, where that could be meant for no other."""
    place = rng.integer(1, len(name) - 1)
    made = name[:place] + name[place + 1 :]
    return made if _meant(made, others) == _meant(name, others) else name


def _meant(written: str, values: Sequence[str]) -> str | None:
    """Return the one value that is written so, or but for one letter."""
    if written in values:
        return written
    near = [value for value in values if _lacks_a_letter(written, value)]
    return near[0] if len(near) == 1 else None


def _lacks_a_letter(written: str, value: str) -> bool:
    if len(value) != len(written) + 1:
        return False
    return any(value[:n] + value[n + 1 :] == written for n in range(len(value)))
