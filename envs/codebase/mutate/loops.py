"""Operators on loops and slices: where they begin and end."""

import ast
from collections.abc import Iterator

from wildgym.envs.codebase.mutate.core import Edit, Edits, Module, operator


@operator(ast.Call)
def loop_bounds(module: Module, node: ast.Call) -> Iterator[Edits]:
    """Go one step too far, or not far enough; or in the wrong direction."""
    if not isinstance(node.func, ast.Name) or node.keywords or not node.args:
        return
    name, first = node.func.id, node.args[0]
    if name == "range":
        for bound in node.args[:2]:
            yield _added(module, bound, b" + 1")
            yield _added(module, bound, b" - 1")
    elif name == "enumerate" and len(node.args) == 1:
        yield [Edit(module.end(first), module.end(first), b", 1")]
    elif name == "enumerate":
        yield [Edit(module.end(first), module.end(node.args[1]), b"")]
    elif name == "reversed":
        yield module.replaced(node, module.text(first))


@operator(ast.Slice)
def slice_bounds(module: Module, node: ast.Slice) -> Iterator[Edits]:
    """Leave out a bound of a slice, or put it one off."""
    for bound in (node.lower, node.upper):
        if bound is not None:
            yield module.replaced(bound, b"")
            if not isinstance(bound, ast.Constant):
                yield _added(module, bound, b" + 1")


@operator(ast.Continue, ast.Break)
def loop_exit(module: Module, node: ast.stmt) -> Iterator[Edits]:
    """Go on where a loop should end, or end it where it should go on."""
    other = b"break" if isinstance(node, ast.Continue) else b"continue"
    yield module.replaced(node, other)
    yield module.replaced(node, b"pass")


@operator(ast.For, ast.While)
def early_exit(module: Module, node: ast.For | ast.While) -> Iterator[Edits]:
    """Leave a loop after its first round."""
    last = node.body[-1]
    if isinstance(last, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
        return
    lines = module.lines(last)
    if lines is None or not module.data[: lines[1]].endswith(b"\n"):
        return
    indent = b" " * node.body[0].col_offset
    block = module.block(node)
    after = block[block.index(node) + 1 :]
    if after and isinstance(after[0], ast.Return):
        text = indent + module.text(after[0]) + b"\n"
        yield [Edit(lines[1], lines[1], text)]
    yield [Edit(lines[1], lines[1], indent + b"break\n")]


def _added(module: Module, node: ast.expr, text: bytes) -> Edits:
    return [Edit(module.end(node), module.end(node), text)]
