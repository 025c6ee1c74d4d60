"""What a process does to itself for good: a filter of system calls, and Landlock.

Landlock is for where there are no namespaces. The runner takes a domain of its own, and commands
take a narrower one within it, so that they can neither signal the runner nor look into it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import stat
import struct
from collections.abc import Mapping, Sequence

from wildgym.tools.sandboxes.resident.config import CONFIG, libc, prctl

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_BENEATH = 1

_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE, _IOCTL = 1, 2, 4, 8, 1 << 14, 1 << 15
_EVERYTHING = (1 << 16) - 1
_DEVICES_AND_SOCKETS = 1 << 6 | 1 << 9 | 1 << 11
_ON_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL
_ALL_TCP, _SIGNALS_AND_SOCKETS = 3, 3

RIGHTS: Mapping[str, int] = {
    "read": _EXECUTE | _READ | _LIST,
    "use": _READ | _WRITE,
    "write": _EVERYTHING & ~_DEVICES_AND_SOCKETS & ~_IOCTL,
}
"""What can be granted: to read and execute, to use a device, to do anything to files."""


def confine(rules: int) -> None:
    """Take a domain and a filter that nothing lifts; does nothing where there are namespaces.

    Args:
        rules: What `ruleset` made.
    """
    if rules >= 0:
        prctl(_NO_NEW_PRIVILEGES, 1)
        _checked(libc.syscall(_RESTRICT_SELF, rules, 0), "landlock_restrict_self")
        if rules == COMMANDS:
            install_filter(_sparing(SPAWNER))


SPAWNER = [0]
"""The thread that spawns commands: it has their domain, and so could be reached by them."""


def _sparing(threads: Sequence[int]) -> bytes:
    """Return the filter of commands, with the thread that they may not signal filled in."""
    unknown = struct.pack("I", CONFIG["landlock"]["spared"])
    program = bytes.fromhex(CONFIG["landlock"]["seccomp"])
    return program.replace(unknown, struct.pack("I", threads[0]))


def ruleset(granted: Mapping[str, Sequence[str]]) -> int:
    """Return a descriptor of rules that deny everything but what is granted.

    Args:
        granted: Paths by the name of a right.
    """
    attributes = struct.pack("QQQ", _EVERYTHING, _ALL_TCP, _SIGNALS_AND_SOCKETS)
    size = ctypes.c_size_t(len(attributes))
    rules = _checked(libc.syscall(_CREATE_RULESET, attributes, size, 0), "landlock_create_ruleset")
    for right, paths in granted.items():
        for path in paths:
            _grant(rules, RIGHTS[right], path)
    # Out of the way of the numbers that commands are given.
    return fcntl.fcntl(rules, fcntl.F_DUPFD_CLOEXEC, 100)


def _grant(rules: int, rights: int, path: str) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(os.fstat(opened).st_mode):
        rights &= _ON_FILES
    rule = struct.pack("=Qi", rights, opened)
    _checked(libc.syscall(_ADD_RULE, rules, _BENEATH, rule, 0), "landlock_add_rule")
    os.close(opened)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def install_filter(program: bytes) -> None:
    """Let a BPF program judge every system call from now on."""
    buffer = ctypes.create_string_buffer(program)
    given = _Program(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    prctl(_NO_NEW_PRIVILEGES, 1)
    _checked(libc.prctl(_SECCOMP, _FILTER, ctypes.byref(given), 0, 0), "seccomp")


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


RUNNER = ruleset(CONFIG["landlock"]["runner"]) if "landlock" in CONFIG else -1
COMMANDS = ruleset(CONFIG["landlock"]["commands"]) if "landlock" in CONFIG else -1
"""Domains to take; -1 where namespaces do the work."""
