"""What all operators share: a parsed module, edits of its text, and the registry."""

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef
Node = ast.expr | ast.stmt


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A change of one part of a text.

    Attributes:
        start: The first byte that is replaced.
        end: The byte after the last one.
        text: What stands there then.
    """

    start: int
    end: int
    text: bytes


Edits = Sequence[Edit]
Operator = Callable[["Module", Any], Iterator[Edits]]

OPERATORS: dict[str, tuple[tuple[type[ast.AST], ...], Operator]] = {}
"""By name the kinds of nodes that an operator looks at, and the operator."""


def operator(*kinds: type[ast.AST]) -> Callable[[Operator], Operator]:
    """Register an operator: from a module and a node of these kinds to ways to change it."""

    def register(made: Operator) -> Operator:
        OPERATORS[made.__name__] = (kinds, made)
        return made

    return register


class Module:
    """The source of a module, parsed. Positions are offsets in bytes, as `ast` has them.

    Args:
        data: The source.

    Raises:
        SyntaxError: It cannot be parsed.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.tree = ast.parse(data)
        self._starts = [0, *accumulate(len(line) for line in data.splitlines(keepends=True))]
        if re.search(rb"\r(?!\n)", data):
            raise SyntaxError("a lone carriage return: lines cannot be told apart")

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a position."""
        return self._starts[line - 1] + column

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1]

    def start(self, node: Node) -> int:
        """Return where a node begins."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: Node) -> int:
        """Return where a node has ended."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.end_lineno, node.end_col_offset)

    def text(self, node: Node) -> bytes:
        """Return a node's source."""
        return self.data[self.start(node) : self.end(node)]

    def replaced(self, node: Node, text: bytes) -> Edits:
        """Return the edit that replaces a node."""
        return [Edit(self.start(node), self.end(node), text)]

    def token(self, after: Node, before: Node, pattern: bytes) -> tuple[int, int] | None:
        """Return where a token stands between two nodes."""
        between = self.data[self.end(after) : self.start(before)]
        found = re.search(pattern, between)
        if found is None or b"#" in between[: found.start()]:
            return None
        return self.end(after) + found.start(), self.end(after) + found.end()

    def lines(self, first: ast.stmt, last: ast.stmt | None = None) -> tuple[int, int] | None:
        """Return where the whole lines of statements are, if nothing else stands on them."""
        start = self._starts[first.lineno - 1]
        end_line = (last or first).end_lineno
        assert end_line is not None
        end = self._starts[end_line]
        lead, rest = self.data[start : self.start(first)], self.data[self.end(last or first) : end]
        if lead.strip() or not re.fullmatch(rb"\s*(#[^\n]*)?\s*", rest):
            return None
        return start, end

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What each node is in."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def functions(self) -> list[tuple[str, Function]]:
        """All functions, by qualified name, in order."""
        return list(_functions(self.tree, ""))

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """Return the statements among which one stands."""
        for _, held in ast.iter_fields(self.parents[statement]):
            if isinstance(held, list) and statement in held:
                return held
        return []


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + child.name, child
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        else:
            yield from _functions(child, prefix)


def spliced(data: bytes, edits: Edits) -> bytes:
    """Return a text with edits made.

    Raises:
        ValueError: Two of them overlap.
    """
    parts, at = [], 0
    for edit in sorted(edits):
        if edit.start < at:
            raise ValueError("edits overlap")
        parts += [data[at : edit.start], edit.text]
        at = edit.end
    return b"".join([*parts, data[at:]])
