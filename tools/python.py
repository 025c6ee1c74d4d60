"""Python: an interpreter that keeps its names, and a fresh one for each call."""

from wildgym.tools.shell import Seconds, Source, shown
from wildgym.tools.tool import Json, writes
from wildgym.tools.world import World


@writes
def run_python(world: World, code: Source, timeout_seconds: Seconds = 60) -> dict[str, Json]:
    """Run Python code in an interpreter that keeps its names from call to call.

    Args:
        code: Statements; the value of an expression that stands last is shown.
        timeout_seconds: After how many seconds it is ended, and its names are lost.
    """
    return shown(world.workspace_here().run_cell(code, timeout_seconds), timeout_seconds)


@writes
def run_script(world: World, code: Source, timeout_seconds: Seconds = 60) -> dict[str, Json]:
    """Run a Python program in a fresh interpreter, in the workspace.

    Args:
        code: The program.
        timeout_seconds: After how many seconds it is ended.
    """
    sandbox = world.workspace_here().sandbox
    return shown(sandbox.python(code, timeout=timeout_seconds, merge=True), timeout_seconds)
