"""What results are rewritten into can be read back, whatever stands in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.perturbations.tool_response.swap_format import _READ, _WRITE

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab|\n:"), inner, max_size=3)
    ),
    max_leaves=4,
)
names = st.lists(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), unique=True, min_size=1, max_size=5)


@st.composite
def tables(draw):
    keys = draw(names)
    row = st.fixed_dictionaries(dict.fromkeys(keys, json_values))
    return draw(row | st.lists(row, min_size=1, max_size=4))


@pytest.mark.parametrize("format", _WRITE)
@given(value=tables())
@settings(max_examples=60, deadline=None)
def test_records_survive(format, value):
    assert _READ[format](_WRITE[format](value)) == value


@pytest.mark.parametrize("format", _WRITE)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=100, deadline=None)
def test_other_text_is_left_alone(format, text):
    assert _READ[format](f"no record: {text}") is None
