"""Limits on all processes and files together, which no rlimit knows."""

from __future__ import annotations

import os

from wildgym.tools.sandboxes.resident.config import CONFIG
from wildgym.tools.sandboxes.resident.processes import memory_used

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
    return "disk" if size > CONFIG["disk"] else ""
