"""Whether a repair is one: pristine tests, hidden inputs, and no reach for the test run."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from wildgym.envs.codebase.catalogue import Codebase
from wildgym.envs.codebase.checkout import roots_of
from wildgym.envs.codebase.judging import Call, answers, new_names, run_hidden_tests
from wildgym.envs.codebase.taken import is_source, judged_tree
from wildgym.envs.codebase.vary import varied
from wildgym.envs.scenario import Scenario
from wildgym.envs.trajectory import Trajectory
from wildgym.envs.verifier import Verdict
from wildgym.tools import Json, Rng, World
from wildgym.tools.sandboxes import SandboxLost, Tree

_VARIATIONS = 24
_DECISIVE = ("returned", "raised", "long")
_REFUSED = {"status": None}


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """What decides whether a repair is one, and that no agent sees.

    Attributes:
        pristine: Everything as it was published; equal releases share one tree.
        codebase: What it is.
        failing: The ids of the tests that fail for what is to be repaired.
        suite: The files of tests that are run.
        stable: The ids of the tests that pass on what was published, each time.
        calls: Calls on which what is to be repaired shows; inputs are drawn around theirs.
    """

    pristine: Tree
    codebase: Codebase
    failing: tuple[str, ...]
    suite: tuple[str, ...]
    stable: frozenset[str]
    calls: tuple[Call, ...]


def codebase_verifier(hidden: Hidden) -> Callable[[Scenario, World, Trajectory], Verdict]:
    """Return what judges the files that an agent leaves."""

    def verify(scenario: Scenario, world: World, trajectory: Trajectory) -> Verdict:
        workspace = world.workspace_here()
        handed_in = world.answer or _REFUSED
        nothing = dict.fromkeys(("takable", "untampered", "tests_pass", "behaves"), False)
        checks = {**nothing, "status": handed_in["status"] == "done"}
        try:
            left = scenario.canonically(workspace.tree())
            judged = judged_tree(hidden.pristine, left, hidden.codebase)
        except ValueError:
            return Verdict(checks, 0.0)
        checks["takable"] = True
        checks["untampered"] = not _tampered(workspace.backend, hidden, judged)
        try:
            passing, share = _tests(workspace.backend, hidden, judged)
            checks["tests_pass"] = passing
            checks["behaves"] = passing and _behaves(workspace.backend, hidden, judged)
        except SandboxLost:
            # Whose fault that is shows where the same is done to what is known to be right.
            _published(workspace.backend, hidden)
            share = 0.0
        return Verdict(checks, share if checks["untampered"] else 0.0)

    return verify


def _tampered(backend: str, hidden: Hidden, judged: Tree) -> list[str]:
    pairs = [
        (_text(hidden.pristine, path), judged[path].data.decode("utf-8", "replace"))
        for path in judged
        if is_source(path, hidden.codebase) and judged[path] != hidden.pristine.get(path)
    ]
    return new_names(backend, pairs) if pairs else []


def _text(tree: Tree, path: str) -> str:
    return tree[path].data.decode("utf-8", "replace") if path in tree else ""


def _tests(backend: str, hidden: Hidden, judged: Tree) -> tuple[bool, float]:
    """Say whether all passes that should, and which share does of what failed before."""
    wanted, seconds = _reference(backend, hidden)
    found = run_hidden_tests(
        backend, judged, hidden.suite, hidden.codebase.deselected, 5 + 10 * seconds
    )
    repaired = len(found.passed.intersection(hidden.failing)) / len(hidden.failing)
    whole = wanted <= found.passed and set(hidden.failing) <= found.passed
    return found.honest and whole, repaired if found.honest else 0.0


@cache
def _reference(backend: str, hidden: Hidden) -> tuple[frozenset[str], float]:
    """Return which tests pass on what was published, in the same kind of sandbox, and how fast."""
    began = time.monotonic()
    return _published(backend, hidden) & hidden.stable, time.monotonic() - began


def _published(backend: str, hidden: Hidden) -> frozenset[str]:
    """Run the tests on what was published; raise SandboxLost where even that cannot be done."""
    found = run_hidden_tests(
        backend, hidden.pristine, hidden.suite, hidden.codebase.deselected, trusted=True
    )
    if not found.honest:
        raise SandboxLost(f"the published tests cannot be run: {hidden.suite}")
    return found.passed


def _behaves(backend: str, hidden: Hidden, judged: Tree) -> bool:
    """Compare with what was published, here, on inputs that are drawn now."""
    if not hidden.calls:
        return True
    calls = _drawn(hidden.calls, Rng(secrets.token_hex(16)))
    roots = roots_of(hidden.codebase)
    wanted = answers(backend, hidden.pristine, roots, calls, trusted=True)
    again = answers(backend, hidden.pristine, roots, calls, trusted=True)
    if wanted is None or again is None:
        raise SandboxLost("what was published gives no answers")
    given = answers(backend, judged, roots, calls)
    return given is not None and all(
        _agree(right, answer)
        for right, other, answer in zip(wanted, again, given, strict=True)
        if right == other and right[0] in _DECISIVE
    )


def _agree(right: Json, answer: Json) -> bool:
    """Compare what came of a call; how an error is worded is the repair's own affair."""
    if right[0] == "raised":
        return bool(answer[:2] == right[:2])
    return bool(answer == right)


def _drawn(calls: Sequence[Call], rng: Rng) -> list[Call]:
    """Return the calls, and variations of them, in drawn order."""
    varieties = [
        (name, varied(arguments, rng))
        for name, arguments in (rng.pick(calls) for _ in range(_VARIATIONS))
    ]
    return rng.shuffled([*calls, *varieties])
