"""Trees: the files of a folder as one immutable value."""

import stat
from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple

REGULAR = stat.S_IFREG | 0o644
EXECUTABLE = stat.S_IFREG | 0o755
READ_ONLY = stat.S_IFREG | 0o444
LINK = stat.S_IFLNK | 0o777
FOLDER = stat.S_IFDIR | 0o755


class File(NamedTuple):
    """One entry of a folder.

    Attributes:
        data: The content; the target of a symbolic link; nothing for a folder.
        mode: As `st_mode` has it: the kind of entry and its permissions.
    """

    data: bytes
    mode: int = REGULAR

    @property
    def regular(self) -> bool:
        """Whether it is a file, and no link or folder."""
        return stat.S_ISREG(self.mode)


Tree = Mapping[str, File]
"""Entries by POSIX path relative to the folder. Folders are listed only where they are empty, or
where their permissions are not the usual ones."""


def digest(tree: Tree) -> str:
    """Return a name for the content of a tree: equal trees have equal names, in any order."""
    hashed = blake2b(digest_size=16)
    for path in sorted(tree):
        file = tree[path]
        head = f"{path}\0{file.mode:o}\0{len(file.data)}\0"
        hashed.update(head.encode("utf-8", "surrogateescape"))
        hashed.update(file.data)
    return hashed.hexdigest()


def files_of(tree: Tree) -> dict[str, bytes]:
    """Return the contents of the regular files of a tree."""
    return {path: file.data for path, file in tree.items() if file.regular}
