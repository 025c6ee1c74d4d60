"""Operators on calls: other arguments, other methods, or no call at all."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from wildgym.envs.codebase.mutate.core import Edit, Edits, Module, operator

_PAIRS = (
    *("lower upper", "strip rstrip", "lstrip rstrip", "rstrip lstrip", "startswith endswith"),
    *("find rfind", "index rindex", "split rsplit", "partition rpartition", "keys values"),
    *("values keys", "add discard", "append extend", "min max", "any all", "floor ceil"),
    *("union intersection", "intersection union", "difference union", "update setdefault"),
    *("isdigit isalnum", "isalpha isalnum", "title capitalize", "ljust rjust", "popleft pop"),
    *("match search", "search match", "fullmatch match", "isupper islower", "appendleft append"),
    *("islice takewhile", "takewhile dropwhile", "dropwhile takewhile", "chain zip_longest"),
    *("int float", "float int", "sorted list", "set list", "isinstance issubclass"),
    *("getattr hasattr", "zip zip_longest", "first last", "items keys", "casefold upper"),
)
_OTHER = {
    **{second: first for first, second in map(str.split, _PAIRS)},
    **{first: second for first, second in map(str.split, _PAIRS)},
}
_COPIES = frozenset({"list", "dict", "set", "tuple", "copy", "deepcopy"})
_CONVERSIONS = frozenset(
    {
        *("str", "int", "float", "abs", "sorted", "bool", "iter", "len", "round", "reversed"),
        *("strip", "lstrip", "rstrip", "lower", "upper", "escape", "quote", "splitlines"),
        *("encode", "decode", "title", "capitalize", "expandtabs", "casefold", "group"),
    }
)


@operator(ast.Call)
def swapped_arguments(module: Module, node: ast.Call) -> Iterator[Edits]:
    """Put two arguments in each other's place."""
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    for left, right in pairwise(node.args):
        first, second = module.text(left), module.text(right)
        if first != second:
            yield [*module.replaced(left, second), *module.replaced(right, first)]


@operator(ast.Call)
def lost_argument(module: Module, node: ast.Call) -> Iterator[Edits]:
    """Leave out an argument that has a default."""
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    for before, keyword in zip(values[-len(node.keywords) - 1 :], node.keywords, strict=False):
        if keyword.arg and before is not keyword.value:
            yield [Edit(module.end(before), module.end(keyword.value), b"")]
    if len(node.args) > 1 and not node.keywords:
        yield [Edit(module.end(node.args[-2]), module.end(node.args[-1]), b"")]


@operator(ast.Attribute, ast.Name)
def wrong_method(module: Module, node: ast.Attribute | ast.Name) -> Iterator[Edits]:
    """Call another method or function."""
    called = module.parents[node]
    if not isinstance(called, ast.Call) or called.func is not node:
        return
    name = node.attr if isinstance(node, ast.Attribute) else node.id
    if name in _OTHER:
        end = module.end(node)
        yield [Edit(end - len(name), end, _OTHER[name].encode())]


@operator(ast.Call, ast.Subscript)
def lost_copy(module: Module, node: ast.Call | ast.Subscript) -> Iterator[Edits]:
    """Use a value itself instead of a copy."""
    if isinstance(node, ast.Subscript):
        if re.fullmatch(rb"\[\s*:\s*\]", module.data[module.end(node.value) : module.end(node)]):
            yield module.replaced(node, module.text(node.value))
        return
    yield from _unwrapped(module, node, _COPIES)


@operator(ast.Call)
def lost_conversion(module: Module, node: ast.Call) -> Iterator[Edits]:
    """Use a value as it is, where it was converted before."""
    yield from _unwrapped(module, node, _CONVERSIONS)


@operator(ast.IfExp)
def lost_choice(module: Module, node: ast.IfExp) -> Iterator[Edits]:
    """Take the one of two values, whatever the condition."""
    yield module.replaced(node, module.text(node.body))
    yield module.replaced(node, module.text(node.orelse))


def _unwrapped(module: Module, node: ast.Call, names: frozenset[str]) -> Iterator[Edits]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in names or node.keywords:
        return
    plain = len(node.args) == 1 and not isinstance(node.args[0], (ast.Starred, ast.GeneratorExp))
    if plain and (isinstance(function, ast.Name) or names is _COPIES):
        yield module.replaced(node, module.text(node.args[0]))
    elif isinstance(function, ast.Attribute) and not node.args:
        yield module.replaced(node, module.text(function.value))
