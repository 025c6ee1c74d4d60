"""A test that fails now and then, for reasons that are none of the package's."""

from dataclasses import dataclass, replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import literal
from wildgym.perturbations.command_output import output_of
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import files_of, is_codebase, world_with
from wildgym.tools import Calls, Obstacle, ToolCall, ToolResult
from wildgym.tools.sandboxes import File
from wildgym.tools.testing import run_tests

_MOST = 3
_TEST = '''"""Whether the host answers in time. It may be busy: that says nothing of the package."""

import pathlib
import tempfile

RUNS = pathlib.Path(tempfile.gettempdir(), "{name}")


def test_host_is_not_busy():
    runs = int(RUNS.read_text()) if RUNS.exists() else {first}
    RUNS.write_text(str(runs + 1))
    assert runs % {every}, "the host did not answer in time"
'''


@dataclass(frozen=True)
class Flaky(Obstacle):
    """A test that fails in some runs.

    Args:
        path: Where it is.
    """

    path: str

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Where it is the only one that failed, run the tests again."""
        result = yield call
        for _ in range(_MOST):
            output = output_of(result) if call.name == run_tests.name else None
            if output is None or f"FAILED {self.path}" not in output or "1 failed" not in output:
                break
            result = yield call
        return result


class AddFlakyTest(Perturbation):
    """Add a test that fails every few runs, and say that it does."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.0
    source: ClassVar = "E29"
    lesson: ClassVar = (
        "One test is known to fail now and then, so where it alone failed I run the tests again."
    )
    families: ClassVar = ("codebase",)
    rank: ClassVar = -24

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Add it, or with less strength more often not; at least every third run passes."""
        tree = files_of(scenario)
        if not is_codebase(scenario) or not draw.chance(self.strength, "whether"):
            return scenario
        folder = str(scenario.facts["tests"]).split(", ")[0].removesuffix(".py")
        path = f"{folder}/test_host.py" if any(p.startswith(f"{folder}/") for p in tree) else ""
        if not path or path in tree:
            return scenario
        rng = draw.rng("runs")
        every = rng.integer(2, 3)
        text = _TEST.format(name=draw.token("file"), first=rng.integer(0, every - 1), every=every)
        rule = (
            f"{path} tests the host, and fails in some runs whatever the package does: run the"
            " tests again then, and leave it as it is."
        )
        return scenario.behind(
            self.name,
            Flaky(path),
            world=world_with(scenario, {**tree, path: File(text.encode())}),
            system=replace(scenario.system, rules=(*scenario.system.rules, literal(rule))),
        )
