"""Limits on all processes and files together, which no rlimit knows."""

from __future__ import annotations

import os
import stat

from wildgym.tools.sandboxes.resident.config import CONFIG
from wildgym.tools.sandboxes.resident.processes import memory_used, open_files

_BLOCK = 512


def exceeded() -> str:
    """Return which limit is passed, or an empty string."""
    if memory_used(CONFIG["memory"]) > CONFIG["memory"]:
        return "memory"
    if CONFIG["own_disk"]:
        usages = [os.statvfs(folder) for folder in CONFIG["writable"]]
        return "files" if sum(u.f_files - u.f_ffree for u in usages) > CONFIG["files"] else ""
    return _walked()


def _walked() -> str:
    """Count files and bytes one by one, where the folders are on a disk that others use, too."""
    count = size = 0
    left = list(CONFIG["writable"])
    while left and count <= CONFIG["files"] and size <= CONFIG["disk"]:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    count, size = count + 1, size + status.st_blocks * _BLOCK
                    if entry.is_dir(follow_symlinks=False):
                        left.append(entry.path)
        except OSError:
            continue
    if count > CONFIG["files"]:
        return "files"
    return "disk" if size + _unlinked() > CONFIG["disk"] else ""


def _unlinked() -> int:
    """Return the bytes of files that no folder holds any more, but a process does."""
    sizes = {
        (file.st_dev, file.st_ino): file.st_blocks * _BLOCK
        for file in open_files()
        if stat.S_ISREG(file.st_mode) and file.st_nlink == 0
    }
    return sum(sizes.values())
