"""Sites: where in a module each operator could change something, in an order that never changes."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from wildgym.envs.codebase.mutate.core import OPERATORS, Edits, Function, Module, Node

_UNTOUCHED = (ast.JoinedStr, ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.Global)
"""Text of messages, and what has positions that differ from one Python to the next."""


@dataclass(frozen=True, slots=True)
class Site:
    """One way to change a module.

    Attributes:
        operator: The name of the operator.
        function: The qualified name of the function that is changed.
        line: Where the change begins.
        column: In bytes.
        variant: Which of the operator's changes that begin there.
        edits: The change.
    """

    operator: str
    function: str
    line: int
    column: int
    variant: int
    edits: Edits


def sites(module: Module, operator: str = "", line: int = 0) -> list[Site]:
    """Return all sites within the functions of a module.

    Args:
        module: Where to look.
        operator: Only this operator's, if given.
        line: Only in functions that this line is in, if given.
    """
    looking = {operator: OPERATORS[operator]} if operator else OPERATORS
    found = []
    count: dict[tuple[str, int], int] = {}
    for name, function in module.functions:
        if _is_stub(function) or (line and not _holds(function, line)):
            continue
        for node in _nodes(function):
            for looked, (kinds, changes) in looking.items():
                for edits in changes(module, node) if isinstance(node, kinds) else ():
                    start = min(edit.start for edit in edits)
                    variant = count.get((looked, start), 0)
                    count[looked, start] = variant + 1
                    found.append(Site(looked, name, *module.position(start), variant, edits))
    return found


def site_at(module: Module, operator: str, line: int, column: int, variant: int) -> Site:
    """Return one site.

    Raises:
        LookupError: There is no such site: the source is another one.
    """
    if operator in OPERATORS:
        for site in sites(module, operator, line):
            if (site.line, site.column, site.variant) == (line, column, variant):
                return site
    raise LookupError(f"{operator} has no site at {line}:{column}")


def _nodes(function: Function) -> Iterator[Node | Function]:
    """Yield a function and what is in it, but not what is in functions within it."""
    yield function
    arguments = function.args
    defaults = [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
    body = function.body[1:] if ast.get_docstring(function, clean=False) else function.body
    left: list[ast.AST] = [*reversed(body), *reversed(defaults)]
    while left:
        node = left.pop()
        if isinstance(node, _UNTOUCHED):
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, (ast.expr, ast.stmt)):
            yield node
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.AnnAssign):
            children.remove(node.annotation)
        left.extend(reversed(children))


def _holds(function: Function, line: int) -> bool:
    assert function.end_lineno is not None
    # What is added at the end of a function begins on the line after it.
    return function.lineno <= line <= function.end_lineno + 1


def _is_stub(function: Function) -> bool:
    """Say whether a function only says of which type something is."""
    marks = {ast.unparse(mark).rpartition(".")[2] for mark in function.decorator_list}
    return bool(marks & {"overload", "abstractmethod"})
