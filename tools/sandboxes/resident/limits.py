"""Limits on all processes and files together, which no rlimit knows."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import suppress

from wildgym.tools.sandboxes.resident.config import CONFIG
from wildgym.tools.sandboxes.resident.processes import memory_used, open_files, running, secretive

_BLOCK = 512


def exceeded() -> str:
    """Return which limit is passed, or an empty string."""
    pids = running()
    if memory_used(pids, CONFIG["memory"]) > CONFIG["memory"]:
        return "memory"
    if CONFIG["own_disk"]:
        usages = [os.statvfs(folder) for folder in CONFIG["writable"]]
        return "files" if sum(u.f_files - u.f_ffree for u in usages) > CONFIG["files"] else ""
    return _walked(pids)


def _walked(pids: Sequence[int]) -> str:
    """Count files and bytes one by one, where the folders are on a disk that others use, too."""
    count = size = 0
    left = list(CONFIG["writable"])
    while left and count <= CONFIG["files"] and size <= CONFIG["disk"]:
        try:
            found = _sizes(left.pop())
        except FileNotFoundError:
            continue
        except OSError:
            # Too deep to look into.
            return "files"
        count, size = count + len(found), size + sum(bytes_ for _, bytes_ in found)
        left += [folder for folder, _ in found if folder]
    if count > CONFIG["files"]:
        return "files"
    # What a process has open and shows to nobody could be anything.
    hidden = secretive(pids) or size + _unlinked(pids) > CONFIG["disk"]
    return "disk" if hidden or size > CONFIG["disk"] else ""


def _sizes(folder: str) -> list[tuple[str, int]]:
    """Return for each entry of a folder its path, if it is a folder itself, and its bytes."""
    try:
        entries = list(os.scandir(folder))
    except PermissionError:
        _unlock(folder)
        entries = list(os.scandir(folder))
    found = []
    for entry in entries:
        with suppress(FileNotFoundError):
            status = entry.stat(follow_symlinks=False)
            inner = entry.path if stat.S_ISDIR(status.st_mode) else ""
            found.append((inner, status.st_blocks * _BLOCK))
    return found


def _unlock(folder: str) -> None:
    """Allow a look into a folder, and into no other that takes its place meanwhile."""
    opened = os.open(folder, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY)
    try:
        os.chmod(f"/proc/self/fd/{opened}", 0o755)
    finally:
        os.close(opened)


def _unlinked(pids: Sequence[int]) -> int:
    """Return the bytes of files that no folder holds any more, but a process does."""
    sizes = {
        (file.st_dev, file.st_ino): file.st_blocks * _BLOCK
        for file in open_files(pids)
        if stat.S_ISREG(file.st_mode) and file.st_nlink == 0
    }
    return sum(sizes.values())
