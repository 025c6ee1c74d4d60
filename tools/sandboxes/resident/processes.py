"""The processes of a sandbox, and their end."""

from __future__ import annotations

import errno
import os
import signal
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from wildgym.tools.sandboxes.resident.config import CONFIG
from wildgym.tools.sandboxes.resident.confinement import RUNNER

_PAGE = 4096
_SHARED_SECONDS = 0.5
_SHY_SECONDS = 1.0
# Whether a signal to everyone stays inside: PID 1 sees no others, and a domain reaches no others.
_APART = CONFIG.get("pid_namespace", False) or RUNNER >= 0
_COUNTED = {
    "/sys/fs/cgroup/memory.stat": ("anon", "kernel", "sock"),
    "/sys/fs/cgroup/memory/memory.stat": ("total_rss",),
}
_SOCKET = 256 << 10  # what the kernel lets one hold, and a little more


def reap() -> bool:
    """Collect the dead; return whether there is any child left."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return True
        except ChildProcessError:
            return False


def kill_all(spare: int | None = None, seconds: float = 5.0) -> bool:
    """Kill everything in the sandbox, and say whether it is gone.

    Args:
        spare: A child that stays, with what comes from it.
        seconds: How long to go on trying.
    """
    end = time.monotonic() + seconds
    while reap():
        if _APART and spare is None:
            signalled(-1, signal.SIGKILL)
        else:
            left = _strays(spare)
            if not left:
                return True
            # Stopped first, so that nothing forks while its turn to die has not come.
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in left:
                    signalled(pid, number)
        if time.monotonic() > end:
            return False
        time.sleep(0.0003)
    return True


def signalled(pid: int, number: int) -> None:
    """Send a signal to what may be gone."""
    with suppress(OSError):
        os.kill(pid, number)


def memory_used(pids: Sequence[int], most: int) -> int:
    """Return the bytes that all processes hold, and what their sockets may hold for them.

    Args:
        pids: The processes.
        most: Pages that several share are counted once only where more than this is held.
    """
    held = _sockets(pids) * _SOCKET
    if CONFIG["cgroup"]:
        return held + _charged()
    total = held + sum(_pages(pid) for pid in pids) * _PAGE
    if total <= most:
        return total
    if total - _SHARED.size > most or time.monotonic() > _SHARED.until:
        _SHARED.size = total - held - sum(_share(pid) for pid in pids)
        _SHARED.until = time.monotonic() + _SHARED_SECONDS
    return total - _SHARED.size


class _Shared:
    """What was counted more than once when that was last found out, which takes long."""

    size = 0
    until = 0.0


_SHARED = _Shared()


def _charged() -> int:
    """Return the bytes that the kernel has counted, where it counts: without asking each process.

    To be asked, a process must let go of its memory map; one that forks all the time hardly does.
    """
    for path, names in _COUNTED.items():
        try:
            with open(path) as file:
                fields = dict(line.split() for line in file)
        except OSError:
            continue
        return sum(int(fields.get(name, 0)) for name in names)
    raise OSError(errno.ENOENT, "there is no memory.stat")


def _pages(pid: int) -> int:
    """Return how many pages a process holds."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1])
    except (OSError, IndexError):
        return 0


def _share(pid: int) -> int:
    """Return the bytes that a process holds, less what others pay of it."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        # A process can keep that to itself; then it pays all of it.
        return _pages(pid) * _PAGE


def _sockets(pids: Sequence[int]) -> int:
    """Return how many sockets there are: what is sent and not received belongs to no process."""
    if not CONFIG["pid_namespace"]:
        return len({file.st_ino for file in open_files(pids) if stat.S_ISSOCK(file.st_mode)})
    try:
        with open("/proc/net/sockstat") as file:
            return int(file.readline().split()[2])
    except (OSError, IndexError):
        return 0


def open_files(pids: Sequence[int]) -> Iterator[os.stat_result]:
    """Yield what processes have open, one after the other."""
    for pid in pids:
        with suppress(OSError):
            for descriptor in os.listdir(f"/proc/{pid}/fd"):
                yield os.stat(f"/proc/{pid}/fd/{descriptor}")


def secretive(pids: Sequence[int]) -> bool:
    """Say whether a process has not shown for long what it has open.

    For a while each does not: it is born undumpable, as the runner is.
    """
    now = time.monotonic()
    _SHY.since = {pid: _SHY.since.get(pid, now) for pid in pids if _hides(pid)}
    return any(now - since > _SHY_SECONDS for since in _SHY.since.values())


def _hides(pid: int) -> bool:
    try:
        os.listdir(f"/proc/{pid}/fd")
    except PermissionError:
        return not _dead(pid)
    except OSError:
        pass
    return False


def _dead(pid: int) -> bool:
    """Say whether a process has ended with all its threads, and nobody has noticed yet."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return True
    return fields[0] in "ZX" and int(fields[17]) <= 1


class _Shy:
    """Who did not show what it has open when that was last looked at, and since when."""

    def __init__(self) -> None:
        self.since: dict[int, float] = {}


_SHY = _Shy()


def running() -> list[int]:
    """Return the processes of the sandbox but the runner."""
    if not CONFIG["pid_namespace"]:
        return _strays(None)
    return [int(n) for n in os.listdir("/proc") if n.isdigit() and int(n) != os.getpid()]


def _strays(spare: int | None) -> list[int]:
    """Return everything that comes from the runner, but `spare` and what comes from that."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found, left = [], [os.getpid()]
    while left:
        born = [pid for pid in children.get(left.pop(), []) if pid != spare]
        found += born
        left += born
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            # A process whose first thread ended looks dead, and may still run.
            yield int(name), int(fields[1])
