"""The shell: one that keeps its state from call to call, and one that does not."""

from typing import Annotated

from pydantic import Field

from wildgym.tools.sandboxes import Ran
from wildgym.tools.tool import Json, writes
from wildgym.tools.world import World

Seconds = Annotated[int, Field(ge=1, le=600)]
Source = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Text that a program can be given: without a NUL character."""

_STATE = "shell"
_SHELL = "/bin/bash"
# The state comes back on descriptor 3, by a trap, so that `exit` does not lose it. It is taken up
# after `cd`, which would forget where `cd -` leads.
_KEEPING = r"""
cd -- "$2" 2>/dev/null || echo "sandbox: $2 is gone; back in $PWD" >&2; eval "$1"
trap 'printf "%s\0" "$PWD" >&3; declare -px >&3; declare -fpx >&3' EXIT
set -a
eval "$3"
"""


@writes
def run_command(world: World, command: Source, timeout_seconds: Seconds = 60) -> dict[str, Json]:
    """Run a command in bash. The working folder, variables and functions stay for the next one.

    Args:
        command: What to run. Processes that it leaves running are ended.
        timeout_seconds: After how many seconds it is ended.
    """
    sandbox = world.workspace_here().sandbox
    cwd, state = world.memory.get(_STATE, (sandbox.workspace, ""))
    argv = [_SHELL, "-c", _KEEPING, "bash", state, cwd, command]
    ran = sandbox.run(argv, timeout=timeout_seconds, merge=True)
    folder, ended, left = ran.report.partition(b"\0")
    if ended:
        decoded = left.decode("utf-8", "surrogateescape")
        world.memory[_STATE] = (folder.decode("utf-8", "surrogateescape"), decoded)
    return shown(ran, timeout_seconds)


@writes
def run_once(world: World, command: Source, timeout_seconds: Seconds = 60) -> dict[str, Json]:
    """Run a command in a new bash in the workspace. Nothing of its state is kept but files.

    Args:
        command: What to run. Processes that it leaves running are ended.
        timeout_seconds: After how many seconds it is ended.
    """
    sandbox = world.workspace_here().sandbox
    return shown(
        sandbox.run(command, timeout=timeout_seconds, merge=True, shell=_SHELL), timeout_seconds
    )


def shown(ran: Ran, timeout: float) -> dict[str, Json]:
    """Return what an agent is shown of a command: text, whatever the bytes.

    Args:
        ran: What came of it.
        timeout: After how many seconds it would have been ended.
    """
    result: dict[str, Json] = {
        "exit_code": ran.exit_code,
        "output": ran.stdout.decode("utf-8", "replace"),
    }
    notes = []
    if ran.killed == "time":
        notes.append(f"it was ended after {timeout:g} seconds, with all that it had started")
    elif ran.killed:
        notes.append(f"it was ended because it passed the limit on {ran.killed}")
    if ran.cut:
        notes.append(f"{ran.cut} bytes of the output were left out")
    if ran.restarted:
        notes.append("the interpreter was started anew: its names are gone")
    if notes:
        result["note"] = "; ".join(notes)
    return result
