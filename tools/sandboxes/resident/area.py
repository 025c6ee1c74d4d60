"""A folder that can be put back to what it was, at the cost of one look at each file."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping

from wildgym.tools.sandboxes.resident.config import CONFIG, IGNORED
from wildgym.tools.sandboxes.resident.files import (
    beneath,
    make_folders,
    read_all,
    regular,
    write_all,
)

Entry = tuple[int, bytes]
"""Mode and content; the target of a link."""

_EPOCH = 1_924_992_000_000_000_000  # 2031-01-01: all files are as old, so that listings are equal
_RACY = 50_000_000  # within so many ns of a change, another one might leave the ctime as it is
_FOLDER = 0o755
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_CLEAR = 'chmod -R u+rwx -- "$1"; find "$1" -mindepth 1 -delete'


class Area:
    """One folder, and what it is to hold.

    Args:
        folder: An absolute path.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._root = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self.base: Mapping[str, Entry] = {}
        # What each file looked like when its content was known, and when that was.
        self._known: dict[str, tuple[tuple[int, ...], int]] = {}

    def __del__(self) -> None:
        os.close(self._root)

    def read(self, path: str) -> bytes:
        """Return the content of a file."""
        return read_all(regular(self._root, path, os.O_RDONLY))

    def write(
        self, path: str, data: bytes, mode: int | None, dated: int | None = None
    ) -> os.stat_result:
        """Create or replace a file, with the folders that lead to it."""
        try:
            descriptor = regular(self._root, path, _CREATE, 0o644)
        except FileNotFoundError:
            make_folders(self._root, path)
            descriptor = regular(self._root, path, _CREATE, 0o644)
        return write_all(descriptor, data, mode, dated)

    def remove(self, path: str) -> None:
        """Remove a file or link."""
        folder, _, name = path.rpartition("/")
        parent = beneath(self._root, folder or ".", os.O_PATH | os.O_DIRECTORY)
        try:
            os.unlink(name, dir_fd=parent)
        finally:
            os.close(parent)

    def restore(self, base: Mapping[str, Entry]) -> None:
        """Make the folder hold `base` and nothing else."""
        try:
            found = self.scan()
        except OSError:
            found = self._cleared()
        folders = _needed(base)
        kept = self._swept(found, base, folders)
        self.base = base
        self._known = {path: seen for path, seen in self._known.items() if path in kept}
        for path, entry in base.items():
            if path not in kept:
                self._put(path, *entry)
        for path, mode in folders.items():
            if mode != _FOLDER:
                os.chmod(os.path.join(self.folder, path), mode)

    def _swept(
        self,
        found: Mapping[str, os.stat_result],
        base: Mapping[str, Entry],
        folders: Mapping[str, int],
    ) -> set[str]:
        """Remove what is not as in `base`; return the files that are."""
        kept = set()
        for path, status in found.items():
            if path.endswith("/") and status.st_mode & 0o777 != _FOLDER:
                os.chmod(os.path.join(self.folder, path), _FOLDER)
        for path in sorted(found, reverse=True):
            if path.endswith("/"):
                if path not in folders:
                    os.rmdir(os.path.join(self.folder, path))
            elif self._same(path, base) and self._unchanged(path, found[path]):
                kept.add(path)
            else:
                os.unlink(os.path.join(self.folder, path))
        return kept

    def changes(self) -> tuple[dict[str, Entry], list[str]]:
        """Return the entries that are not as in the base, and the paths that are gone."""
        found = self.scan(whole=False)
        changed: dict[str, Entry] = {}
        oversized: list[str] = []
        room = CONFIG["disk"]
        for path, status in found.items():
            if path.endswith("/"):
                unusual = status.st_mode & 0o777 != _FOLDER
                if unusual or not any(p != path and p.startswith(path) for p in found):
                    changed[path[:-1]] = (status.st_mode, b"")
            elif not self._unchanged(path, status):
                # Files with holes may be far larger than the disk: what has no room is as if gone.
                room -= status.st_size
                entry = self._entry(path, status.st_mode) if room >= 0 else None
                if entry is not None:
                    changed[path] = entry
                elif path in self.base:
                    oversized.append(path)
        self._relock(found)
        gone = [p for p in self.base if p not in found and p + "/" not in found]
        return changed, gone + oversized

    def scan(self, *, whole: bool = True) -> dict[str, os.stat_result]:
        """Return the status of everything in the folder by path; a folder's ends with a slash.

        Args:
            whole: Whether to raise OSError for a folder that is too deep to be looked into; it is
                left out otherwise.
        """
        status = os.stat(self.folder)
        if status.st_uid == os.getuid() and status.st_mode & 0o777 != _FOLDER:
            # A folder that is somebody else's, such as a container's /dev/shm, no agent can lock.
            os.chmod(self.folder, _FOLDER)
        found: dict[str, os.stat_result] = {}
        left = [""]
        while left:
            try:
                inner = self._looked_into(left.pop(), found)
            except OSError:
                if whole:
                    raise
                continue
            found.update(inner)
            left += [path for path in inner if path.endswith("/")]
        return found

    def _looked_into(
        self, folder: str, found: Mapping[str, os.stat_result]
    ) -> dict[str, os.stat_result]:
        inner, skip = {}, len(self.folder) + 1
        for entry in self._listed(folder, found):
            status, path = entry.stat(follow_symlinks=False), entry.path[skip:]
            inner[path + "/" if stat.S_ISDIR(status.st_mode) else path] = status
        return inner

    def _listed(self, folder: str, found: Mapping[str, os.stat_result]) -> list[os.DirEntry[str]]:
        """Return the entries of a folder; one that does not allow it is unlocked."""
        full = os.path.join(self.folder, folder)
        if folder and found[folder].st_mode & 0o700 != 0o700:
            os.chmod(full, 0o700)
        with os.scandir(full) as entries:
            return list(entries)

    def _relock(self, found: Mapping[str, os.stat_result]) -> None:
        """Give folders that a scan unlocked their permissions again, the inner ones first."""
        for path in sorted(found, reverse=True):
            mode = found[path].st_mode
            if path.endswith("/") and mode & 0o700 != 0o700:
                os.chmod(os.path.join(self.folder, path), mode & 0o777)

    def _same(self, path: str, base: Mapping[str, Entry]) -> bool:
        """Say whether the present base and another have the same at a path."""
        mine, other = self.base.get(path), base.get(path)
        return mine is not None and (mine is other or mine == other)

    def _unchanged(self, path: str, status: os.stat_result) -> bool:
        """Say whether a file surely is as in the base.

        No program can set the ctime, so equal ones mean that nothing was written since, unless that
        came so soon after that the clock had not moved: as git does, look into the file then.
        """
        seen = self._known.get(path)
        if seen is None or seen[0] != _signature(status):
            return False
        if seen[1] - status.st_ctime_ns > _RACY:
            return True
        now = time.time_ns()
        if self._entry(path, status.st_mode) != self.base[path]:
            return False
        self._known[path] = (seen[0], now)
        return True

    def _entry(self, path: str, mode: int) -> Entry | None:
        """Return what stands at a path; None for what is neither file nor link."""
        if stat.S_ISLNK(mode):
            return mode, os.fsencode(os.readlink(os.path.join(self.folder, path)))
        if not stat.S_ISREG(mode):
            return None
        try:
            return mode, self.read(path)
        except PermissionError:
            # Unreadable, but the sandbox's own.
            full = os.path.join(self.folder, path)
            os.chmod(full, 0o600)
            try:
                return mode, self.read(path)
            finally:
                os.chmod(full, mode & 0o777)

    def _cleared(self) -> dict[str, os.stat_result]:
        """Remove everything, however deep or locked, where a scan could not get through."""
        argv = ["/bin/sh", "-c", _CLEAR, "sh", self.folder]
        environment = {"PATH": "/usr/bin:/bin"}
        os.waitpid(os.posix_spawn("/bin/sh", argv, environment, setsigdef=IGNORED), 0)
        self._known = {}
        return self.scan()

    def _put(self, path: str, mode: int, data: bytes) -> None:
        full = os.path.join(self.folder, path)
        if stat.S_ISREG(mode):
            status = self.write(path, data, mode, _EPOCH)
            self._known[path] = (_signature(status), time.time_ns())
            return
        make_folders(self._root, path)
        if stat.S_ISLNK(mode):
            os.symlink(os.fsdecode(data), full)
            self._known[path] = (_signature(os.lstat(full)), time.time_ns())
        else:
            os.makedirs(full, exist_ok=True)


def _needed(base: Mapping[str, Entry]) -> dict[str, int]:
    """Return the folders that the entries of a base lie in or are, and their permissions."""
    folders: dict[str, int] = {}
    for path, (mode, _) in base.items():
        if stat.S_ISDIR(mode):
            folders[path + "/"] = mode & 0o777
        at = path.find("/")
        while at >= 0:
            folders.setdefault(path[: at + 1], _FOLDER)
            at = path.find("/", at + 1)
    return folders


def _signature(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_size, status.st_ctime_ns, status.st_mode
