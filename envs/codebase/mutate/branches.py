"""Operators on branches: what is not asked, or not done, any more."""

import ast
from collections.abc import Iterator

from wildgym.envs.codebase.mutate.core import Edit, Edits, Module, operator

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@operator(ast.If)
def lost_guard(module: Module, node: ast.If) -> Iterator[Edits]:
    """Leave out a condition under which a function or loop is left early."""
    if not node.orelse and isinstance(node.body[-1], _LEAVING):
        yield from _removed(module, node)


@operator(ast.If)
def lost_branch(module: Module, node: ast.If) -> Iterator[Edits]:
    """Leave out what is done under a condition, or otherwise."""
    if not node.orelse:
        if not isinstance(node.body[-1], _LEAVING):
            yield from _removed(module, node)
        return
    other = node.orelse[0]
    start = module.start(node)
    if len(node.orelse) == 1 and isinstance(other, ast.If) and _is_elif(module, other):
        # The next condition takes the place of this one.
        lead = b"" if _is_elif(module, node) else b"if"
        skipped = 0 if _is_elif(module, node) else len(b"elif")
        yield [Edit(start, module.start(other) + skipped, lead)]
        return
    held = module.lines(node.orelse[0], node.orelse[-1])
    last = module.lines(node.body[-1])
    if held and last:
        yield [Edit(last[1], held[1], b"")]


@operator(ast.Expr, ast.Assign, ast.AugAssign)
def lost_statement(module: Module, node: ast.stmt) -> Iterator[Edits]:
    """Leave out a call, or a change of something."""
    if isinstance(node, ast.Expr) and not isinstance(node.value, (ast.Call, ast.Yield)):
        return
    if isinstance(node, ast.Assign) and _is_new(module, node):
        return
    yield from _removed(module, node)


def _is_elif(module: Module, node: ast.If) -> bool:
    return module.data.startswith(b"elif", module.start(node))


def _removed(module: Module, node: ast.stmt) -> Iterator[Edits]:
    if isinstance(node, ast.If) and _is_elif(module, node):
        start = module.position(module.start(node))[0]
        yield [Edit(module.offset(start, 0), _end_of_lines(module, node), b"")]
        return
    lines = module.lines(node)
    if lines is None or len(module.block(node)) < 2:
        yield module.replaced(node, b"pass")
    else:
        yield [Edit(*lines, b"")]


def _end_of_lines(module: Module, node: ast.stmt) -> int:
    found = module.data.find(b"\n", module.end(node))
    return len(module.data) if found < 0 else found + 1


def _is_new(module: Module, node: ast.Assign) -> bool:
    """Say whether an assignment makes a name: without it there would only be a crash."""
    names = {target.id for target in node.targets if isinstance(target, ast.Name)}
    if not names:
        return any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets)
    function: ast.AST = node
    while not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)):
        function = module.parents[function]
    for other in ast.walk(function):
        if isinstance(other, ast.arg):
            names.discard(other.arg)
        elif (
            isinstance(other, ast.Name)
            and isinstance(other.ctx, ast.Store)
            and other.lineno < node.lineno
        ):
            names.discard(other.id)
    return bool(names)
