"""Run tests in a child, and report what came of them by a way that the child does not have.

What is judged runs in the same process as pytest, so it can make any test say anything. It cannot
write to the report, which only the parent holds; and tests that have to fail, under names that it
cannot know, show when everything is made to pass.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

REPORT = 3
CANARIES = {
    "compares": ("assert 1 == 2", "failed"),
    "contains": ("assert 'x' in 'y'", "failed"),
    "raises": ("raise ValueError('canary')", "failed"),
    "expects": ("import pytest\n    with pytest.raises(ValueError): pass", "failed"),
    "differs": ("assert [1.0] != [1.0]", "failed"),
    "holds": ("assert [1, 2] == [1, 2]", "passed"),
}


def judge(data: bytes) -> None:
    """Run what `data` asks for: `tests`, `arguments`, `nonce`, and the `folder` of the canaries."""
    asked = json.loads(data)
    canary = os.path.normpath(os.path.join(asked["folder"], f"test_{asked['nonce']}.py"))
    with open(canary, "w") as file:
        for name, (body, _) in CANARIES.items():
            file.write(f"def test_{name}_{asked['nonce']}():\n    {body}\n\n")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.close(REPORT)
        _work(asked, canary, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        lines = file.read().splitlines()
    status = os.waitpid(child, 0)[1]
    outcomes, ended = _read(lines, asked["nonce"])
    expected = {f"{canary}::test_{n}_{asked['nonce']}": o for n, (_, o) in CANARIES.items()}
    honest = all(outcomes.pop(test, None) == outcome for test, outcome in expected.items())
    report = {"outcomes": outcomes, "honest": honest, "ended": ended and status == 0}
    os.write(REPORT, json.dumps(report).encode())


def _work(asked: dict[str, Any], canary: str, writing: int) -> None:
    """In the child: run pytest, and write down each outcome as it comes."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    import pytest

    nonce = asked["nonce"]

    class Recorder:
        def pytest_runtest_logreport(self, report: Any) -> None:
            # A test that fails before or after its body fails.
            if report.when == "call" or report.outcome != "passed":
                line = json.dumps([nonce, report.nodeid, report.outcome])
                os.write(writing, line.encode() + b"\n")

    sys.argv = ["pytest"]
    pytest.main([*asked["arguments"], *asked["tests"], canary], plugins=[Recorder()])
    os.write(writing, json.dumps([nonce, "", "ended"]).encode() + b"\n")
    os._exit(0)


def _read(lines: list[bytes], nonce: str) -> tuple[dict[str, str], bool]:
    """Return the worst outcome of each test, and whether the child came to its end."""
    outcomes: dict[str, str] = {}
    ended = False
    for line in lines:
        try:
            said, test, outcome = json.loads(line)
        except ValueError:
            continue
        if said != nonce:
            continue
        if outcome == "ended":
            ended = True
        elif outcomes.get(test, "passed") == "passed":
            outcomes[test] = outcome
    return outcomes, ended
