"""Verifiers: whether a task was done, read from the final world and never from words about it."""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from wildgym.envs.answer import matches
from wildgym.envs.expert import answered
from wildgym.envs.scenario import Answer, Impossible, Refusal, Scenario
from wildgym.envs.trajectory import Trajectory
from wildgym.tools import Row, World


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verifier found.

    Attributes:
        checks: Every check by name.
        progress: The share of the goal's changes that were made, 0 once there are others.
        collateral: How many changes nobody asked for; None where that is not told by tables.
        duplicates: How many of these repeat another change: a write that was done twice.
    """

    checks: dict[str, bool]
    progress: float
    collateral: int | None = None
    duplicates: int | None = None

    @property
    def score(self) -> float:
        """1 if every check holds, else 0."""
        return float(all(self.checks.values()))


_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# A colon belongs to a fact only where it stands in a time.
_BETWEEN_FACTS = re.compile(r"[\s,;!?()\"'€$£*#|<>=]+|(?<!\d):|:(?!\d)")

_SPARE_FACTS = 8

Verifier = Callable[[Scenario, World, Trajectory], Verdict]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference from how the world began.

    Attributes:
        what: The table, and the row's id, or its fields if it is new.
        exact: The fields that changed, as JSON.
        facts: For free text, the tokens that carry facts: numbers, dates, ids, addresses.
    """

    what: str
    exact: str
    facts: frozenset[str]


def state_verifier(scenario: Scenario, world: World, trajectory: Trajectory) -> Verdict:
    """Compare what the agent left with what the solution leaves of a fork of the same world.

    Any path there counts, and any other change fails. Ids of new rows do not matter, nor does the
    order in which they were made. Of free text only the facts in it do: those of the solution have
    to be there, and few others, so that naming everything earns nothing.
    """
    goal, answer = solved(scenario)
    wanted, missing, extra = compared(goal, world)
    checks = {
        "changes_made": missing == 0,
        "nothing_else_changed": not extra,
        **handed_in(world, answer),
    }
    progress = 0.0 if extra or not wanted else 1 - missing / wanted
    return Verdict(checks, progress, len(extra), repeated(extra, world))


def handed_in(world: World, answer: Answer) -> dict[str, bool]:
    """Return the checks of what was handed in: the answer, and the status that goes with it."""
    status, expected = "done", answer
    if isinstance(answer, Refusal | Impossible):
        status = "refused" if isinstance(answer, Refusal) else "impossible"
        expected = answer.answer
    given = world.answer or {"answer": "", "status": None}
    return {
        "answer": world.answer is not None and matches(expected, given["answer"]),
        "status": given["status"] == status,
    }


def compared(goal: World, world: World) -> tuple[int, int, list[Change]]:
    """Count the goal's changes and those that are missing; return those that nobody wanted."""
    touched = {*goal.changed_tables(), *world.changed_tables()}
    if all(goal.table(name) == world.table(name) for name in touched):
        # What an expert leaves is mostly the goal to the letter: no need to spell it out.
        return len(touched), 0, []
    wanted, made = list(changes(goal)), list(changes(world))
    missing, extra = unmatched(wanted, made)
    return len(wanted), len(missing), extra


def repeated(extra: Collection[Change], world: World) -> int:
    """Count the unwanted changes of a world that are the same as another of its changes."""
    if not extra:
        return 0
    made = Counter((change.what, change.exact) for change in changes(world))
    return sum(made[change.what, change.exact] > 1 for change in extra)


def solved(scenario: Scenario) -> tuple[World, Answer]:
    """Run the solution on a fork of the canonical world."""
    world = scenario.origin.fork()
    program = answered(scenario.solution(scenario.facts))
    try:
        call = next(program)
        while True:
            call = program.send(scenario.canonical.call(call, world))
    except StopIteration as end:
        return world, end.value


def changes(world: World) -> Iterator[Change]:
    """Yield every difference between a world and its beginning."""
    tables = world.changed_tables()
    created = {
        id: (name, row)
        for name in tables
        for id, row in world.table(name).items()
        if id not in world.base[name]
    }
    label = _labels(created)
    for name in tables:
        now, base = world.table(name), world.base[name]
        prose = world.types[name].prose
        for id, row in now.items():
            before = base.get(id, {})
            if before is not row and before != row:
                what = f"{name} {id}" if before else f"{name} (new)"
                changed = {k: v for k, v in row.items() if k != "id" and before.get(k) != v}
                yield _change(what, changed, prose, label)
        for id in base.keys() - now.keys():
            yield Change(f"{name} {id}", "deleted", frozenset())


def _change(what: str, fields: Row, prose: frozenset[str], label: Callable[[str], str]) -> Change:
    if not prose:
        return Change(what, label(_dump(fields)), frozenset())
    exact = {k: v for k, v in fields.items() if k not in prose}
    free = " ".join([str(v) for k, v in fields.items() if k in prose])
    return Change(what, label(_dump(exact)), frozenset(_facts(label(free))))


def _labels(created: dict[str, tuple[str, Row]]) -> Callable[[str], str]:
    """Return a function that replaces ids of new rows in a text by what those rows are."""
    if not created:
        return str
    ids = re.compile("|".join(rf"\b{re.escape(id)}\b" for id in created))
    shallow = {
        id: f"<new {name} {ids.sub('<new>', _dump({k: v for k, v in row.items() if k != 'id'}))}>"
        for id, (name, row) in created.items()
    }
    names = {id: json.dumps(text)[1:-1] for id, text in shallow.items()}
    return lambda text: ids.sub(lambda match: names[match[0]], text)


_dump = json.JSONEncoder(sort_keys=True).encode


def _facts(text: str) -> Iterator[str]:
    for token in _BETWEEN_FACTS.split(_THOUSANDS.sub("", text)):
        if any(c.isdigit() or c == "@" for c in token):
            plain = token.strip(".-_`").casefold()
            try:
                yield repr(float(plain))
            except ValueError:
                yield plain


def unmatched(wanted: list[Change], made: list[Change]) -> tuple[list[Change], list[Change]]:
    """Return the wanted changes that were not made, and the made ones that nobody wanted."""
    left = Counter(made)
    missing = []
    # The most demanding first, so that no easy one takes a match that a hard one needs.
    for change in sorted(wanted, key=lambda c: -len(c.facts)):
        fits = (
            c
            for c, count in left.items()
            if count
            and (c.what, c.exact) == (change.what, change.exact)
            and change.facts <= c.facts
            and len(c.facts) <= len(change.facts) + _SPARE_FACTS
        )
        found = next(fits, None)
        if found is None:
            missing.append(change)
        else:
            left[found] -= 1
    return missing, list(left.elements())
