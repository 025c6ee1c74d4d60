"""What an agent sees of the tests: those that give the answer away are taken out."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from wildgym.tools.sandboxes import File, Tree

_LINE = r"[^\n]*\n|[^\n]+"


def without_tests(tree: Tree, tests: Iterable[str]) -> dict[str, File]:
    """Return a tree without some tests.

    Args:
        tree: All files.
        tests: Ids, such as `tests/test_a.py::TestB::test_c[1]`; all parameters of a test go.
    """
    names: dict[str, set[tuple[str, ...]]] = {}
    for test in tests:
        path, *parts = test.partition("[")[0].split("::")
        names.setdefault(path, set()).add(tuple(parts))
    shown = dict(tree)
    for path, gone in names.items():
        if path in tree:
            source = tree[path].data.decode()
            shown[path] = File(_without(source, gone).encode(), tree[path].mode)
    return shown


def _without(source: str, gone: Iterable[tuple[str, ...]]) -> str:
    lines = source.split("\n")
    found = dict(_functions(ast.parse(source), ()))
    for parts in gone:
        node = found.get(parts)
        if node is None:
            continue
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
        assert node.end_lineno is not None
        # As many lines as before, so that the places of other tests stay; a body is never empty.
        indent = " " * node.col_offset
        lines[first : node.end_lineno] = [f"{indent}pass"] + [""] * (node.end_lineno - first - 1)
    return "\n".join(lines)


Definition = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(
    node: ast.AST, inside: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Definition]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (*inside, child.name), child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, (*inside, child.name))
        elif not isinstance(child, ast.expr):
            yield from _functions(child, inside)


def edits(before: Mapping[str, File], after: Mapping[str, File]) -> list[tuple[str, str, str]]:
    """Return the changes from one tree to another, as an editor makes them.

    Returns:
        For each file, its path, a text that occurs in it exactly once, and what is to stand there.
    """
    return [
        (path, *_change(before[path].data.decode(), after[path].data.decode()))
        for path in sorted(after)
        if before.get(path) != after[path]
    ]


def _change(before: str, after: str) -> tuple[str, str]:
    old, new = re.findall(_LINE, before), re.findall(_LINE, after)
    shortest = min(len(old), len(new))
    first = next((n for n in range(shortest) if old[n] != new[n]), shortest)
    most = shortest - first
    same = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    # Lines around it are taken in, until there is only one such place.
    while first > 0 or same > 0:
        text, place = "".join(old[first : len(old) - same]), len("".join(old[:first]))
        if text and before.find(text) == place and before.find(text, place + 1) < 0:
            break
        first, same = max(0, first - 1), max(0, same - 1)
    return "".join(old[first : len(old) - same]), "".join(new[first : len(new) - same])
