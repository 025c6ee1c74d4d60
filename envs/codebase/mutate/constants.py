"""Operators on constants: numbers, texts, defaults."""

import ast
from collections.abc import Iterator

from wildgym.envs.codebase.mutate.core import Edits, Function, Module, operator


@operator(ast.Constant)
def off_by_one(module: Module, node: ast.Constant) -> Iterator[Edits]:
    """Count one too many, or one too few."""
    if type(node.value) is int and not _is_default(module, node):
        yield from _replaced(module, node, _near(node.value))


@operator(ast.Constant)
def constant(module: Module, node: ast.Constant) -> Iterator[Edits]:
    """Put another truth value, number or text."""
    if type(node.value) is not int and not _is_default(module, node):
        yield from _replaced(module, node, _others(node.value))


@operator(ast.FunctionDef, ast.AsyncFunctionDef)
def wrong_default(module: Module, node: Function) -> Iterator[Edits]:
    """Put another default of a parameter."""
    for default in (*node.args.defaults, *node.args.kw_defaults):
        if isinstance(default, ast.Constant):
            value = default.value
            others = _near(value) if type(value) is int else _others(value)
            yield from _replaced(module, default, others)


def _near(value: int) -> tuple[object, ...]:
    return (value + 1, value - 1) if value > 0 else (value + 1,)


def _others(value: object) -> tuple[object, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, float):
        return (value * 2 or 1.0, -value)
    if isinstance(value, str) and value:
        cased = value.lower() if value.lower() != value else value.upper()
        return tuple(dict.fromkeys(o for o in (value[:-1], cased, value * 2) if o != value))
    return ()


def _replaced(module: Module, node: ast.Constant, others: tuple[object, ...]) -> Iterator[Edits]:
    text = module.text(node)
    # Texts of several parts or lines are left alone.
    if b"\n" not in text and text.count(b'"') < 3 and text.count(b"'") < 3:
        for other in others:
            yield module.replaced(node, _literal(other, text.decode()))


def _literal(value: object, like: str) -> bytes:
    """Return a constant as Python writes it, in the quotes that the old one had."""
    text = repr(value)
    if isinstance(value, str) and like[-1] not in text[1:-1]:
        text = like[-1] + text[1:-1] + like[-1]
    return text.encode()


def _is_default(module: Module, node: ast.Constant) -> bool:
    return isinstance(module.parents[node], ast.arguments)
