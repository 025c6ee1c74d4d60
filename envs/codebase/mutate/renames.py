"""Renamed functions: the definition and the tests have the new name, the callers still the old one.

This concerns a whole tree, unlike the other operators. A name is only renamed where it can mean one
thing alone, so that every occurrence of it has to follow.
"""

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wildgym.envs.codebase.mutate.core import Edit, Module

NAME = "renamed"

_OTHER_WORDS: Mapping[str, str] = {
    **{"get": "fetch", "parse": "read", "make": "build", "build": "make", "is": "check_is"},
    **{"to": "into", "from": "out_of", "format": "render", "render": "format", "find": "locate"},
    **{"split": "divide", "check": "verify", "validate": "check", "convert": "translate"},
    **{"add": "insert", "remove": "drop", "create": "make", "process": "handle", "read": "load"},
    **{"normalize": "canonical", "escape": "quote", "iter": "each", "flatten": "unnest"},
}
_SHORTEST = 4
_COMMON = frozenset(
    name
    for kind in (str, bytes, list, dict, set, tuple, int, float, re.Pattern)
    for name in dir(kind)
) | frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Rename:
    """A function that can be renamed.

    Attributes:
        path: The module that defines it.
        line: Of the definition.
        column: Of the definition.
        old: Its name.
        new: Its new name.
        uses: Where its callers name it: path and line.
    """

    path: str
    line: int
    column: int
    old: str
    new: str
    uses: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Occurrence:
    start: int
    line: int
    follows: bool


def renames(code: Mapping[str, Module], others: Mapping[str, Module]) -> list[Rename]:
    """Return all functions that can be renamed.

    Args:
        code: The package's modules by path.
        others: All others: tests, above all.
    """
    names: Counter[str] = Counter()
    for module in (*code.values(), *others.values()):
        names.update(_identifiers(module.tree))
    defined = Counter(name for module in code.values() for name in _bound(module.tree))
    found = []
    for path, module in code.items():
        for function in module.tree.body:
            if not isinstance(function, ast.FunctionDef) or not _unique(function, defined):
                continue
            uses = tuple(
                (used_in, occurrence.line)
                for used_in, held in code.items()
                for occurrence in _occurrences(held, function.name)
                if not occurrence.follows
            )
            new = _other_name(function.name, names)
            if uses and new:
                line, column = function.lineno, function.col_offset
                found.append(Rename(path, line, column, function.name, new, uses))
    return found


def edits(
    rename: Rename, code: Mapping[str, Module], others: Mapping[str, Module], callers: bool
) -> dict[str, list[Edit]]:
    """Return by path the edits that rename a function.

    Args:
        rename: What is renamed.
        code: The package's modules by path.
        others: All others.
        callers: Whether the callers follow, too.
    """
    changed: dict[str, list[Edit]] = {}
    for path, module in {**code, **others}.items():
        for occurrence in _occurrences(module, rename.old):
            if occurrence.follows or callers or path in others:
                start, end = occurrence.start, occurrence.start + len(rename.old)
                edit = Edit(start, end, rename.new.encode())
                changed.setdefault(path, []).append(edit)
    return changed


def _occurrences(module: Module, name: str) -> Iterator[_Occurrence]:
    """Yield where a name stands; definitions, imports and `__all__` follow a new name at once."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id == name:
            inner = _in_function(module, node)
            yield _Occurrence(module.start(node), node.lineno, follows=not inner)
        elif isinstance(node, ast.Attribute) and node.attr == name:
            start = module.end(node) - len(name)
            inner = _in_function(module, node)
            yield _Occurrence(start, node.lineno, follows=not inner)
        elif isinstance(node, (ast.FunctionDef, ast.ImportFrom)):
            yield from _named_in_statement(module, node, name)
        elif isinstance(node, ast.Constant) and node.value == name and _in_all(module, node):
            yield _Occurrence(module.start(node) + 1, node.lineno, follows=True)


def _named_in_statement(
    module: Module, node: ast.FunctionDef | ast.ImportFrom, name: str
) -> Iterator[_Occurrence]:
    if isinstance(node, ast.FunctionDef):
        if node.name == name:
            start = module.data.index(name.encode(), module.start(node) + len(b"def"))
            yield _Occurrence(start, node.lineno, follows=True)
        return
    for alias in node.names:
        if alias.name == name:
            start = module.offset(alias.lineno, alias.col_offset)
            yield _Occurrence(start, alias.lineno, follows=True)
        if alias.asname == name:
            assert alias.end_lineno is not None
            assert alias.end_col_offset is not None
            end = module.offset(alias.end_lineno, alias.end_col_offset)
            yield _Occurrence(end - len(name), alias.lineno, follows=True)


def _in_function(module: Module, node: ast.AST) -> bool:
    before = node
    while node in module.parents:
        before, node = node, module.parents[node]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return before in node.body
        if isinstance(node, ast.Lambda):
            return True
    return False


def _in_all(module: Module, node: ast.Constant) -> bool:
    inner: ast.AST = node
    while inner in module.parents:
        inner = module.parents[inner]
        if isinstance(inner, (ast.Assign, ast.AugAssign)):
            targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target]
            return any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets)
    return False


def _unique(function: ast.FunctionDef, defined: Mapping[str, int]) -> bool:
    """Say whether a name means this function and nothing else."""
    name = function.name
    plain = not function.decorator_list and len(name) >= _SHORTEST and not name.startswith("__")
    return plain and defined[name] == 1 and name not in _COMMON


def _bound(tree: ast.Module) -> Iterator[str]:
    """Yield every name that something gives a meaning to, once for each time."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.arg, ast.keyword)):
            yield node.arg or ""
        elif isinstance(node, (ast.Name, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.Import):
            yield from (alias.asname or alias.name for alias in node.names)


def _identifiers(tree: ast.Module) -> Iterator[str]:
    yield from _bound(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _other_name(old: str, taken: Mapping[str, int]) -> str:
    """Return a new name of the same kind, or an empty string."""
    lead = old[: len(old) - len(old.lstrip("_"))]
    words = old.lstrip("_").split("_")
    options: Sequence[list[str]] = [
        [_OTHER_WORDS.get(words[0], words[0]), *words[1:]],
        [*words[1:], words[0]],
        ["do", *words],
    ]
    for option in options:
        new = lead + "_".join(option)
        if new != old and new.isidentifier() and new not in taken and not new[:1].isdigit():
            return new
    return ""


def modules_of(paths: Sequence[str], sources: Mapping[str, bytes]) -> dict[str, Module]:
    """Parse modules; those that cannot be parsed are left out."""
    found = {}
    for path in paths:
        try:
            found[path] = Module(sources[path])
        except (SyntaxError, ValueError):
            continue
    return found
