"""Whose something on the host is: what a killed process left, or what is still in use."""

import os
import socket
import stat
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path

_PREFIX = "wildgym-"
_PATIENCE_SECONDS = 60.0


def mark() -> str:
    """Return a mark of this process, of letters, digits and hyphens."""
    pid = os.getpid()
    return f"{_place()}-{pid}-{_started(pid)}"


def gone(marked: str) -> bool:
    """Say whether the process that made a mark has surely ended.

    A process of another machine, or of a PID namespace that cannot be seen from here, has not
    surely ended.
    """
    place, _, process = marked.partition("-")
    pid, _, started = process.partition("-")
    return place == _place() and pid.isdigit() and _started(int(pid)) != started


def folder() -> Path:
    """Make a private folder that is cleared away some time, should this process be killed."""
    _cleared()
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{mark()}-"))


def remove(path: Path) -> None:
    """Remove a folder, however deep or locked what an agent made in it is."""
    script = 'rm -rf -- "$1" 2>/dev/null || { chmod -R u+rwx -- "$1"; rm -rf -- "$1"; }'
    argv = ["/bin/sh", "-c", script, "sh", str(path)]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(argv, stdin=subprocess.DEVNULL, check=False, timeout=_PATIENCE_SECONDS)


def clear() -> int:
    """Remove the folders of processes that have ended; return how many there were."""
    count = 0
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*-*-*"):
        if gone(path.name.removeprefix(_PREFIX).rpartition("-")[0]):
            with suppress(OSError):
                if stat.S_ISDIR(path.lstat().st_mode):
                    remove(path)
                    count += 1
    return count


@cache
def _cleared() -> int:
    return clear()


@cache
def _place() -> str:
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        namespace = ""
    return blake2b(f"{socket.gethostname()}{namespace}".encode(), digest_size=4).hexdigest()


def _started(pid: int) -> str:
    """Return when a process began, or nothing if there is none: ids are used again."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        pass
    if Path("/proc/self").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "unknown"
