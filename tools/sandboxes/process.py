"""Starting a runner as a process of this machine, over two pipes, and ending it."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from wildgym.tools.sandboxes.core import Launched
from wildgym.tools.sandboxes.spare import Identity

_LONGEST_COMPLAINT = 2000
_PATIENCE_SECONDS = 5.0


def launched(
    argv: Sequence[str],
    identity: Identity,
    *,
    passed: Sequence[int] = (),
    workspace: str = "/work",
    scratch: str = "/tmp",
    afterwards: Callable[[], None] = lambda: None,
) -> Launched:
    """Start a program that ends when its standard input does.

    Not by PR_SET_PDEATHSIG (bubblewrap's `--die-with-parent`): that means the thread that started
    it, and not the process.

    Args:
        argv: The program with its arguments.
        identity: Who runs it.
        passed: Descriptors that it inherits.
        workspace: As for `Launched`.
        scratch: As for `Launched`.
        afterwards: Called once when it is gone.
    """
    asked, writing = os.pipe2(os.O_CLOEXEC)
    reading, answered = os.pipe2(os.O_CLOEXEC)
    complaints = os.memfd_create("complaints")
    try:
        process = subprocess.Popen(
            argv,
            stdin=asked,
            stdout=answered,
            stderr=complaints,
            pass_fds=passed,
            env={"PATH": "/usr/bin:/bin"},
            cwd="/",
            start_new_session=True,
            **identity,
        )
    except OSError:
        for descriptor in (reading, writing, complaints):
            os.close(descriptor)
        afterwards()
        raise
    finally:
        os.close(asked)
        os.close(answered)
    lock, said = threading.Lock(), [""]

    def kill() -> None:
        with lock:
            if process.returncode is None:
                for descriptor in (reading, writing):
                    os.close(descriptor)
                _end(process)
                said[0] = os.pread(complaints, _LONGEST_COMPLAINT, 0).decode(errors="replace")
                os.close(complaints)
                afterwards()

    return Launched(reading, writing, kill, lambda: said[0].strip(), workspace, scratch)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a program whose input is closed; end it by force where that does not help."""
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        for pid in _children(process.pid):
            with suppress(OSError):
                os.kill(pid, 9)
        process.kill()
        process.wait()


def _children(parent: int) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == parent:
                    yield int(folder.name)
