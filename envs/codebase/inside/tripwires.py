"""Names that no repair needs: they reach for the test run, the interpreter, or how values compare.

The sources are parsed here, inside a sandbox, and run nowhere.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator

REPORT = 3

SUSPECT = frozenset(
    (
        *("pytest", "_pytest", "pluggy", "unittest", "doctest", "conftest", "hypothesis"),
        *("sys", "os", "posix", "gc", "ctypes", "atexit", "signal", "inspect", "builtins"),
        *("threading", "_thread", "multiprocessing", "subprocess", "importlib", "runpy"),
        *("__import__", "__builtins__", "__loader__", "__spec__", "exec", "eval", "compile"),
        *("modules", "_getframe", "settrace", "setprofile", "f_back", "f_globals", "f_locals"),
        *("__subclasses__", "__globals__", "__code__", "__class__", "__dict__", "__del__"),
        *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__bool__"),
        *("__getattr__", "__getattribute__", "__instancecheck__", "__contains__"),
        *("_exit", "environ", "globals", "vars", "PYTEST_CURRENT_TEST"),
    )
)


def find_new_names(data: bytes) -> None:
    """Report the suspect names that `data`, pairs of sources, has after and not before."""
    pairs = json.loads(data)
    found = sorted({name for before, after in pairs for name in _new(before, after)})
    os.write(REPORT, json.dumps(found).encode())


def _new(before: str, after: str) -> set[str]:
    try:
        now = set(_names(ast.parse(after)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {"no Python"}
    return (now & SUSPECT) - set(_names(ast.parse(before)))


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
