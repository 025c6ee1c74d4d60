"""What preserves results: every form of them is read back to the same, whatever they are."""

import json
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.envs.api import TASKS
from wildgym.envs.files import TASKS as FILES
from wildgym.perturbations import REGISTRY, Draw, perturbed
from wildgym.perturbations.factory import make
from wildgym.perturbations.records import falsified
from wildgym.tools import Specs, ToolCall, ToolResult

SCENARIOS = {
    "api": TASKS["shop/refund"].scenario(1, "train"),
    "files": FILES["query/best_customer"].scenario(1, "train"),
}
FORMS = [
    *(("rename_fields", "style", s) for s in ("synonym", "abbreviation", "camel", "pascal")),
    ("rename_fields", "style", "upper"),
    ("rename_fields", "told", "note"),
    *(("retype_values", "words", words) for words in ("yes_no", "y_n", "on_off")),
    ("retype_values", "told", "note"),
    *(("localise_results", "country", c) for c in ("germany", "france", "usa", "switzerland")),
    *(("reshape_results", "shape", s) for s in ("keyed", "columns", "bare", "attributes")),
    *(("compress_rows", "method", m) for m in ("header", "dictionary", "run_length")),
    *(("label_units", "form", form) for form in ("object", "text", "rescaled")),
    *(("escape_results", "encoding", e) for e in ("html", "unicode", "base64", "json", "percent")),
    *(("stream_results", "order", order) for order in ("any", "reversed", "given")),
    *(("number_lines", "gutter", gutter) for gutter in ("tab", "bar", "colon")),
    *((name, "strength", 1.0) for name in ("prepend_logs", "count_days", "fold_lines")),
]
KEYS = ("id", "name", "price", "customer_id", "minutes", "due_on", "data", "rows", "output", "text")
TEXTS = ("2034-05-01", "01.05.2034", "1.234,5", "today", "yes", "", "12", '"q"', "⏎\n", "a\n\nb")

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**7), 10**7),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-9999, 9999, places=2).map(float),
    st.text(max_size=8),
    st.sampled_from(TEXTS),
)
tables = st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True).flatmap(
    lambda keys: st.lists(st.fixed_dictionaries(dict.fromkeys(keys, leaves)), max_size=4)
)
values = st.one_of(
    tables,
    st.dictionaries(st.sampled_from(KEYS), tables, max_size=2),
    st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        ),
        max_leaves=16,
    ),
)


@dataclass(frozen=True)
class Giving:
    """A toolset that always gives the same."""

    specs: Specs
    value: object

    def call(self, call, world):
        return ToolResult(self.value)


@pytest.mark.parametrize(("name", "parameter", "choice"), FORMS)
@given(value=values)
@settings(max_examples=60, deadline=None)
def test_every_form_is_read_back_to_the_same(name, parameter, choice, value):
    operator = REGISTRY[name]
    plain = SCENARIOS["api" if "api" in operator.families else "files"]
    layer = perturbed(plain, [operator(**{parameter: choice})], 3).toolset
    inner = Giving(layer.specs, value)
    layer = replace(layer, inner=inner)
    call = ToolCall(next(n for n, spec in layer.specs.items() if spec.returns == "rows"), {})
    shown = json.loads(json.dumps(layer.call(call, plain.world).value))
    program = layer.overcome(call)
    next(program)
    with pytest.raises(StopIteration) as end:
        program.send(ToolResult(shown))
    read = end.value.value.value
    assert json.dumps(read, sort_keys=True) == json.dumps(value, sort_keys=True)


LURES = ("inject_results", "urgent_keys", "suggest_stop", "forge_delimiters", "advertise")


@pytest.mark.parametrize("name", LURES)
def test_a_lure_is_followed_by_who_is_blind_to_it_and_by_nobody_else(play, name):
    env = make("api", perturbations=[name])
    fell = 0
    for seed in range(40):
        total, info = play(env, seed)
        assert (total, info["lures"]) == (1.0, {name: False})
        _, info = play(env, seed, (name,))
        fell += info.get("lures", {}).get(name, False)
    assert fell > 10


def test_what_is_falsified_looks_like_what_is_true():
    rows = [row for table in SCENARIOS["api"].world.base.values() for row in table.values()]
    draw = Draw(1, "tool_response", "wrong_values")
    for row in rows:
        wrong = falsified(row, draw)
        assert "id" not in wrong
        assert all(type(v) is type(row[k]) and v != row[k] for k, v in wrong.items())
