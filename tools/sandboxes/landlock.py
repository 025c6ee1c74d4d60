"""Landlock: no privileges, no namespaces, no helper. For where nothing better can be had.

What is kept: of the host's files only the runtime can be read and nothing can be written; no
sockets; no signals to others, no look into them; no privileges; all limits, those on memory, disk
and files by a watch that kills what passes them.

What cannot be kept, since the kernel does not mediate it:

- That a path of the host exists, who owns it and how large it is (`stat`), and where its symbolic
  links lead. Contents and listings of folders stay hidden.
- That a process id is in use.
- Permissions and times: files of the same user could be changed by path, so that `chmod`, `chown`
  and `touch -d` are denied to all commands, even in the workspace.
- The limits on disk and files are passed for up to a twentieth of a second, and for up to one by a
  program that cannot be read, which hides what it has open.
- `/tmp`, `/proc` and `/dev/shm` are not there; `TMPDIR` is. The workspace's path differs from
  sandbox to sandbox.
- If the runner itself is killed from outside, and not by the host's leaving, what it ran can live
  on, unless the host is root.
"""

import ctypes
import itertools
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from wildgym.tools.sandboxes import launch, owner, seccomp
from wildgym.tools.sandboxes.core import Launched, Limits, Unavailable
from wildgym.tools.sandboxes.process import launched
from wildgym.tools.sandboxes.spare import Identity

_CREATE_RULESET, _VERSION = 444, 1
_NEEDED = 6
_SPARED = 0x7FEE_D1E5  # stands for a thread whose number only the runner will know
_FIRST_USER, _USERS = 57_000, 4_000

_RUNTIME = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/alternatives", "/etc/ssl/certs")
_FILES = ("ld.so.cache", "nsswitch.conf", "localtime", "mime.types")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_NOT_MEDIATED = (
    *("chmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchownat", "file_setattr"),
    *("utime", "utimes", "futimesat", "removexattr", "lremovexattr", "removexattrat"),
    *("shmat", "shmctl", "msgsnd", "msgrcv", "msgctl", "semop", "semctl", "semtimedop"),
    *("setpriority", "inotify_add_watch"),
)
"""Calls that reach other files and processes of the same user, and that Landlock lets pass."""


class Landlock:
    """Sandboxes by Landlock, a filter of system calls, and limits."""

    name = "landlock"
    lacks: tuple[str, ...] = (
        "that existence and size of the host's files stay hidden",
        "that chmod, chown and touch -d work",
        "a /tmp and a /proc",
        "the same path of the workspace in every sandbox",
    )

    def launch(self, limits: Limits) -> Launched:
        """Start a runner in a folder of its own."""
        _require()
        identity, reserved = _nobody()
        folder = owner.folder()
        for name in ("work", "site", "tmp"):
            (folder / name).mkdir()
        if "user" in identity:
            for path in (folder, *folder.iterdir()):
                os.chown(path, identity["user"], identity["group"])
        return launched(
            launch.command(_config(limits, folder)),
            identity,
            workspace=str(folder / "work"),
            scratch=str(folder / "tmp"),
            afterwards=lambda: _clear(folder, identity, reserved),
        )


def _require() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < _NEEDED:
        has = f"has version {version}" if version > 0 else "does not offer it"
        raise Unavailable(
            f"landlock: this kernel {has}, and version {_NEEDED} is needed, which keeps signals "
            "in; it comes with Linux 6.12"
        )
    if not os.path.exists(launch.PYTHON):
        raise Unavailable(f"landlock: there is no {launch.PYTHON}; install python3")


def _config(limits: Limits, folder: Path) -> dict[str, Any]:
    work, site, scratch = (str(folder / name) for name in ("work", "site", "tmp"))
    rlimits = launch.rlimits(limits)
    if os.geteuid() != 0:
        # The kernel counts everything that this user runs.
        rlimits["NPROC"] += _tasks_of(os.geteuid())
    granted = {
        "read": [*_runtime(), *(f"/etc/{name}" for name in _FILES)],
        "use": [f"/dev/{name}" for name in _DEVICES],
        "write": [work, site, scratch],
    }
    denied = (*seccomp.DENIED, *_NOT_MEDIATED)
    filtered = seccomp.program(
        denied=denied, pathless=("utimensat",), hiding=False, families=(), spared=_SPARED
    )
    return launch.config(
        limits,
        workspace=work,
        areas={"work": work, "site": site, "scratch": scratch},
        emptied=[],
        writable=[work, site, scratch],
        own_disk=False,
        pid_namespace=False,
        rlimits=rlimits,
        env=launch.environment(work, site, scratch),
        seccomp="",
        landlock={
            "runner": {**granted, "read": [*granted["read"], "/proc"]},
            "commands": granted,
            "seccomp": filtered.hex(),
            "spared": _SPARED,
        },
    )


def _runtime() -> Iterator[str]:
    for path in _RUNTIME:
        yield from _without_hidden(Path(path))


def _without_hidden(path: Path) -> Iterator[str]:
    """Split a folder until what is not to be seen stands alone: a rule takes all beneath it."""
    if str(path) in launch.HIDDEN:
        return
    if any(Path(hidden).is_relative_to(path) for hidden in launch.HIDDEN):
        for inner in sorted(path.iterdir()):
            yield from _without_hidden(inner)
    else:
        yield str(path)


def _nobody() -> tuple[Identity, socket.socket]:
    """Return a user that is nobody else's for as long as the socket beside it is open.

    Whatever belongs to that user ends with the sandbox. For who is not root it is the present one.
    """
    for number in itertools.count(os.getpid()):
        reserved = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        if os.geteuid() != 0:
            return {}, reserved
        user = _FIRST_USER + number % _USERS
        try:
            # No two can be bound to one name, and no file is left when this process ends.
            reserved.bind(f"\0wildgym-user-{user}")
        except OSError:
            reserved.close()
            continue
        if not any(_processes_of(user)):
            return {"user": user, "group": user, "extra_groups": ()}, reserved
        reserved.close()
    raise AssertionError


def _clear(folder: Path, identity: Identity, reserved: socket.socket) -> None:
    """End what is left of a sandbox, and remove its folder."""
    if "user" in identity:
        while left := list(_processes_of(identity["user"])):
            for pid in left:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
    owner.remove(folder)
    reserved.close()


def _tasks_of(user: int) -> int:
    return sum(len(os.listdir(f"/proc/{pid}/task")) for pid in _processes_of(user))


def _processes_of(user: int) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if folder.stat().st_uid == user:
                    yield int(folder.name)
