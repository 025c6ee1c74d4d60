"""The profile of a codebase as it was published: which tests can be relied on, what they reach."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from wildgym.envs.codebase.catalogue import Codebase
from wildgym.envs.codebase.checkout import UnfitError, checkout, code_of
from wildgym.envs.codebase.running import Call, Lines, Suite, outcomes_of, run_suite, watch_suite
from wildgym.envs.codebase.vary import varied
from wildgym.tools import Json, Rng
from wildgym.tools.sandboxes import Sandbox, Tree

T = TypeVar("T")

_SLOWEST, _WATCHED = 60.0, 900.0
_ORDERS = (0, 0, 1, 2)
# The order of a set depends on addresses, too, which differ from one build of Python to the next.
_HASH_SEED = 1
_FEWEST_TESTS = 10
_CHANCY = 0.1
_RECORDED, _REACHING, _VARIED, _SEEDS = 16, 40, 24, 6
_CALL_SECONDS, _ENTRY_SECONDS = 120.0, 20.0
_PLAIN = ("returned", "raised", "long")


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a codebase before anything is broken.

    Attributes:
        codebase: Which it is.
        tree: All files.
        tests: The tests that pass each time and in any order, in the order of the run.
        left_out: All others.
        seconds: How long all tests take.
        numbers: The bit of each test in `lines`.
        lines: Which tests reach a line; bit 0 is an import.
        calls: Calls of entry points whose outcome is always the same, recorded ones first.
        outcomes: What comes of each call.
        reached: Which calls reach a line.
        recorded: By entry point the arguments that the tests call it with.
    """

    codebase: Codebase
    tree: Tree
    tests: tuple[str, ...]
    left_out: tuple[str, ...]
    seconds: float
    numbers: Mapping[str, int]
    lines: Lines
    calls: Sequence[Call]
    outcomes: Sequence[Json]
    reached: Lines
    recorded: Mapping[str, tuple[Json, ...]]


def profiled(sandbox: Sandbox, codebase: Codebase) -> Profile:
    """Run the tests of a codebase several times, and see what they do.

    Args:
        sandbox: Where; it must be furnished with the `workshop`.
        codebase: What is profiled.

    Raises:
        UnfitError: It has too few tests that can be relied on.
    """
    tree = checkout(codebase)
    began = time.monotonic()
    runs = [_pristine(sandbox, tree, seed) for seed in _ORDERS]
    seconds = (time.monotonic() - began) / len(_ORDERS)
    if readable := _readable(sandbox, codebase, runs[0]):
        return profiled(sandbox, readable)
    sandbox.restore(tree)
    runs.append(run_suite(sandbox, timeout=_SLOWEST, hash_seed=_HASH_SEED))
    sandbox.restore(tree)
    watched = watch_suite(sandbox, codebase, tree, _WATCHED)
    everywhere = dict.fromkeys(test for run in (*runs, watched) for test in run.outcomes)
    stable = tuple(
        test
        for test in everywhere
        if all(run.outcomes.get(test) == "passed" for run in (*runs, watched))
    )
    if len(stable) < _FEWEST_TESTS:
        raise UnfitError(_too_few(codebase, runs[0], len(stable)))
    calls, outcomes, reached = _entry_points(sandbox, codebase, tree, watched.calls)
    steady: dict[str, list[Json]] = {}
    for name, arguments in calls:
        if arguments in watched.calls[name]:
            steady.setdefault(name, []).append(arguments)
    return Profile(
        codebase,
        tree,
        stable,
        tuple(test for test in everywhere if test not in stable),
        seconds,
        {test: number + 1 for number, test in enumerate(watched.outcomes)},
        watched.lines,
        calls,
        outcomes,
        reached,
        {name: tuple(_spread(seen, _SEEDS)) for name, seen in steady.items()},
    )


def _readable(sandbox: Sandbox, codebase: Codebase, run: Suite) -> Codebase | None:
    """Return a codebase without files of tests that keep all others from being run, if there are.

    They need other packages, or what lies elsewhere in a repository.
    """
    if run.outcomes or not run.unread:
        return None
    tests = tuple(test for test in codebase.tests if test not in run.unread)
    left = replace(codebase, without=(*codebase.without, *run.unread), tests=tests)
    try:
        return left if _pristine(sandbox, checkout(left), 0).outcomes else None
    except UnfitError:
        return None


def _too_few(codebase: Codebase, run: Suite, stable: int) -> str:
    """Say why there are too few tests to rely on, and what would be right."""
    where, ran = ", ".join(codebase.tests), len(run.outcomes)
    if run.said:
        why = f"its tests cannot be run: {'; '.join(run.said[:3])}"
    elif not ran:
        why = f"pytest finds no tests in {where}, or did not end in {_SLOWEST:.0f} seconds"
    elif run.failed:
        said = "; ".join(f"{test}: {run.messages.get(test, 'failed')}" for test in run.failed[:2])
        why = f"{len(run.failed)} of its {ran} tests fail before anything is broken: {said}"
    else:
        why = f"it has {ran} tests, of which {stable} pass each time and in any order"
    return (
        f"{codebase.release}: {why}. At least {_FEWEST_TESTS} tests have to pass, with nothing"
        " installed but pytest and the package itself, and without a network"
    )


