"""Running a package's tests and functions in a sandbox, while tasks are made of it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from wildgym.envs.codebase.catalogue import Codebase
from wildgym.envs.codebase.checkout import code_of, module_of, roots_of
from wildgym.envs.codebase.inside import program
from wildgym.envs.codebase.toolchain import toolchain
from wildgym.tools import Json
from wildgym.tools.sandboxes import Limits, Outfit, Sandbox, Tree
from wildgym.tools.sandboxes.launch import PYTHON

Call = tuple[str, Json]
"""A dotted name as `inside.calls` has it, and encoded arguments."""

Lines = Mapping[str, Mapping[int, int]]
"""By path and line a set, as bits, of what reaches it."""

_OWN_INTERPRETER = "import sys; DATA = sys.stdin.buffer.read()\n"
_ERROR = re.compile(r"^E +(.+)$", re.MULTILINE)
_SCREEN = ("-q", "--assert=plain", "-W", "ignore", "--tb=line")
_TELL = ("-q", "-W", "ignore", "--tb=short")


@dataclass(frozen=True, slots=True)
class Suite:
    """What came of a run of tests.

    Attributes:
        outcomes: "passed", "failed" or "skipped" by id, in the order in which they ran.
        messages: The exception of each failed test, as far as pytest has one.
        lines: What each line is reached by: bit 0 is an import, bit n + 1 the nth test.
        calls: By dotted name the arguments, all data, with which functions were called.
        ended: Whether the run came to its end.
        unread: The files of tests that cannot be imported.
        said: Where no test ran, the errors that pytest tells of.
    """

    outcomes: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    lines: Lines = field(default_factory=dict)
    calls: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    ended: bool = False
    unread: Sequence[str] = ()
    said: Sequence[str] = ()

    @property
    def failed(self) -> list[str]:
        """The ids of the tests that failed."""
        return [test for test, outcome in self.outcomes.items() if outcome == "failed"]


@cache
def workshop() -> Outfit:
    """Return what a sandbox is furnished with in which tasks are made."""
    return Outfit(toolchain(), ("pytest", "unittest"), Limits(output=64 << 20, cpu_seconds=600))


def run_suite(
    sandbox: Sandbox,
    tests: Sequence[str] = (),
    *,
    timeout: float,
    most_failures: int = 0,
    seed: int = 0,
    tell: bool = False,
    hash_seed: int = 0,
) -> Suite:
    """Run tests.

    Args:
        sandbox: Where the tree is.
        tests: Their ids; all if there are none.
        timeout: Seconds for all together.
        most_failures: After how many of them to stop, if not 0.
        seed: Of another order, if not 0.
        tell: Whether messages say what was compared, for which pytest rewrites tests.
        hash_seed: Of an interpreter of its own, if not 0: there sets have other orders.
    """
    paths = sorted({test.partition("::")[0] for test in tests})
    options = [*(_TELL if tell else _SCREEN), *paths]
    if most_failures:
        options.append(f"--maxfail={most_failures}")
    asked = {"arguments": options, "tests": list(tests), "seed": seed}
    return _suite(sandbox, "run_suite(DATA)", ("suite",), asked, timeout, hash_seed)


def watch_suite(sandbox: Sandbox, codebase: Codebase, tree: Tree, timeout: float) -> Suite:
    """Run all tests, once to note which lines each reaches, once to note the calls it makes."""
    asked = {"arguments": list(_SCREEN), "tests": [], "seed": 0}
    paths = code_of(codebase, tree)
    traced = _suite(
        sandbox, f"run_suite(DATA, Tracer({paths!r}))", ("calls", "suite"), asked, timeout
    )
    modules = {path: module_of(codebase, path) for path in paths}
    last = f"run_suite(DATA, None, Recorder({modules!r}, encode_data))"
    recorded = _suite(sandbox, last, ("values", "suite", "recorder"), asked, timeout)
    return Suite(
        traced.outcomes,
        traced.messages,
        traced.lines,
        recorded.calls,
        traced.ended and recorded.ended,
    )


def outcomes_of(
    sandbox: Sandbox,
    codebase: Codebase,
    calls: Sequence[Call],
    timeout: float,
    traced: Sequence[str] = (),
    hash_seed: int = 0,
) -> tuple[list[Json], Lines]:
    """Make calls; return what comes of each, and which of them reach the lines of traced files.

    Nothing is returned where the process does not come to its end.
    """
    asked = {"roots": roots_of(codebase), "paths": list(traced), "calls": list(calls)}
    source = program("make_calls(DATA, encode, decode)", "values", "calls")
    report = _report(sandbox, source, asked, timeout, hash_seed)
    return report.get("outcomes", []), _lines(report.get("lines", {}))


def _suite(
    sandbox: Sandbox,
    last: str,
    names: Sequence[str],
    asked: Json,
    timeout: float,
    hash_seed: int = 0,
) -> Suite:
    report = _report(sandbox, program(last, *names), asked, timeout, hash_seed)
    if not report:
        return Suite()
    return Suite(
        report["outcomes"],
        report["messages"],
        _lines(report["lines"]),
        report["calls"],
        report["code"] in (0, 1),
        report["unread"],
        report.get("said", ()),
    )


def _report(
    sandbox: Sandbox, source: str, asked: Json, timeout: float, hash_seed: int = 0
) -> dict[str, Any]:
    data = json.dumps(asked).encode()
    if hash_seed:
        command = [PYTHON, "-S", "-c", _OWN_INTERPRETER + source]
        environment = {"PYTHONHASHSEED": str(hash_seed)}
        ran = sandbox.run(command, env=environment, stdin=data, timeout=timeout)
    else:
        ran = sandbox.python(source, data=data, timeout=timeout)
    try:
        report: dict[str, Any] = json.loads(ran.report)
    except ValueError:
        return {}
    if report.get("outcomes") == {}:
        printed = (ran.stdout + b"\n" + ran.stderr).decode(errors="replace")
        report["said"] = list(dict.fromkeys(_ERROR.findall(printed)))
    return report


def _lines(found: Mapping[str, Mapping[str, str]]) -> Lines:
    return {
        path: {int(line): int(bits, 16) for line, bits in lines.items()}
        for path, lines in found.items()
    }
