"""What attacks in Python begin with: a few helpers, and the numbers of system calls."""

import json
import platform
from functools import cache

from wildgym.tools.sandboxes.seccomp import NUMBERS

_MORE = {"x86_64": {"capget": 125}, "aarch64": {"capget": 90}}
_HELPERS = """
import ctypes, errno, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def escaped(what):
    print("ESCAPED", what, flush=True)
def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def system(name, *arguments):
    if name not in NUMBERS:
        raise OSError(errno.ENOSYS, name)
    return checked(libc.syscall(NUMBERS[name], *arguments))
def outcome(name, *arguments):
    try:
        system(name, *arguments)
    except OSError as error:
        return error.errno
    return 0
def tries(what, work):
    try:
        work()
    except Exception:
        return
    escaped(what)
def listed(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []
"""


@cache
def prelude() -> str:
    """Return the helpers' source."""
    machine = platform.machine()
    numbers = dict(NUMBERS.get(machine, {})) | _MORE.get(machine, {})
    return f"NUMBERS = {json.dumps(numbers)}\n{_HELPERS}"
