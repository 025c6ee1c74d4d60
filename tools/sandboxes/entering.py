"""Entering new namespaces: bubblewrap's recipe through ctypes, run in a process of its own.

The source of this file is given to a bare interpreter, with a plan as its argument, so it imports
the standard library alone. The plan is made by `namespaces.py`; every item of it is one step here.

The process stays outside as the launcher. Its child is PID 1 inside, and dies when it does.
"""

import ctypes
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
# Flags of a mount that a user namespace may not take away, as statvfs has them and as mount does.
_LOCKED = ((2, 2), (4, 4), (8, 8), (1024, 1024), (2048, 2048), (4096, 1 << 21))
_USER, _MOUNT, _PID, _NET, _IPC, _UTS, _CGROUP = (
    *(0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000),
)
_NAMESPACES = _USER | _MOUNT | _PID | _NET | _IPC | _UTS | _CGROUP
_MNT_DETACH = 2
_PDEATHSIG, _DUMPABLE, _CAPBSET_DROP, _NO_NEW_PRIVILEGES, _AMBIENT = 1, 4, 24, 38, 47
_AMBIENT_CLEAR = 4
_CAPABILITIES = 64
_CAPABILITY_VERSION = 0x20080522
_ROOT = "/tmp"  # any folder: the new root is laid over it

libc = ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> None:
    """Raise OSError where a call failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def enter(plan: dict[str, Any]) -> None:
    """Become what the plan says, and execute its command; never returns."""
    uid, gid = os.getuid(), os.getgid()
    # A process that changed its user is undumpable, and could not write its own maps.
    libc.prctl(_DUMPABLE, 1, 0, 0, 0)
    checked(libc.unshare(_NAMESPACES), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{plan['uid']} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{plan['uid']} {gid} 1")
    pid = os.fork()
    if pid:
        wait_for(pid)
    libc.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    build_root(plan)
    socket.sethostname(plan["hostname"])
    os.setsid()
    drop_privileges()
    command = plan["command"]
    os.execve(command[0], command, {"PATH": "/usr/bin:/bin"})


def wait_for(pid: int) -> None:
    """Exit when PID 1 has, and with it everything inside."""
    # The channel is PID 1's alone, so that its end can be seen.
    for descriptor in (0, 1):
        os.close(descriptor)
    os.waitpid(pid, 0)
    os._exit(0)


def build_root(plan: dict[str, Any]) -> None:
    """Put the new root together from mounts, links and files, and change to it."""
    checked(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "make mounts private")
    mount("tmpfs", _ROOT, "tmpfs", MS_NOSUID | MS_NODEV, "size=4m,nr_inodes=2k,mode=0755")
    for step in plan["steps"]:
        STEPS[step[0]](*step[1:])
    old = f"{_ROOT}/.old"
    os.mkdir(old)
    os.chdir(_ROOT)
    checked(libc.pivot_root(b".", b".old"), "pivot_root")
    os.chdir("/")
    checked(libc.umount2(b"/.old", _MNT_DETACH), "unmount the old root")
    os.rmdir("/.old")
    for path in plan["frozen"]:
        remount(path, MS_RDONLY)


def mount(source: str, path: str, kind: str, flags: int, data: str) -> None:
    """Mount a file system."""
    result = libc.mount(
        source.encode(), path.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()
    )
    checked(result, f"mount {path}")


def remount(path: str, flags: int) -> None:
    """Change what may be done on a mount; never take away a flag that it has."""
    present = os.statvfs(path).f_flag
    flags |= sum(given for shown, given in _LOCKED if present & shown)
    flags |= MS_REMOUNT | MS_BIND | MS_NOSUID
    result = libc.mount(b"none", path.encode(), None, ctypes.c_ulong(flags), None)
    checked(result, f"remount {path}")


def make_folder(path: str) -> None:
    """Make a folder inside."""
    os.makedirs(_ROOT + path, exist_ok=True)


def make_file(path: str, text: str) -> None:
    """Make a file inside."""
    os.makedirs(os.path.dirname(_ROOT + path), exist_ok=True)
    Path(_ROOT + path).write_text(text)


def make_link(path: str, target: str) -> None:
    """Make a symbolic link inside."""
    os.symlink(target, _ROOT + path)


def make_tmpfs(path: str, data: str, flags: int) -> None:
    """Mount an empty file system inside."""
    make_folder(path)
    mount("tmpfs", _ROOT + path, "tmpfs", MS_NOSUID | flags, data)


def make_special(path: str, kind: str, data: str) -> None:
    """Mount a file system of the kernel's inside."""
    make_folder(path)
    mount(kind, _ROOT + path, kind, MS_NOSUID | MS_NOEXEC, data)


def bind(source: str, path: str, flags: int) -> None:
    """Show something of the host's inside, if the host has it."""
    source = os.path.realpath(source)
    if not os.path.exists(source):
        return
    target = _ROOT + path
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    flagged = ctypes.c_ulong(MS_BIND | MS_REC)
    checked(libc.mount(source.encode(), target.encode(), None, flagged, None), f"bind {source}")
    remount(target, flags)


def mask(path: str) -> None:
    """Hide a file of the kernel's, or make a folder of its own read-only."""
    if os.path.isdir(_ROOT + path):
        bind(_ROOT + path, path, MS_RDONLY | MS_NODEV)
    elif os.path.exists(_ROOT + path):
        bind("/dev/null", path, MS_RDONLY)


def forbid_namespaces() -> None:
    """Allow no user namespace inside this one, beside what the filter says."""
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


STEPS: Mapping[str, Callable[..., None]] = {
    "bind": bind,
    "file": make_file,
    "folder": make_folder,
    "forbid namespaces": forbid_namespaces,
    "link": make_link,
    "mask": mask,
    "special": make_special,
    "tmpfs": make_tmpfs,
}


def drop_privileges() -> None:
    """Give up every capability, for good."""
    for capability in range(_CAPABILITIES):
        libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(_AMBIENT, _AMBIENT_CLEAR, 0, 0, 0)
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    checked(libc.capset(header, bytes(24)), "capset")
    checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no_new_privs")


if __name__ == "__main__":
    enter(json.loads(sys.argv[1]))
