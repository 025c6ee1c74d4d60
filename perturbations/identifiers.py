"""Which identifiers of a codebase can be renamed by their words alone."""

import ast
import builtins
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from wildgym.tools.sandboxes import File

_OWN = re.compile(r"_[A-Za-z]\w{2,}")
_LOCAL = re.compile(r"[a-z]\w{2,}")
_WORD = re.compile(r"[A-Za-z_]\w*")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_NAMEDTUPLE = frozenset({"_fields", "_make", "_asdict", "_replace", "_field_defaults"})
_FIXED = frozenset({*dir(builtins), *keyword.kwlist, *keyword.softkwlist, *_NAMEDTUPLE})


@dataclass(frozen=True, slots=True)
class Names:
    """The names in a file, by what they are.

    Attributes:
        local: What functions bind.
        top: What the module binds.
        seen: What is seen from outside: attributes, parameters, keywords, imports, text.
    """

    local: frozenset[str]
    top: frozenset[str]
    seen: frozenset[str]


def renamable(code: Mapping[str, str], files: Mapping[str, File]) -> list[str]:
    """Return the names that mean one thing wherever their word stands.

    These are variables that are local wherever they occur, and what modules define at their top
    with an underscore ahead.

    Args:
        code: The packages' code.
        files: All files: what is a word of something else in any of them is left alone.
    """
    own = [_names_in(text) for text in code.values()]
    everywhere = [
        _names_in(file.data.decode("utf-8", "replace"))
        for path, file in files.items()
        if path.endswith(".py")
    ]
    stems = {part.partition(".")[0] for path in files for part in path.split("/")}
    seen = stems.union(_FIXED, *(names.seen for names in everywhere))
    tops = {name for names in own for name in names.top if _OWN.fullmatch(name)}
    tops = tops.difference(*(names.local for names in everywhere))
    inner = {name for names in own for name in names.local if _LOCAL.fullmatch(name)}
    return sorted((tops | inner.difference(*(names.top for names in everywhere))) - seen)


@lru_cache(maxsize=1024)
def _names_in(text: str) -> Names:
    """Return the names in a file; the files of a package are the same in all of its tasks."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return Names(frozenset(), frozenset(), frozenset(_WORD.findall(text)))
    nodes = list(ast.walk(tree))
    functions = [n for n in nodes if isinstance(n, _FUNCTIONS)]
    classes = [n for n in nodes if isinstance(n, ast.ClassDef)]
    local = {b for f in functions for child in ast.iter_child_nodes(f) for b in _bound(child)}
    inside = {bound for c in classes for child in c.body for bound in _bound(child)}
    shown = {name for node in nodes for name in _seen(node)}
    top = {bound for child in tree.body for bound in _bound(child)}
    return Names(frozenset(local), frozenset(top), frozenset(shown | inside))


def _seen(node: ast.AST) -> Iterator[str]:
    """Yield what a node shows to others."""
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.arg | ast.keyword):
        yield node.arg or ""
    elif isinstance(node, ast.alias):
        yield from f"{node.name}.{node.asname or ''}".split(".")
    elif isinstance(node, ast.Global):
        yield from node.names
    elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        yield from _WORD.findall(str(node.value))


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield what a statement binds where it stands, and not in functions or classes inside."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)
