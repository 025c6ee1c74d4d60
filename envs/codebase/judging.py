"""Judging code that nobody trusts: fresh sandboxes, pristine tests, and answers kept outside.

Of the verifiers tried against the cheats that agents are known for, only the comparison of answers
outside the sandbox was fooled by none; tests that run in the process of what they test can be made
to say anything. So both have to hold, and tests that must fail have to fail.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from wildgym.envs.codebase.inside import program
from wildgym.envs.codebase.toolchain import toolchain
from wildgym.tools import Json
from wildgym.tools.sandboxes import Limits, Outfit, Sandbox, SandboxLost, Tree, pool
from wildgym.tools.testing import ARGUMENTS, PRELOAD

T = TypeVar("T")
Call = tuple[str, Json]
"""A dotted name and encoded arguments, as `inside.calls` has them."""

_LIMITS = Limits(seconds=120, output=8 << 20)
_CALLS_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of a run of tests.

    Attributes:
        tests: The outcome of each test by its id: "passed", "failed" or "skipped".
        honest: Whether the tests that have to fail did, and the run came to its end.
    """

    tests: Mapping[str, str]
    honest: bool

    @property
    def passed(self) -> frozenset[str]:
        """The ids of the tests that passed."""
        return frozenset(test for test, outcome in self.tests.items() if outcome == "passed")


@cache
def judging(trusted: bool) -> Outfit:
    """Return what a judging sandbox is furnished with; agents never work in one.

    Args:
        trusted: Whether what was published runs there, and nothing else. The two never share a
            sandbox: what an interpreter has freed, a fork of it may still find.
    """
    return Outfit(toolchain(), PRELOAD, _LIMITS)


def run_hidden_tests(
    backend: str,
    tree: Tree,
    tests: Sequence[str],
    deselected: Sequence[str] = (),
    seconds: float = _LIMITS.seconds,
    trusted: bool = False,
) -> Outcomes:
    """Run tests in a fresh sandbox.

    Args:
        backend: The name of a sandbox.
        tree: All files, the tests among them.
        tests: Files and ids.
        deselected: Ids that are left out.
        seconds: After how many seconds they are ended.
        trusted: Whether this is what was published.

    Raises:
        SandboxLost: It was, twice.
    """
    folder = tests[0].partition("::")[0].rpartition("/")[0] or "."
    arguments = [*ARGUMENTS, *(part for test in deselected for part in ("--deselect", test))]
    asked = {
        "tests": list(tests),
        "arguments": arguments,
        "nonce": secrets.token_hex(8),
        "folder": folder,
    }
    source = program("judge(DATA)", "hidden_tests")
    report = _told(backend, tree, source, asked, seconds, trusted)
    if not isinstance(report, dict):
        return Outcomes({}, honest=False)
    return Outcomes(report["outcomes"], bool(report["honest"] and report["ended"]))


def answers(
    backend: str,
    tree: Tree,
    roots: Sequence[str],
    calls: Sequence[Call],
    trusted: bool = False,
) -> list[Json] | None:
    """Return what functions give on the data of calls, made in a fresh sandbox.

    Args:
        backend: The name of a sandbox.
        tree: All files.
        roots: Folders in which packages are found.
        calls: What is called. Nothing else of it is known inside.
        trusted: Whether this is what was published.

    Returns:
        What came of each call, as `inside.calls` has it; None where nothing sensible came back.
    """
    source = program("make_calls(DATA, encode, decode)", "values", "calls")
    asked = {"roots": list(roots), "paths": [], "calls": [list(call) for call in calls]}
    told = _told(backend, tree, source, asked, _CALLS_SECONDS, trusted)
    outcomes = told.get("outcomes") if isinstance(told, dict) else None
    return outcomes if isinstance(outcomes, list) and len(outcomes) == len(calls) else None


def new_names(backend: str, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return the suspect names that sources have which they had not before.

    Args:
        backend: The name of a sandbox.
        pairs: Each source before and after.
    """
    source = program("find_new_names(DATA)", "tripwires")
    told = _told(backend, {}, source, [list(pair) for pair in pairs], _CALLS_SECONDS, False)
    return told if isinstance(told, list) else ["no Python"]


def _told(
    backend: str, tree: Tree, source: str, asked: Json, seconds: float, trusted: bool
) -> Json:
    """Run a program of ours in a fresh sandbox, and return the JSON of its report."""

    def work(sandbox: Sandbox) -> Json:
        ran = sandbox.python(source, data=json.dumps(asked).encode(), timeout=seconds)
        try:
            return json.loads(ran.report)
        except (ValueError, RecursionError):
            return None

    return in_fresh_sandbox(backend, tree, trusted, work)


def in_fresh_sandbox(backend: str, tree: Tree, trusted: bool, work: Callable[[Sandbox], T]) -> T:
    """Do something in a sandbox that nobody has worked in, again where the sandbox is lost.

    Raises:
        SandboxLost: It was lost both times.
    """
    pooled = pool(backend, judging(trusted))
    for last in (False, True):
        sandbox = pooled.lease(tree)
        try:
            return work(sandbox)
        except SandboxLost:
            if last:
                raise
        finally:
            pooled.give_back(sandbox)
    raise AssertionError("unreachable")
