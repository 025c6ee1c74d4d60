"""A user's folder as the tree that episodes begin with. It is read, and never written to."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from wildgym.tools.sandboxes.tree import EXECUTABLE, LINK, REGULAR, File, Tree

MOST_FILES = 2000
MOST_BYTES = 16 << 20
LARGEST = 4 << 20
_FAR_TOO_MANY = 10 * MOST_FILES
LEFT_OUT = frozenset(
    {
        *(".git", ".hg", ".svn", "__pycache__", ".venv", "venv", "node_modules", ".tox"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints"),
        ".DS_Store",
    }
)
"""Names of what nobody means by the files in a folder."""


class UnfitFolder(ValueError):
    """A folder that no workspace can be made of. The message says why, and what would help."""


def tree_of(path: str | Path, without: Sequence[str] = ()) -> Tree:
    """Return the files of a folder.

    Hidden files are among them; what is in `LEFT_OUT` is not. Of permissions it is kept whether a
    file can be executed. Links are kept that stay within the folder.

    Args:
        path: The folder.
        without: Globs over relative paths of what else is left out; `*` matches `/`, too.

    Raises:
        UnfitFolder: It is none, is empty or too large, or holds what cannot be copied.
    """
    folder = Path(path).expanduser()
    if not folder.is_dir():
        what = "is a file: give the folder that it is in" if folder.exists() else "does not exist"
        raise UnfitFolder(f"{path} {what}")
    folder = folder.resolve()
    tree: dict[str, File] = {}
    size = 0
    for found in _walked(folder, folder, without):
        name = found.relative_to(folder).as_posix()
        tree[name] = _file(found, name, folder)
        size += len(tree[name].data)
        if len(tree) > _FAR_TOO_MANY or size > 2 * MOST_BYTES:
            break
    if len(tree) > MOST_FILES or size > MOST_BYTES:
        raise UnfitFolder(_too_much(path, tree, size))
    if not tree:
        raise UnfitFolder(f"{path} is empty: nothing in it can be asked about")
    return dict(sorted(tree.items()))


def _walked(folder: Path, top: Path, without: Sequence[str]) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise UnfitFolder(f"{folder} cannot be read: {error.strerror}") from None
    for entry in entries:
        name = entry.relative_to(top).as_posix()
        if entry.name in LEFT_OUT or any(fnmatchcase(name, glob) for glob in without):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _walked(entry, top, without)
        else:
            yield entry


def _file(path: Path, name: str, top: Path) -> File:
    """Return one entry; raise UnfitFolder where no copy of it could be worked with."""
    if not _is_utf8(name):
        raise UnfitFolder(f"{name!r} in {top} is no name in UTF-8: rename it")
    if path.is_symlink():
        target = os.readlink(path)
        if os.path.isabs(target) or not (path.parent / target).resolve().is_relative_to(top):
            raise UnfitFolder(
                f"{path} is a link to {target}, and only relative links within the folder can be"
                f" copied: put the file itself there, or {_leave(path, top)}"
            )
        return File(os.fsencode(target), LINK)
    if not path.is_file():
        raise UnfitFolder(f"{path} is no file, folder or link: {_leave(path, top)}")
    try:
        stat = path.stat()
        if stat.st_size > LARGEST:
            raise UnfitFolder(
                f"{path} has {_mebibytes(stat.st_size)}, a file may have"
                f" {LARGEST >> 20} MiB: {_leave(path, top)}"
            )
        return File(path.read_bytes(), EXECUTABLE if stat.st_mode & 0o100 else REGULAR)
    except OSError as error:
        raise UnfitFolder(f"{path} cannot be read: {error.strerror}; {_leave(path, top)}") from None


def _leave(path: Path, top: Path) -> str:
    return f"leave it out with without=[{path.relative_to(top).as_posix()!r}]"


def _too_much(path: str | Path, tree: Tree, size: int) -> str:
    """Say what is too much, and where most of it is."""
    files, sizes = Counter[str](), Counter[str]()
    for name, file in tree.items():
        first, inside, _ = name.partition("/")
        files[first + inside] += 1
        sizes[first + inside] += len(file.data)
    counted = sizes if len(tree) <= MOST_FILES else files
    where = counted.most_common(1)[0][0]
    more = "more than " if len(tree) > _FAR_TOO_MANY or size > 2 * MOST_BYTES else ""
    glob = where + "*" if where.endswith("/") else where
    return (
        f"{path} has {more}{len(tree)} files and {_mebibytes(size)}; at most {MOST_FILES} files and"
        f" {MOST_BYTES >> 20} MiB can be copied for each episode. Most are in {where}: give a"
        f" smaller folder, or leave some out with without=[{glob!r}]"
    )


def _mebibytes(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
