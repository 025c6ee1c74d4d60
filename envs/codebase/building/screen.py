"""Screening: whether tests notice a mutant, and which calls show it."""

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import zip_longest

from wildgym.envs.codebase.bank import Witness
from wildgym.envs.codebase.building.profile import Profile, differs
from wildgym.envs.codebase.checkout import code_of
from wildgym.envs.codebase.mutate import Mutation, Site, apply, sites
from wildgym.envs.codebase.mutate.apply import all_renames, module
from wildgym.envs.codebase.mutate.core import Module
from wildgym.envs.codebase.mutate.renames import NAME as RENAMED
from wildgym.envs.codebase.running import Lines, outcomes_of, run_suite
from wildgym.envs.codebase.values import show
from wildgym.tools import Json, Rng
from wildgym.tools.sandboxes import Sandbox

_MOST_KILLED = 0.4
_ALL_TESTS = 0.7
_MOST_CALLS, _CALL_SECONDS = 160, 40.0
_LONGEST_SHOWN = 400
_CRASHES = ("TypeError", "NameError", "AttributeError", "UnboundLocalError")
_WHOLE = frozenset({"removed_body", RENAMED})
"""Operators that may make more tests fail than others."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mutant that was not tried yet.

    Attributes:
        mutations: The changes.
        functions: The qualified names of the functions that are changed.
        lines: What is changed, by path, in the pristine tree.
        around: All lines of those functions.
    """

    mutations: tuple[Mutation, ...]
    functions: tuple[str, ...]
    lines: tuple[tuple[str, int], ...]
    around: tuple[tuple[str, int], ...]

    @property
    def operator(self) -> str:
        """The name of the operator."""
        return self.mutations[0].operator if len(self.mutations) == 1 else "several"


@dataclass(frozen=True, slots=True)
class Screened:
    """A mutant that was tried.

    Attributes:
        verdict: "killed" if some of the tests fail, but not too many; else why it is of no use.
        failing: The ids of the tests that fail.
        entries: The entry points whose answers differ.
        witness: One call whose answer differs.
        crash: Whether each failure is one that Python itself points out.
    """

    verdict: str
    failing: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    witness: Witness | None = None
    crash: bool = False


def candidates(profile: Profile) -> Iterator[Candidate]:
    """Yield mutants of lines that tests reach: of one operator after the other, in drawn order."""
    release = profile.codebase.release
    by_operator: dict[str, list[Candidate]] = {}
    for path in code_of(profile.codebase, profile.tree):
        for candidate in _of_module(profile, path):
            by_operator.setdefault(candidate.operator, []).append(candidate)
    by_operator[RENAMED] = list(_renamed(profile))
    drawn = [Rng("mutants", release, o).shuffled(found) for o, found in by_operator.items()]
    # Whole functions come twice as often as single changes.
    for name in sorted(_WHOLE & by_operator.keys()):
        n = list(by_operator).index(name)
        drawn.append(drawn[n][1::2])
        drawn[n] = drawn[n][::2]
    for turn in zip_longest(*drawn):
        yield from (candidate for candidate in turn if candidate is not None)


def screened(sandbox: Sandbox, profile: Profile, candidate: Candidate) -> Screened:
    """Try a mutant on the tests that reach it, and on calls of entry points."""
    changed = apply(profile.codebase, candidate.mutations)
    paths = _paths(profile, changed)
    if not all(_differs(profile.tree[path].data, changed[path].data) for path in paths):
        return Screened("no other Python")
    sandbox.restore(profile.tree)
    for path in paths:
        sandbox.write(path, changed[path].data)
    whole = candidate.operator in _WHOLE
    tests = _reaching(profile, candidate)
    most = 0 if whole else int(len(profile.tests) * _MOST_KILLED) + 1
    timeout = 5 * profile.seconds + 5
    suite = run_suite(sandbox, tests, timeout=timeout, most_failures=most)
    if not suite.ended:
        return Screened("did not end")
    failing = tuple(test for test in profile.tests if suite.outcomes.get(test) == "failed")
    if not failing:
        return Screened("survived")
    if most and len(failing) >= most:
        return Screened("too many failures")
    crash = all(suite.messages.get(test, "").startswith(_CRASHES) for test in failing)
    return Screened("killed", failing, *_shown(sandbox, profile, candidate), crash)


def _paths(profile: Profile, changed: Mapping[str, object]) -> list[str]:
    return [path for path in changed if changed[path] is not profile.tree[path]]


def _differs(before: bytes, after: bytes) -> bool:
    """Say whether a source is Python, and other Python than before."""
    try:
        return ast.dump(ast.parse(before)) != ast.dump(ast.parse(after))
    except (SyntaxError, ValueError):
        return False


