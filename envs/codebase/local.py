"""Codebases beside the catalogue: a release by its name, or a local checkout."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from wildgym.envs.codebase.catalogue import CODEBASES, Codebase
from wildgym.envs.codebase.checkout import UnfitError, paths_in, unpacked
from wildgym.envs.codebase.fetch import FetchError, fetched, releases

_TESTS = ("tests", "test", "testing")
_TEST_FILE = re.compile(r"(^|/)(tests?(_[^/]*)?|[^/]*_test)\.py$")
_NOT_MODULES = frozenset(
    {"setup.py", "conftest.py", "noxfile.py", "fabfile.py", "tasks.py", "versioneer.py", "conf.py"}
)
_NOT_PACKAGES = frozenset({"docs", "doc", "examples", "benchmarks", "benchmark", "scripts", "bin"})


def named(text: str) -> Codebase:
    """Return a codebase of the catalogue by its name, `name==version`, or a folder's path.

    Raises:
        FetchError: The index does not have it.
        UnfitError: Code or tests cannot be found in it.
    """
    if text in CODEBASES:
        return CODEBASES[text]
    name, pinned, version = text.partition("==")
    if pinned:
        return release(name, version)
    folder = Path(text).expanduser()
    if folder.is_dir():
        return local(folder)
    if folder.exists():
        raise UnfitError(f"{text} is a file: give the folder of a checkout")
    raise UnfitError(
        f"{text!r} is no codebase: there is no such folder; give the path of a checkout,"
        f" name==version, or one of {', '.join(CODEBASES)}"
    )


def release(name: str, version: str) -> Codebase:
    """Return a release that is on the index, with the hash that the index states."""
    suffix = f"-{version}.tar.gz"
    files = releases(name, f"{name} {version}")
    found = next((file for file in files if file.filename.endswith(suffix)), None)
    if found is None:
        raise FetchError(f"{name} {version} has no sdist (.tar.gz) on the index")
    paths = list(unpacked(fetched(name, version, found.sha256)))
    return _guessed(name, version, paths, sha256=found.sha256)


def local(folder: Path) -> Codebase:
    """Return a local checkout as a codebase, as it lies there: committed or not.

    Raises:
        UnfitError: It cannot be read, or code or tests cannot be found in it.
    """
    project = _project(folder)
    name = str(project.get("name", folder.resolve().name))
    paths = [path for path in paths_in(folder) if path.endswith(".py")]
    if not paths:
        raise UnfitError(
            f"{folder} has no Python files: give the folder of a package and its tests"
        )
    version = str(project.get("version", "checkout"))
    return _guessed(name, version, paths, path=str(folder.resolve()))


def _project(folder: Path) -> dict[str, Any]:
    try:
        described = tomllib.loads((folder / "pyproject.toml").read_text())
    except (OSError, ValueError):
        return {}
    project: dict[str, Any] = described.get("project", {})
    return project


def _guessed(
    name: str, version: str, paths: Sequence[str], *, sha256: str = "", path: str = ""
) -> Codebase:
    tests = _tests(paths)
    packages = _packages(name, paths, tests)
    what = f"{name} {version}"
    if not tests:
        raise UnfitError(
            f"{what} has no tests, and what is broken has to be noticed by some: there is no folder"
            " tests/ or test/, and no test_*.py (sdists often come without: take the repository)"
        )
    if not packages:
        raise UnfitError(
            f"{what} has no package beside its tests: no folder or module at the top or in src/"
        )
    return Codebase(
        name, version, sha256, "", "", tuple(packages), tuple(tests), split="train", path=path
    )


def _tests(paths: Sequence[str]) -> list[str]:
    """Return the outermost folders of tests; without any, all files of tests."""
    folders = set()
    for path in paths:
        parts = PurePosixPath(path).parts[:-1]
        depth = next((n for n, part in enumerate(parts) if part in _TESTS), None)
        if depth is not None:
            folders.add("/".join(parts[: depth + 1]))
    files = [p for p in paths if _TEST_FILE.search(p)]
    return sorted(folders) or [p for p in files if "/" not in p] or files


def _packages(name: str, paths: Sequence[str], tests: Sequence[str]) -> list[str]:
    """Return the packages at the top or in src/.

    Without any: the module of the project's name; else all modules; else folders of modules.
    """
    found, plain = set[str](), set[str]()
    modules = []
    for path in paths:
        parts = PurePosixPath(path).parts
        at = 1 if parts[0] == "src" else 0
        if len(parts) == at + 2:
            (found if parts[-1] == "__init__.py" else plain).add("/".join(parts[:-1]))
        elif len(parts) == at + 1 and path not in tests and parts[-1] not in _NOT_MODULES:
            modules.append(path)
    module = re.sub(r"[-.]+", "_", name).lower() + ".py"
    own = [p for p in (module, f"src/{module}") if p in modules]
    left_out = {*tests, *_NOT_PACKAGES}
    return sorted(found - left_out) or own or modules or sorted(plain - left_out)
