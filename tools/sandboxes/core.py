"""The contract of sandboxes: what is promised, how much of everything there is, what can go wrong.

Promises, the same for every backend that does not say otherwise: no network, not even the host's
loopback; of the host's files only a read-only runtime; no processes but the sandbox's own; none of
the host's environment; an unprivileged user that cannot gain privileges; limits on everything in
`Limits`; nothing that was started inside outlives the sandbox, or a `restore`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

MEBIBYTE = 1 << 20

Killed = Literal["", "time", "memory", "files", "disk", "output", "calls", "stopped"]
"""A limit; or "stopped" where the answer to one of its calls was to end it."""


class Unavailable(Exception):
    """A sandbox that cannot be had here. The message says why, and what would help."""


class SandboxLost(Exception):
    """A sandbox that is gone, for no fault of what ran in it: the host's failure."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of everything a sandbox has.

    Attributes:
        seconds: The time of one command, where the caller says nothing.
        cpu_seconds: CPU time of one process.
        memory: Bytes of memory of all processes together.
        processes: How many processes there may be at once.
        disk: Bytes in all files together.
        files: How many files and folders there may be.
        output: Bytes kept of each of a command's streams; the middle of more is left out.
        open_files: How many files one process may have open.
        calls: How many calls of the host one command may make, where it can make any.
        call_bytes: How many bytes one such call may have.
    """

    seconds: float = 60.0
    cpu_seconds: int = 60
    memory: int = 512 * MEBIBYTE
    processes: int = 96
    disk: int = 128 * MEBIBYTE
    files: int = 20_000
    output: int = 64 << 10
    open_files: int = 512
    calls: int = 1000
    call_bytes: int = MEBIBYTE


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command.

    Attributes:
        exit_code: As shells have it: 124 for a timeout, 128 + n for signal n.
        stdout: What it wrote, or the beginning and the end of that.
        stderr: The same for errors; empty if they were merged into `stdout`.
        report: What it wrote to descriptor 3: a way past its output.
        killed: Which limit it was killed for, if any. What is no call passes the limit on them.
        cut: How many bytes were left out.
        restarted: Whether the interpreter that keeps its names lost them, before or by this.
    """

    exit_code: int
    stdout: bytes
    stderr: bytes = b""
    report: bytes = b""
    killed: Killed = ""
    cut: int = 0
    restarted: bool = False


@dataclass(frozen=True, slots=True)
class Launched:
    """A runner that was started, and how to talk to it and end it.

    Attributes:
        reading: Descriptor on which it answers.
        writing: Descriptor on which it is asked; may be the same.
        kill: Closes both, ends it and everything in it, waits until it is gone, and removes what
            it left on the host. May be called twice.
        complaint: Returns what it said of its own failure, once it was killed.
        workspace: Where the work folder lies, as the agent sees it.
        scratch: Where the folder for temporary files lies.
    """

    reading: int
    writing: int
    kill: Callable[[], None]
    complaint: Callable[[], str] = str
    workspace: str = "/work"
    scratch: str = "/tmp"


class Backend(Protocol):
    """A way of isolating. One file each."""

    @property
    def name(self) -> str:
        """The name it goes by in `sandbox=`."""
        ...

    @property
    def lacks(self) -> tuple[str, ...]:
        """The promises that it cannot keep, in words; none for most."""
        ...

    def launch(self, limits: Limits) -> Launched:
        """Start a runner in a new sandbox.

        Raises:
            Unavailable: That cannot be done here.
        """
        ...