def _of_module(profile: Profile, path: str) -> Iterator[Candidate]:
    parsed = module(profile.codebase, path)
    extents = {name: (f.lineno, f.end_lineno or f.lineno) for name, f in parsed.functions}
    for site in sites(parsed):
        first, last = extents[site.function]
        around = tuple((path, line) for line in range(first, last + 1))
        lines = around if site.operator in _WHOLE else tuple(_lines(parsed, path, site))
        if _bits(profile.lines, lines):
            mutation = Mutation(site.operator, path, site.line, site.column, site.variant)
            yield Candidate((mutation,), (site.function,), lines, around)


def _lines(parsed: Module, path: str, site: Site) -> Iterator[tuple[str, int]]:
    for edit in site.edits:
        line, column = parsed.position(edit.start)
        # What is put in at the beginning of a line belongs to the one before.
        first = line if column else line - 1
        for number in range(first, parsed.position(max(edit.start, edit.end - 1))[0] + 1):
            yield path, number


def _renamed(profile: Profile) -> Iterator[Candidate]:
    for rename in all_renames(profile.codebase):
        if _bits(profile.lines, rename.uses):
            mutation = Mutation(RENAMED, rename.path, rename.line, rename.column)
            yield Candidate((mutation,), (rename.old,), rename.uses, rename.uses)


def _bits(lines: Lines, places: Sequence[tuple[str, int]]) -> int:
    return reduce(int.__or__, (lines.get(path, {}).get(line, 0) for path, line in places), 0)


def _reaching(profile: Profile, candidate: Candidate) -> list[str]:
    """Return the tests that reach a mutant; none stands for all of them."""
    bits = _bits(profile.lines, candidate.lines)
    if bits & 1 or candidate.operator == RENAMED:
        return []
    found = [test for test in profile.tests if bits >> profile.numbers[test] & 1]
    return found if len(found) < _ALL_TESTS * len(profile.tests) else []


def _shown(
    sandbox: Sandbox, profile: Profile, candidate: Candidate
) -> tuple[tuple[str, ...], Witness | None]:
    """Return the entry points whose answers differ, and one call that shows it."""
    bits = _bits(profile.reached, candidate.lines) or _bits(profile.reached, candidate.around)
    # What only an import reaches may show in any call.
    bits = bits or (1 << len(profile.calls)) - 1
    # A function that has another name now cannot be called by the old one.
    gone = {candidate.functions[0]} if candidate.operator == RENAMED else set()
    numbers = [
        n
        for n, (name, _) in enumerate(profile.calls)
        if bits >> n & 1 and name.partition(":")[2] not in gone
    ]
    if len(numbers) > _MOST_CALLS:
        rng = Rng("calls", profile.codebase.release, candidate.mutations)
        numbers = sorted(rng.sample(numbers, _MOST_CALLS))
    calls = [profile.calls[n] for n in numbers]
    observed, _ = outcomes_of(sandbox, profile.codebase, calls, _CALL_SECONDS)
    different = [
        (n, seen)
        for n, seen in zip(numbers, observed, strict=False)
        if differs(profile.outcomes[n], seen)
    ]
    different.sort(key=lambda pair: _weakness(profile, pair[0]))
    entries = tuple(dict.fromkeys(profile.calls[n][0] for n, _ in different))
    return entries, _witness(profile, different)


def _weakness(profile: Profile, number: int) -> tuple[bool, bool]:
    """Return what makes a call a weak one: it is private, or gives no plain data.

    A repair may well rename what is private, or let objects hold something more.
    """
    parts = profile.calls[number][0].replace(":", ".").split(".")
    private = any(part.startswith("_") and not part.startswith("__") for part in parts)
    text = json.dumps(profile.outcomes[number])
    return private, '["object"' in text or '["repr"' in text


def _witness(profile: Profile, different: Sequence[tuple[int, Json]]) -> Witness | None:
    ranked = []
    for number, seen in different:
        witness = Witness(*profile.calls[number], _told(profile.outcomes[number]), _told(seen))
        if len(witness.expected) + len(witness.observed) <= 2 * _LONGEST_SHOWN:
            size = len(witness.expected) + len(str(witness.arguments))
            ranked.append((_weakness(profile, number), size, number, witness))
    return min(ranked)[-1] if ranked else None


def _told(outcome: Json) -> str:
    """Return what came of a call in words."""
    assert isinstance(outcome, list)
    kind, *rest = outcome
    if kind == "raised":
        return f"raises {rest[0]}: {rest[1]}".rstrip(": ")[:_LONGEST_SHOWN]
    if kind == "long":
        return " " * 3 * _LONGEST_SHOWN
    text = show(rest[0])
    return text if len(rest) == 1 else f"{text}, and its arguments become {show(rest[1])}"
