"""Mutations of source, and values that cross into sandboxes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgym.envs.codebase.mutate import OPERATORS, Module, sites
from wildgym.envs.codebase.mutate.core import spliced
from wildgym.envs.codebase.values import decode, encode, encode_data, show_call
from wildgym.envs.codebase.vary import varied
from wildgym.tools import Rng

# One small change of each operator.
EXAMPLES = {
    "arithmetic": ("a = b + c", "a = b - c"),
    "boolean": ("a = b and c", "a = b or c"),
    "comparison": ("a = b < c", "a = b <= c"),
    "constant": ("a = 'x,y'", "a = 'x,'"),
    "early_exit": ("for i in a:\n        b(i)\n    return a", "b(i)\n        return a"),
    "loop_bounds": ("a = range(b)", "a = range(b + 1)"),
    "loop_exit": ("for i in a:\n        continue", "break"),
    "lost_argument": ("a = f(b, key=c)", "a = f(b)"),
    "lost_branch": ("if a:\n        b()\n    return c", "def f():\n    return c"),
    "lost_choice": ("a = b if c else d", "a = b"),
    "lost_conversion": ("a = b.strip()", "a = b"),
    "lost_copy": ("a = list(b)", "a = b"),
    "lost_filter": ("a = [b for b in c if d]", "a = [b for b in c ]"),
    "lost_guard": ("if a:\n        return b\n    return c", "def f():\n    return c"),
    "lost_handler": ("try:\n        a()\n    except ValueError:\n        b()", "        raise"),
    "lost_operand": ("a = b and c", "a = c"),
    "lost_sign": ("a = -b", "a = b"),
    "lost_statement": ("a.append(b)\n    return a", "def f():\n    return a"),
    "negation": ("if a:\n        b()", "if not a:"),
    "off_by_one": ("a = b[1]", "a = b[2]"),
    "removed_body": ('"""Do."""\n    a = 1\n    b = 2\n    return a', "raise NotImplementedError"),
    "slice_bounds": ("a = b[1:]", "a = b[:]"),
    "swapped_arguments": ("a = f(b, c)", "a = f(c, b)"),
    "truthiness": ("a = b is None", "a = not b"),
    "wrong_default": ("def g(a=True):\n        pass", "def g(a=False)"),
    "wrong_method": ("a = b.lower()", "a = b.upper()"),
    "wrong_result": ("return a, b", "return b, a"),
    "wrong_variable": ("a = 1\n    b = 2\n    return b", "return a"),
}
WORDS = b'''
def shorten(text, width=0):
    """Return a text that is at most so wide."""
    if len(text) <= width:
        return text
    if width < 3 and text is not None:
        return text[:width]
    return ", ".join(word.strip() for word in text.split() if word) + "..."


class Cut:
    def both(self, name, width):
        first, second = shorten(name, width - 1), shorten(name.upper(), width=width + 1)
        return list(first), -second
'''

data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.booleans(), inner, max_size=4)
        | st.frozensets(st.integers() | st.text(), max_size=4)
    ),
    max_leaves=12,
)


@given(data)
def test_data_survives_being_encoded(value: Any) -> None:
    written = json.loads(json.dumps(encode_data(value)))
    assert encode(decode(written)) == written == encode(value)


@given(data, st.integers())
def test_variations_are_data_of_the_same_type(value: Any, seed: int) -> None:
    changed = varied(encode_data(value), Rng(seed))
    assert type(decode(changed)) is type(value)
    assert changed == varied(encode_data(value), Rng(seed))


def test_encoded_values_differ_where_types_do() -> None:
    endless: list[Any] = []
    endless.append(endless)
    values = (1, True, 1.0, "1", b"1", [1], (1,), {1}, frozenset({1}), {1: 1}, 0.0, -0.0, None)
    written = [json.dumps(encode(value)) for value in (*values, iter([1]), endless, int, object())]
    assert len(set(written)) == len(written)
    assert encode(object()) == encode(object())
    call = encode_data(((1, "a"), {"key": [None]}))
    assert show_call("m:f", call) == "f(1, 'a', key=[None])"
    with pytest.raises(ValueError, match="not data"):
        encode_data(object())


@pytest.mark.parametrize("operator", OPERATORS)
def test_operator_changes_what_it_says(operator: str) -> None:
    source, expected = EXAMPLES[operator]
    module = Module(f"def f():\n    {source}\n".encode())
    made = [spliced(module.data, s.edits).decode() for s in sites(module, operator)]
    assert any(expected in text for text in made), made
    for text in made:
        compile(text, operator, "exec")


def test_sites_are_found_again_by_their_place() -> None:
    module = Module(WORDS)
    found = sites(module)
    places = {(s.operator, s.line, s.column, s.variant) for s in found}
    assert len(places) == len(found) > 40
    for site in found:
        assert site in sites(module, site.operator, site.line)
