"""An operator on whole functions: nothing is left of one but what it is to do."""

import ast
from collections.abc import Iterator

from wildgym.envs.codebase.mutate.core import Edit, Edits, Function, Module, operator

_FEWEST_STATEMENTS = 3


@operator(ast.FunctionDef)
def removed_body(module: Module, node: Function) -> Iterator[Edits]:
    """Remove a function's body, except for its docstring."""
    if ast.get_docstring(node) is None:
        return
    first, *body = node.body
    size = sum(isinstance(inner, ast.stmt) for part in body for inner in ast.walk(part))
    if size < _FEWEST_STATEMENTS or module.lines(first) is None:
        return
    indent = b" " * first.col_offset
    text = b"\n\n" + indent + b"raise NotImplementedError"
    yield [Edit(module.end(first), module.end(body[-1]), text)]
