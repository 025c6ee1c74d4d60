"""Run a package's tests, and report the outcome of each; on request what each of them reaches."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from typing import Any

_REPORT, _LONGEST = 3, 600


def run_suite(data: bytes, tracer: Any = None, recorder: Any = None) -> None:
    """Run the tests that `data` asks for, and end this process.

    Args:
        data: `arguments` for pytest; `tests`, the ids to run (all if none); a `seed` for another
            order, if not 0.
        tracer: What notes the lines that are reached.
        recorder: What notes the calls that are made.
    """
    import pytest

    asked = json.loads(data)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    sys.argv = ["pytest"]
    suite = Suite(asked["tests"], asked["seed"], tracer)
    watchers = [watcher for watcher in (tracer, recorder) if watcher is not None]
    for watcher in watchers:
        watcher.__enter__()
    code = pytest.main(asked["arguments"], plugins=[suite])
    for watcher in reversed(watchers):
        watcher.__exit__(None, None, None)
    report = {
        "code": int(code),
        "outcomes": suite.outcomes,
        "messages": suite.messages,
        "unread": suite.unread,
        "lines": tracer.lines() if tracer else {},
        "calls": recorder.calls() if recorder else {},
    }
    if not suite.outcomes:
        # Why no test ran stands in nothing but what pytest printed.
        sys.stdout.flush()
        sys.stderr.flush()
    with os.fdopen(_REPORT, "w") as file:
        json.dump(report, file)
    os._exit(0)


class Suite:
    """A plugin of pytest that chooses tests, and notes what comes of them.

    Args:
        tests: The ids to run; all if there are none.
        seed: Of another order, if not 0.
        tracer: What is told which test runs.
    """

    def __init__(self, tests: list[str], seed: int, tracer: Any) -> None:
        self._wanted = frozenset(tests)
        self._seed = seed
        self._tracer = tracer
        self.outcomes: dict[str, str] = {}
        self.unread: list[str] = []
        self.messages: dict[str, str] = {}

    def pytest_collectreport(self, report: Any) -> None:
        """Note which files cannot be imported."""
        if report.failed:
            self.unread.append(report.nodeid)

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Keep the tests that are asked for, in another order if there is a seed."""
        if self._wanted:
            items[:] = [item for item in items if item.nodeid in self._wanted]
        if self._seed:
            random.Random(self._seed).shuffle(items)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Let what is traced be this test's; the first bit is for imports."""
        if self._tracer:
            self._tracer.bit = 2 << len(self.outcomes)
        self.outcomes[nodeid] = "passed"

    def pytest_runtest_logfinish(self) -> None:
        """Let what is traced be no test's."""
        if self._tracer:
            self._tracer.bit = 1

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the worst of what the phases of a test give."""
        if report.outcome == "passed" or self.outcomes[report.nodeid] == "failed":
            return
        self.outcomes[report.nodeid] = report.outcome
        crash = getattr(report.longrepr, "reprcrash", None)
        if report.outcome == "failed" and crash:
            self.messages[report.nodeid] = str(crash.message)[:_LONGEST]
