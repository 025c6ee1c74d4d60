"""Codebases beside the catalogue: a release by its name, or a local checkout."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from wildgym.envs.codebase.catalogue import CODEBASES, Codebase
from wildgym.envs.codebase.checkout import UnfitError, unpacked
from wildgym.envs.codebase.fetch import FetchError, fetched, releases

_TESTS = ("tests", "test", "testing")
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
    if Path(text).is_dir():
        return local(Path(text))
    known = ", ".join(CODEBASES)
    raise UnfitError(f"{text!r} is no codebase: give a path, name==version, or one of {known}")


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
    """Return a local checkout as a codebase."""
    project = _project(folder)
    name = str(project.get("name", folder.resolve().name))
    paths = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.py"))]
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
        raise UnfitError(f"{what} has no tests: no folder tests/ or test/, no test_*.py")
    if not packages:
        raise UnfitError(f"{what} has no package: no folder with an __init__.py, no {name}.py")
    return Codebase(
        name, version, sha256, "", "", tuple(packages), tuple(tests), split="train", path=path
    )


def _tests(paths: Sequence[str]) -> list[str]:
    """Return the outermost folders of tests; without any, the files of tests at the top."""
    folders = set()
    for path in paths:
        parts = PurePosixPath(path).parts[:-1]
        depth = next((n for n, part in enumerate(parts) if part in _TESTS), None)
        if depth is not None:
            folders.add("/".join(parts[: depth + 1]))
    top = [p for p in paths if "/" not in p and re.fullmatch(r"tests?(_.*)?\.py|.*_test\.py", p)]
    return sorted(folders) or sorted(top)


def _packages(name: str, paths: Sequence[str], tests: Sequence[str]) -> list[str]:
    """Return the packages at the top or in src/; without any, the module of the project's name."""
    found = set()
    for path in paths:
        parts = PurePosixPath(path).parts
        at = 1 if parts[0] == "src" else 0
        if len(parts) == at + 2 and parts[-1] == "__init__.py":
            found.add("/".join(parts[:-1]))
    fit = {p for p in found if p not in tests and p not in _NOT_PACKAGES}
    module = re.sub(r"[-.]+", "_", name).lower() + ".py"
    return sorted(fit) or [p for p in (module, f"src/{module}") if p in paths]