def differs(expected: Json, observed: Json) -> bool:
    """Say whether two outcomes of a call differ in more than the text of an exception.

    Outcomes that depend on the speed and memory of a machine differ from nothing.
    """
    assert isinstance(expected, list)
    assert isinstance(observed, list)
    if expected[0] not in _PLAIN or observed[0] not in _PLAIN:
        return False
    if expected[0] == observed[0] == "raised":
        return bool(expected[1] != observed[1])
    return expected != observed


def _pristine(sandbox: Sandbox, tree: Tree, seed: int) -> Suite:
    sandbox.restore(tree)
    return run_suite(sandbox, timeout=_SLOWEST, seed=seed)


def _entry_points(
    sandbox: Sandbox, codebase: Codebase, tree: Tree, recorded: Mapping[str, Sequence[Json]]
) -> tuple[list[Call], list[Json], Lines]:
    """Return calls whose outcomes do not change from run to run nor with the calls before."""
    seen = [(name, arguments) for name in sorted(recorded) for arguments in recorded[name]]
    paths = code_of(codebase, tree)
    first = _patient(sandbox, codebase, tree, seen)
    working = [call for call, outcome in zip(seen, first, strict=True) if outcome is not None]
    sandbox.restore(tree)
    _, reached = outcomes_of(sandbox, codebase, working, _CALL_SECONDS, paths)
    asked = list(_asked(codebase, working, reached))
    forward = _patient(sandbox, codebase, tree, asked)
    backward = _patient(sandbox, codebase, tree, asked[::-1])[::-1]
    elsewhere = _patient(sandbox, codebase, tree, asked, _HASH_SEED)
    plain = [
        (call, one == other == third)
        for call, one, other, third in zip(asked, forward, backward, elsewhere, strict=True)
        if isinstance(one, list) and one[0] in _PLAIN
    ]
    # What is left to chance in several calls may only seem to be steady in others.
    made = Counter(name for (name, _), _ in plain)
    unsteady = Counter(name for (name, _), steady in plain if not steady)
    chancy = {name for name, count in unsteady.items() if count > _CHANCY * made[name]}
    steady = [call for call, same in plain if same and call[0] not in chancy]
    sandbox.restore(tree)
    outcomes, reached = outcomes_of(sandbox, codebase, steady, _CALL_SECONDS * 4, paths)
    return (steady, outcomes, reached) if outcomes else ([], [], {})


def _asked(codebase: Codebase, calls: Sequence[Call], reached: Lines) -> Iterator[Call]:
    """Yield calls with the data that tests use, and with data like it."""
    numbers: dict[str, list[int]] = {}
    for number, (name, _) in enumerate(calls):
        numbers.setdefault(name, []).append(number)
    everywhere = [bits for lines in reached.values() for bits in lines.values()]
    for name, own in numbers.items():
        mask = sum(1 << number for number in own)
        # For each line the first call that reaches it.
        reaching = dict.fromkeys((b & mask) & -(b & mask) for b in everywhere if b & mask)
        picked = dict.fromkeys(bit.bit_length() - 1 for bit in list(reaching)[:_REACHING])
        picked.update(dict.fromkeys(_spread(own, _RECORDED)))
        chosen = [calls[number] for number in sorted(picked)]
        yield from chosen
        rng = Rng("entry point", codebase.release, name)
        for _ in range(_VARIED):
            yield name, varied(rng.pick(chosen)[1], rng)


def _patient(
    sandbox: Sandbox, codebase: Codebase, tree: Tree, calls: Sequence[Call], hash_seed: int = 0
) -> list[Json]:
    """Return the outcomes of calls; None for those of entry points that end the process."""
    sandbox.restore(tree)
    outcomes, _ = outcomes_of(sandbox, codebase, calls, _CALL_SECONDS, (), hash_seed)
    if outcomes:
        return outcomes
    found: dict[int, Json] = {}
    for name in dict.fromkeys(name for name, _ in calls):
        numbers = [n for n, call in enumerate(calls) if call[0] == name]
        sandbox.restore(tree)
        own = [calls[n] for n in numbers]
        some, _ = outcomes_of(sandbox, codebase, own, _ENTRY_SECONDS, (), hash_seed)
        found.update(zip(numbers, some, strict=False))
    return [found.get(n) for n in range(len(calls))]


def _spread(items: Sequence[T], most: int) -> list[T]:
    """Return at most so many items, from all over."""
    step = max(1.0, len(items) / most)
    return [items[int(n * step)] for n in range(min(most, len(items)))]
