"""Opening paths that cannot lead out of a folder, whatever links and renames do meanwhile."""

from __future__ import annotations

import ctypes
import errno
import os
import stat

from wildgym.tools.sandboxes.resident.config import CONFIG, libc

_OPENAT2 = 437
_BENEATH = 0x08 | 0x02  # RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS


class _How(ctypes.Structure):
    _fields_ = (
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    )


def beneath(root: int, path: str, flags: int, mode: int = 0) -> int:
    """Open a path relative to a folder, by openat2; raise OSError where it leads elsewhere."""
    how = _How(flags | os.O_CLOEXEC, mode if flags & os.O_CREAT else 0, _BENEATH)
    while True:
        size = ctypes.c_size_t(ctypes.sizeof(how))
        found = libc.syscall(_OPENAT2, root, os.fsencode(path), ctypes.byref(how), size)
        if found >= 0:
            return int(found)
        number = ctypes.get_errno()
        if number not in (errno.EAGAIN, errno.EINTR):
            raise OSError(number, os.strerror(number), path)


def regular(root: int, path: str, flags: int, mode: int = 0) -> int:
    """Open a regular file; raise OSError where the path leads to anything else."""
    # Opening a FIFO must not wait for somebody at its other end.
    descriptor = beneath(root, path, flags | os.O_NONBLOCK | os.O_NOCTTY, mode)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return descriptor
    os.close(descriptor)
    number = errno.EISDIR if stat.S_ISDIR(kind) else errno.EINVAL
    raise OSError(number, os.strerror(number), path)


def read_all(descriptor: int) -> bytes:
    """Read a file to its end, and close it."""
    try:
        size = os.fstat(descriptor).st_size
        if size > CONFIG["disk"]:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        data = os.read(descriptor, size + 1)
        while len(data) < size and (more := os.read(descriptor, size - len(data))):
            data += more
        return data
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes, mode: int | None, dated: int | None) -> os.stat_result:
    """Write a file whole, set its permissions and perhaps its time, and close it."""
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        if mode is not None:
            os.fchmod(descriptor, mode & 0o777)
        if dated is not None:
            os.utime(descriptor, ns=(dated, dated))
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def make_folders(root: int, path: str) -> None:
    """Make the folders that lead to a path."""
    parts = path.split("/")[:-1]
    for n, name in enumerate(parts):
        try:
            os.close(beneath(root, "/".join(parts[: n + 1]), os.O_PATH | os.O_DIRECTORY))
        except FileNotFoundError:
            parent = beneath(root, "/".join(parts[:n]) or ".", os.O_PATH | os.O_DIRECTORY)
            try:
                os.mkdir(name, 0o755, dir_fd=parent)
            finally:
                os.close(parent)
