"""Checkouts: the tree of a codebase as an agent meets it."""

import io
import tarfile
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path, PurePosixPath

from wildgym.envs.codebase.catalogue import Codebase
from wildgym.envs.codebase.fetch import FetchError, fetched
from wildgym.tools.sandboxes.tree import EXECUTABLE, REGULAR, File, Tree

_MOST_FILES = 300
_MOST_BYTES = 8 << 20
_LARGEST_ARCHIVE = 64 << 20
_MOST_WALKED = 50_000
_KEPT = ("README", "LICENSE", "LICENCE", "COPYING", "pyproject.toml")
_PRUNED = frozenset(
    {
        *("__pycache__", ".git", ".hg", ".tox", ".venv", "venv", "build", "dist", "node_modules"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"),
    }
)
_OTHERS = (".git", "pyvenv.cfg")
"""What marks a folder as another repository, or as an environment."""
_CONFIG = "pytest.ini"


class UnfitError(Exception):
    """A package that tasks cannot be made of. The message says why."""


@lru_cache(maxsize=32)
def checkout(codebase: Codebase) -> Tree:
    """Return a codebase's code, tests, readme and licence, and a configuration of pytest.

    Everything else is left out: what gives the original away, and what is only large.

    Raises:
        FetchError: It is not in the cache and cannot be had.
        UnfitError: It is not what the codebase says.
    """
    if codebase.path:
        tree = dict(_files_of_folder(Path(codebase.path), codebase))
    else:
        found = unpacked(_sdist(codebase))
        tree = {path: file for path, file in found.items() if _kept(path, codebase)}
    for path in (*codebase.packages, *codebase.tests):
        if not any(_within(kept, path) for kept in tree):
            raise UnfitError(f"{codebase.release}: there is nothing at {path}")
    tree[_CONFIG] = File(_configuration(codebase).encode())
    if len(tree) > _MOST_FILES or sum(len(file.data) for file in tree.values()) > _MOST_BYTES:
        size = sum(len(file.data) for file in tree.values()) / (1 << 20)
        raise UnfitError(
            f"{codebase.release} has {len(tree)} files and {size:.1f} MiB in"
            f" {', '.join((*codebase.packages, *codebase.tests))}; a codebase has at most"
            f" {_MOST_FILES} files and {_MOST_BYTES >> 20} MiB: give the folder of one package"
        )
    return dict(sorted(tree.items()))


def unpacked(sdist: bytes) -> Tree:
    """Return the regular files of an sdist, without the folder that all of them are in."""
    tree: dict[str, File] = {}
    size = 0
    with tarfile.open(fileobj=io.BytesIO(sdist)) as archive:
        for member in archive:
            path = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            if not member.isfile() or path.is_absolute() or ".." in path.parts or not path.parts:
                continue
            size += member.size
            if size > _LARGEST_ARCHIVE:
                raise UnfitError(f"an sdist unpacks to more than {_LARGEST_ARCHIVE >> 20} MiB")
            content = archive.extractfile(member)
            assert content is not None
            tree[str(path)] = File(content.read(), EXECUTABLE if member.mode & 0o100 else REGULAR)
    return tree


def code_of(codebase: Codebase, tree: Tree) -> list[str]:
    """Return the paths of a codebase's modules, without those of its tests."""
    return [
        path
        for path in sorted(tree)
        if path.endswith(".py")
        and any(_within(path, package) for package in codebase.packages)
        and not any(_within(path, test) for test in codebase.tests)
    ]


def roots_of(codebase: Codebase) -> list[str]:
    """Return the folders that Python has to look in to find the packages."""
    return sorted({str(PurePosixPath(package).parent) for package in codebase.packages})


def module_of(codebase: Codebase, path: str) -> str:
    """Return the name by which a module is imported."""
    root = max((r for r in roots_of(codebase) if _within(path, r)), key=len)
    below = PurePosixPath(path).relative_to(root).with_suffix("")
    parts = below.parts[:-1] if below.name == "__init__" else below.parts
    return ".".join(parts)


def _sdist(codebase: Codebase) -> bytes:
    if not codebase.sha256:
        raise FetchError(f"{codebase.release}: there is no hash of its sdist")
    return fetched(codebase.name, codebase.version, codebase.sha256)


def paths_in(folder: Path) -> list[str]:
    """Return the paths of a checkout's files, relative to it and in order.

    Links are left out, and so is what is not the project's: environments, caches, what is built,
    and repositories within the repository.

    Raises:
        UnfitError: It cannot be read, or there are too many.
    """
    try:
        found = list(islice(_walked(folder), _MOST_WALKED + 1))
    except OSError as error:
        raise UnfitError(f"{error.filename} cannot be read: {error.strerror}") from None
    if len(found) > _MOST_WALKED:
        raise UnfitError(
            f"{folder} has more than {_MOST_WALKED} files: give the folder of one package"
        )
    return [path.relative_to(folder).as_posix() for path in found]


def _files_of_folder(folder: Path, codebase: Codebase) -> Iterator[tuple[str, File]]:
    for path in paths_in(folder):
        if _kept(path, codebase):
            try:
                yield path, File((folder / path).read_bytes())
            except OSError as error:
                raise UnfitError(f"{folder / path} cannot be read: {error.strerror}") from None


def _walked(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _PRUNED or path.is_symlink():
            continue
        if path.is_dir():
            if not any((path / mark).exists() for mark in _OTHERS):
                yield from _walked(path)
        elif path.is_file() and path.stat().st_size < _MOST_BYTES:
            yield path


def _kept(path: str, codebase: Codebase) -> bool:
    parts = PurePosixPath(path).parts
    if any(part in _PRUNED or part.endswith(".egg-info") for part in parts):
        return False
    if path.endswith((".pyc", ".so", ".pyd")) or path in codebase.without:
        return False
    if any(_within(path, wanted) for wanted in (*codebase.packages, *codebase.tests)):
        return True
    return path.startswith(_KEPT) and len(parts) == 1


def _within(path: str, folder: str) -> bool:
    return folder == "." or path == folder or path.startswith(f"{folder}/")


def _configuration(codebase: Codebase) -> str:
    """Return a pytest.ini, which goes before every other configuration that a package may have."""
    options = ["-p no:cacheprovider", *(f"--deselect={test}" for test in codebase.deselected)]
    lines = [
        "[pytest]",
        f"pythonpath = {' '.join(roots_of(codebase))}",
        f"testpaths = {' '.join(codebase.tests)}",
        "python_files = test_*.py *_test.py tests.py",
        "addopts =",
        *(f"    {option}" for option in options),
    ]
    return "\n".join(lines) + "\n"
