"""Operators on what is used and given back: another variable, another result."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from wildgym.envs.codebase.mutate.core import Edits, Function, Module, operator

_MOST = 2


@operator(ast.Name)
def wrong_variable(module: Module, node: ast.Name) -> Iterator[Edits]:
    """Use another variable of the same function."""
    if not isinstance(node.ctx, ast.Load):
        return
    function = _function(module, node)
    if function is None:
        return
    known = _known(function, node.lineno)
    if node.id not in known:
        return
    near = sorted((name for name in known if name != node.id), key=lambda n: (-known[n], n))
    for name in near[:_MOST]:
        yield module.replaced(node, name.encode())


@operator(ast.Return)
def wrong_result(module: Module, node: ast.Return) -> Iterator[Edits]:
    """Return nothing, or two values in the wrong order."""
    if isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1:
        for left, right in pairwise(node.value.elts):
            first, second = module.text(left), module.text(right)
            if first != second:
                yield [*module.replaced(left, second), *module.replaced(right, first)]
    elif isinstance(node.value, (ast.Name, ast.Attribute, ast.Compare)):
        known = node.value
        if isinstance(known, ast.Compare):
            yield module.replaced(known, b"True")
        else:
            yield module.replaced(known, b"None")


@operator(ast.Try)
def lost_handler(module: Module, node: ast.Try) -> Iterator[Edits]:
    """Do not handle an exception, or fewer kinds of it."""
    for handler in node.handlers:
        kind = handler.type
        if isinstance(kind, ast.Tuple):
            for kept in kind.elts:
                yield module.replaced(kind, module.text(kept))
        elif isinstance(kind, (ast.Name, ast.Attribute)):
            yield module.replaced(kind, b"ZeroDivisionError")
        if not isinstance(handler.body[-1], ast.Raise):
            yield module.replaced(handler.body[-1], b"raise")


def _function(module: Module, node: ast.AST) -> Function | None:
    while node in module.parents:
        node = module.parents[node]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return node
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.ClassDef)):
            return None
    return None


def _known(function: Function, line: int) -> dict[str, int]:
    """Return the names that a function has given values before a line, and where last."""
    arguments = function.args
    known = {
        argument.arg: argument.lineno
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        if argument.arg not in ("self", "cls")
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno < line:
            known[node.id] = max(node.lineno, known.get(node.id, 0))
    return known
