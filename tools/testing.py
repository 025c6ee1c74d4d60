"""Running a project's tests, in a fork of an interpreter that has pytest imported already."""

import json
import re

from wildgym.tools.shell import Seconds, shown
from wildgym.tools.tool import Json, writes
from wildgym.tools.world import World

PRELOAD = ("pytest", "_pytest.assertion.rewrite", "_pytest.pastebin", "_pytest.junitxml")
"""What an outfit has to preload for that."""

ARGUMENTS = ("-q", "--color=no", "--tb=short", "-p", "no:cacheprovider", "--no-header")

_RUN = "import json, sys, pytest; sys.argv = ['pytest']; sys.exit(pytest.main(json.loads(DATA)))"
# How long it took differs from run to run, and tells nothing.
_DURATION = re.compile(r" in \d+\.\d+s(?: \(\d+:\d\d:\d\d\))?")


@writes
def run_tests(
    world: World, tests: list[str] | None = None, timeout_seconds: Seconds = 120
) -> dict[str, Json]:
    """Run tests with pytest.

    Args:
        tests: Files or ids, such as tests/test_a.py::test_one; all tests if absent.
        timeout_seconds: After how many seconds they are ended.
    """
    arguments = json.dumps([*ARGUMENTS, *(tests or [])]).encode()
    sandbox = world.workspace_here().sandbox
    ran = sandbox.python(_RUN, data=arguments, timeout=timeout_seconds, merge=True)
    result = shown(ran, timeout_seconds)
    return {**result, "output": _DURATION.sub("", result["output"])}
