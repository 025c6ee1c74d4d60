"""Making mutations of a tree, again and again the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from wildgym.envs.codebase.catalogue import Codebase
from wildgym.envs.codebase.checkout import checkout, code_of
from wildgym.envs.codebase.mutate import renames
from wildgym.envs.codebase.mutate.core import Edit, Module, spliced
from wildgym.envs.codebase.mutate.renames import Rename
from wildgym.envs.codebase.mutate.sites import site_at
from wildgym.tools.sandboxes.tree import File, Tree


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of a pristine tree, without any of its text.

    Attributes:
        operator: The name of the operator, or "renamed".
        path: The module that is changed.
        line: Where the change begins.
        column: In bytes.
        variant: Which of the operator's changes that begin there.
    """

    operator: str
    path: str
    line: int
    column: int
    variant: int = 0


def apply(codebase: Codebase, mutations: Sequence[Mutation]) -> Tree:
    """Return the tree of a codebase, broken.

    Args:
        codebase: What is broken.
        mutations: All changes; each is of the pristine tree.

    Raises:
        LookupError: One of them does not fit: the codebase is another one.
    """
    return _edited(codebase, mutations, broken=True)


def solved(codebase: Codebase, mutations: Sequence[Mutation]) -> Tree:
    """Return the tree as it should be: pristine, but for new names, which all callers have."""
    return _edited(codebase, mutations, broken=False)


def renamed(codebase: Codebase, mutation: Mutation) -> Rename | None:
    """Return what a mutation renames, if it does."""
    if mutation.operator != renames.NAME:
        return None
    wanted = (mutation.path, mutation.line, mutation.column)
    for rename in all_renames(codebase):
        if (rename.path, rename.line, rename.column) == wanted:
            return rename
    raise LookupError(f"nothing can be renamed at {mutation.path}:{mutation.line}")


@lru_cache(maxsize=512)
def module(codebase: Codebase, path: str) -> Module:
    """Return a module of a codebase, parsed."""
    return Module(checkout(codebase)[path].data)


@lru_cache(maxsize=32)
def all_renames(codebase: Codebase) -> list[Rename]:
    """Return everything that can be renamed in a codebase."""
    return renames.renames(*_modules(codebase))


@lru_cache(maxsize=8)
def _modules(codebase: Codebase) -> tuple[dict[str, Module], dict[str, Module]]:
    tree = checkout(codebase)
    sources = {path: file.data for path, file in tree.items() if path.endswith(".py")}
    code = code_of(codebase, tree)
    others = [path for path in sources if path not in code]
    return renames.modules_of(code, sources), renames.modules_of(others, sources)


def _edited(codebase: Codebase, mutations: Sequence[Mutation], *, broken: bool) -> Tree:
    edits: dict[str, list[Edit]] = {}
    for mutation in mutations:
        rename = renamed(codebase, mutation)
        if rename is not None:
            changed = renames.edits(rename, *_modules(codebase), callers=not broken)
            for path, made in changed.items():
                edits.setdefault(path, []).extend(made)
        elif broken:
            place = (mutation.line, mutation.column, mutation.variant)
            site = site_at(module(codebase, mutation.path), mutation.operator, *place)
            edits.setdefault(mutation.path, []).extend(site.edits)
    pristine = checkout(codebase)
    return {**pristine, **{p: _file(pristine[p], made) for p, made in edits.items()}}


def _file(file: File, edits: Sequence[Edit]) -> File:
    return file._replace(data=spliced(file.data, edits))
