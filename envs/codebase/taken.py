"""What is taken of an agent's work: the files that the task allows, as plain files."""

import re

from wildgym.envs.codebase.catalogue import Codebase
from wildgym.tools.sandboxes import File, Tree

_MOST_FILES, _MOST_BYTES = 500, 1 << 20
_HOOK = re.compile(r"(^|/)(conftest|sitecustomize|usercustomize|_?pytest[^/]*)\.py$")


class Untakable(ValueError):
    """Work that cannot be taken: too much of it."""


def is_source(path: str, codebase: Codebase) -> bool:
    """Say whether a path is one of a package's code, and no test and no hook into a test run."""
    return (
        path.endswith(".py")
        and any(_within(path, package) for package in codebase.packages)
        and not any(_within(path, test) for test in codebase.tests)
        and not _HOOK.search(path)
    )


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith(place + "/")


def judged_tree(pristine: Tree, left: Tree, codebase: Codebase) -> dict[str, File]:
    """Return the pristine files, with the code of the packages as the agent left it.

    Args:
        pristine: Everything as it was published.
        left: Everything as the agent left it. Nothing of it is run or parsed here.
        codebase: What it is.

    Raises:
        Untakable: It is too much.
    """
    taken = {
        path: File(file.data)
        for path, file in left.items()
        if file.regular and is_source(path, codebase)
    }
    if len(taken) > _MOST_FILES or any(len(f.data) > _MOST_BYTES for f in taken.values()):
        raise Untakable("too many files, or too large ones")
    kept = {path: file for path, file in pristine.items() if not is_source(path, codebase)}
    return {**kept, **taken}
