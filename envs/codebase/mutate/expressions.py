"""Operators on arithmetic, comparisons and conditions."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from wildgym.envs.codebase.mutate.core import Edit, Edits, Module, operator

_ARITHMETIC: dict[type[ast.operator], tuple[bytes, tuple[bytes, ...]]] = {
    ast.Add: (rb"\+", (b"-",)),
    ast.Sub: (rb"-", (b"+",)),
    ast.Mult: (rb"\*", (b"+",)),
    ast.Div: (rb"/", (b"//", b"*")),
    ast.FloorDiv: (rb"//", (b"/", b"%")),
    ast.Mod: (rb"%", (b"//",)),
    ast.Pow: (rb"\*\*", (b"*",)),
    ast.BitOr: (rb"\|", (b"&",)),
    ast.BitAnd: (rb"&", (b"|",)),
    ast.BitXor: (rb"\^", (b"|",)),
    ast.LShift: (rb"<<", (b">>",)),
    ast.RShift: (rb">>", (b"<<",)),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[bytes, tuple[bytes, ...]]] = {
    ast.Lt: (rb"<", (b"<=", b">")),
    ast.LtE: (rb"<=", (b"<",)),
    ast.Gt: (rb">", (b">=", b"<")),
    ast.GtE: (rb">=", (b">",)),
    ast.Eq: (rb"==", (b"!=", b"<=", b">=")),
    ast.NotEq: (rb"!=", (b"==",)),
    ast.In: (rb"\bin\b", (b"not in",)),
    ast.NotIn: (rb"\bnot\s+in\b", (b"in",)),
    ast.Is: (rb"\bis\b", (b"is not",)),
    ast.IsNot: (rb"\bis\s+not\b", (b"is",)),
}


@operator(ast.BinOp, ast.AugAssign)
def arithmetic(module: Module, node: ast.BinOp | ast.AugAssign) -> Iterator[Edits]:
    """Put another arithmetic operator."""
    left, right = (
        (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
    )
    pattern, others = _ARITHMETIC.get(type(node.op), (b"", ()))
    # A text plus a number would only crash.
    if not pattern or any(map(_is_text, (left, right))):
        return
    place = module.token(left, right, pattern)
    for other in others if place else ():
        assert place
        yield [Edit(*place, other)]


@operator(ast.Compare)
def comparison(module: Module, node: ast.Compare) -> Iterator[Edits]:
    """Put another comparison."""
    for (left, right), kind in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
        pattern, others = _COMPARISONS[type(kind)]
        place = module.token(left, right, pattern)
        for other in others if place else ():
            assert place
            yield [Edit(*place, other)]


@operator(ast.Compare)
def truthiness(module: Module, node: ast.Compare) -> Iterator[Edits]:
    """Ask whether something is true, where it was asked whether it is None or how many."""
    if len(node.ops) != 1 or not isinstance(node.comparators[0], ast.Constant):
        return
    compared, kind = node.comparators[0].value, node.ops[0]
    text = module.text(node.left)
    if compared is None and isinstance(kind, ast.Is):
        yield module.replaced(node, b"not " + text)
    elif compared is None and isinstance(kind, ast.IsNot):
        yield module.replaced(node, text)


@operator(ast.BoolOp)
def boolean(module: Module, node: ast.BoolOp) -> Iterator[Edits]:
    """Put `or` for `and`, `and` for `or`."""
    old, new = (rb"\band\b", b"or") if isinstance(node.op, ast.And) else (rb"\bor\b", b"and")
    places = [module.token(left, right, old) for left, right in pairwise(node.values)]
    if all(places):
        yield [Edit(*place, new) for place in places if place]


@operator(ast.BoolOp)
def lost_operand(module: Module, node: ast.BoolOp) -> Iterator[Edits]:
    """Leave out one part of a condition."""
    for dropped, after in pairwise(node.values):
        if not _parenthesised(module, dropped, after):
            yield [Edit(module.start(dropped), module.start(after), b"")]
    before, last = node.values[-2:]
    if not _parenthesised(module, before, last):
        yield [Edit(module.end(before), module.end(last), b"")]


@operator(ast.If, ast.While, ast.IfExp)
def negation(module: Module, node: ast.If | ast.While | ast.IfExp) -> Iterator[Edits]:
    """Turn a condition into its opposite."""
    test = node.test
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield module.replaced(test, module.text(test.operand))
    elif isinstance(test, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
        yield module.replaced(test, b"not " + module.text(test))


@operator(ast.UnaryOp)
def lost_sign(module: Module, node: ast.UnaryOp) -> Iterator[Edits]:
    """Leave out a minus or a `not`."""
    if isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
        yield module.replaced(node, module.text(node.operand))


@operator(ast.comprehension, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
def lost_filter(module: Module, node: ast.ListComp) -> Iterator[Edits]:
    """Leave out the condition of a comprehension."""
    if not hasattr(node, "generators"):
        return
    for generator in node.generators:
        for condition in generator.ifs:
            before = generator.iter
            place = module.token(before, condition, rb"\bif\b")
            if place and len(generator.ifs) == 1:
                yield [Edit(place[0], module.end(condition), b"")]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
    )


def _parenthesised(module: Module, left: ast.expr, right: ast.expr) -> bool:
    between = module.data[module.end(left) : module.start(right)]
    return b"(" in between or b")" in between or b"#" in between
