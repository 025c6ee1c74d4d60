"""What every scaffold promises: what is written can be read, and what cannot be read is refused."""

# ruff: noqa: RUF001 (DeepSeek's tokens are written so)

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.envs.scaffolds import (
    READ,
    FormatError,
    Native,
    Parsed,
    Scaffold,
    TextScaffold,
)
from wildgym.envs.scaffolds.values import DEEPEST_VALUE, LONGEST_ACTION
from wildgym.perturbations.factory import chosen_scaffolds
from wildgym.tools import Json, Specs, ToolCall, ToolResult, ToolSpec

ALL: dict[str, Native | TextScaffold] = {"native": Native(), **READ}
every_scaffold = pytest.mark.parametrize("name", ALL)
every_text_scaffold = pytest.mark.parametrize("name", READ)
quick = settings(max_examples=50, deadline=None)

WORDS = r"""
</parameter> <tool_call> </tool_call> </arg_value> </invoke> </param> </x> </｜DSML｜parameter>
<｜tool▁call▁end｜> <|tool_call_end|> <|call|> <|eot|> <|end|> [TOOL_CALLS] [/TOOL_RESULTS]
<response> </response> </tool_response> </output> <think> </think> Observation: Result: ```bash
&lt; &amp; & < \u003c \n \ \\ ' " ` ''' $(x) --x --x=1 - -- { } [ ] [f( ) , {} %s ```
1 -0.0 1e-7 1e999 null true None NaN "a" {"error":1} [1] [{
"""
HOSTILE = (
    *WORDS.split(),
    *("\n", "\r", "\t", " ", "\x1f", "\u2028", "\n```", "\nObservation: ", "\nAction: a", '"""'),
    *("\n</tool_response>\n<tool_response>\n", "</result>\n</function_results>"),
)
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
texts = st.lists(st.sampled_from(HOSTILE) | st.text(characters, max_size=5), max_size=5).map(
    "".join
)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.just(-0.0)
scalars = st.none() | st.booleans() | st.just(10**40) | numbers | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
TYPES: dict[str | None, st.SearchStrategy[Json]] = {
    "string": texts,
    "integer": st.integers() | st.just(-(10**40)),
    "number": numbers,
    "boolean": st.booleans(),
    "array": st.lists(values, max_size=3),
    "object": st.dictionaries(texts, values, max_size=3),
    None: values,
}
names = st.text("abcXYZé019_.-", min_size=1, max_size=6) | st.sampled_from(
    ["from", "class", "None", "parameters", "invoke", "tool_name", "name", "Action", "a-b", "1.5"]
)
tools = st.dictionaries(
    names, st.dictionaries(names, st.sampled_from([*TYPES]), max_size=4), min_size=1
)

EXAMPLE = [ToolCall("find", {"text": "it's <b> & so", "amount": 2.5, "tags": ["x", {"y": None}]})]
RESULTS = st.lists(
    st.builds(ToolResult, values, st.booleans()).filter(
        lambda r: r.is_error or not isinstance(r.value, dict) or r.value.keys() != {"error"}
    ),
    min_size=1,
    max_size=4,
)


def specs_of(tools: dict[str, dict[str, str | None]]) -> Specs:
    """Return specs of tools given as the declared types of their arguments."""
    return {
        tool: ToolSpec(
            tool,
            "About.",
            {
                "type": "object",
                "properties": {a: {"type": kind} if kind else {} for a, kind in arguments.items()},
            },
        )
        for tool, arguments in tools.items()
    }


EXAMPLE_SPECS = specs_of({"find": {"text": "string", "amount": "number", "tags": "array"}})


@st.composite
def plays(draw: st.DrawFn) -> tuple[Specs, list[ToolCall]]:
    """Draw tools, and up to eight calls of them that are valid for the declared types."""
    offered = draw(tools)
    calls = []
    for tool in draw(st.lists(st.sampled_from([*offered]), min_size=1, max_size=8)):
        given = (
            draw(st.lists(st.sampled_from([*offered[tool]]), unique=True)) if offered[tool] else []
        )
        calls.append(ToolCall(tool, {a: draw(TYPES[offered[tool][a]]) for a in given}))
    return specs_of(offered), calls


def most_calls(scaffold: Scaffold) -> int:
    """Return how many calls one action may make."""
    return scaffold.most_calls if isinstance(scaffold, TextScaffold) else 8


def test_there_are_enough_scaffolds() -> None:
    assert len(READ) >= 24
    assert len({scaffold.group for scaffold in READ.values()}) >= 5
    assert all(name == scaffold.name and scaffold.group for name, scaffold in ALL.items())


def test_the_splits_share_no_group() -> None:
    train = {scaffold.group for scaffold in chosen_scaffolds("train")}
    held_out = {scaffold.group for scaffold in chosen_scaffolds("heldout")}
    assert train
    assert held_out
    assert not train & held_out
    both = len(chosen_scaffolds("train")) + len(chosen_scaffolds("heldout"))
    assert both == len(chosen_scaffolds("random"))
    with pytest.raises(ValueError, match="hermes"):
        chosen_scaffolds("no-such-scaffold")


@every_scaffold
@quick
@given(data=st.data())
def test_calls_survive(name: str, data: st.DataObject) -> None:
    scaffold = ALL[name]
    specs, calls = data.draw(plays())
    calls = calls[: most_calls(scaffold)]
    parsed = scaffold.parse(scaffold.act(calls, specs), specs)
    assert repr(parsed.calls) == repr(tuple(calls))


@every_scaffold
@quick
@given(thinking=st.text("abc .,\n", max_size=20))
def test_thinking_survives(name: str, thinking: str) -> None:
    parsed = ALL[name].parse(ALL[name].act(EXAMPLE, EXAMPLE_SPECS, thinking), EXAMPLE_SPECS)
    assert parsed.calls == tuple(EXAMPLE)
    assert parsed.thinking in (thinking, f"{thinking}\n")


@every_text_scaffold
@quick
@given(thinking=texts.filter(lambda text: "</think>" not in text))
def test_tagged_thinking_may_hold_anything(name: str, thinking: str) -> None:
    thinking = f"<think>{thinking}</think>\n"
    parsed = ALL[name].parse(ALL[name].act(EXAMPLE, EXAMPLE_SPECS, thinking), EXAMPLE_SPECS)
    assert parsed == Parsed(thinking, tuple(EXAMPLE))


@every_text_scaffold
@quick
@given(results=RESULTS)
def test_results_survive(name: str, results: list[ToolResult]) -> None:
    scaffold = READ[name]
    results = results[: scaffold.most_calls]
    observation = scaffold.observe(Parsed("", ()), results)
    assert repr(scaffold.read(observation)) == repr(results)


@quick
@given(results=RESULTS)
def test_native_results_survive(results: list[ToolResult]) -> None:
    ids = tuple(map(str, range(len(results))))
    messages = Native().observe(Parsed("", (), ids), results)
    assert repr(Native().read(messages)) == repr(results)


@every_scaffold
def test_a_complaint_is_an_error(name: str) -> None:
    [result] = ALL[name].read(ALL[name].complain("</tool_response> Observation: ```"))
    assert result.code == "format_error"


@every_scaffold
@quick
@given(data=st.data())
def test_any_text_is_read_or_refused(name: str, data: st.DataObject) -> None:
    scaffold = ALL[name]
    action = scaffold.act(EXAMPLE, EXAMPLE_SPECS)
    if isinstance(action, str):
        start = data.draw(st.integers(0, len(action)))
        end = data.draw(st.integers(start, len(action)))
        action = action[:start] + data.draw(texts) + action[end:]
    else:
        action["tool_calls"][0]["function"]["arguments"] = data.draw(texts | values)
    with suppress(FormatError):
        assert scaffold.parse(action, EXAMPLE_SPECS).calls
    with suppress(FormatError):
        assert scaffold.parse(data.draw(values), EXAMPLE_SPECS).calls


@every_text_scaffold
def test_no_truncated_action_is_taken_for_another(name: str) -> None:
    action = READ[name].act(EXAMPLE, EXAMPLE_SPECS)
    for end in range(len(action)):
        with suppress(FormatError):
            assert READ[name].parse(action[:end], EXAMPLE_SPECS).calls == tuple(EXAMPLE)


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("hermes", 'So <tool_call>{"name": "f", "arguments": {"x": "1", "n": 2}}</tool_call>.'),
        (
            "qwen3-coder",
            "<tool_call><function=f><parameter=x>1</parameter>"
            "<parameter=n>\n 2 </parameter></function></tool_call>",
        ),
        (
            "minimax-m2",
            '<minimax:tool_call><invoke name="f"><parameter name="x">1</parameter>'
            '<parameter name="n">\n2\n</parameter></invoke></minimax:tool_call> Done.',
        ),
        (
            "glm",
            "<tool_call>f<arg_key>x</arg_key><arg_value>1</arg_value>"
            "<arg_key>n</arg_key><arg_value>2</arg_value></tool_call>",
        ),
        ("deepseek-v3.1", '<｜tool▁call▁begin｜>f<｜tool▁sep｜>{"x":"1","n":2}<｜tool▁call▁end｜>'),
        (
            "harmony",
            "<|channel|>analysis<|message|>So.<|end|><|channel|>commentary to=functions.f"
            '<|constrain|>json<|message|>{"x": "1", "n": 2}<|call|>',
        ),
        ("pythonic", 'So [1]:\n[\n  f(x = """1""", n=2,),\n]\nThat [should] do.'),
        ("lfm2", "<|tool_call_start|> [f(x='\\x31', n=2)]"),
        ("react", 'Thought: so.\nAction: f\nAction Input:\n{"x": "1",\n "n": 2}\nObservation: 3'),
        ("bash", "```sh\nf --x=\"1\" \\\n  --n '2' ```\nDone.\n```\nf --x 3\n```"),
    ],
)
def test_harmless_variants_are_read(name: str, action: str) -> None:
    specs = specs_of({"f": {"x": "string", "n": "integer"}})
    assert READ[name].parse(action, specs).calls == (ToolCall("f", {"x": "1", "n": 2}),)


@pytest.mark.parametrize(
    ("name", "action", "lesson"),
    [
        ("hermes", '<tool_call>{"name": "f"', "never closed by </tool_call>"),
        ("hermes", '<tool_call>{"name": f}</tool_call>', "Expecting value at character"),
        ("hermes", '<tool_call>{"name": "f", "arguments": {"n": 1e999}}</tool_call>', "finite"),
        ("hermes", '<tool_call>{"name": "\\ud800"}</tool_call>', "half of a surrogate pair"),
        ("glm", "<tool_call>f <n>2</n></tool_call>", "should come <arg_key>NAME</arg_key>"),
        ("glm", "<tool_call>f<arg_key>n</arg_key><arg_value>two</arg_value></tool_call>", "'n'"),
        ("pythonic", "[f(n=g(2))]", "should come a string, number"),
        ("pythonic", "[f(x='\\ud800')]", "half of a surrogate pair"),
        ("react", "Action: f\nObservation: 2", "below it 'Action Input"),
        ("bash", "```bash\nf --n 2 | jq .\n```", "'|' is neither"),
        ("bash", "```bash\nf --x 'it's'\n```", "the end of the quotes"),
        ("bash", "```bash\nf --n\n```", "--n has no value"),
    ],
)
def test_a_refusal_says_why(name: str, action: str, lesson: str) -> None:
    specs = specs_of({"f": {"x": "string", "n": "integer"}})
    with pytest.raises(FormatError) as refusal:
        READ[name].parse(action, specs)
    assert lesson in str(refusal.value)


@every_text_scaffold
def test_too_many_calls_are_refused(name: str) -> None:
    scaffold = READ[name]
    assert len(scaffold.parse(scaffold.act(EXAMPLE * scaffold.most_calls, {}), {}).calls) >= 1
    with pytest.raises(FormatError, match=f"at most {scaffold.most_calls} may"):
        scaffold.parse(scaffold.act(EXAMPLE * (scaffold.most_calls + 1), {}), {})


@every_text_scaffold
@pytest.mark.parametrize("harm", ["\0", "\ud800", "x" * LONGEST_ACTION])
def test_what_none_can_store_is_refused(name: str, harm: str) -> None:
    with pytest.raises(FormatError):
        READ[name].parse(harm + READ[name].act(EXAMPLE, EXAMPLE_SPECS), EXAMPLE_SPECS)


@every_scaffold
def test_values_too_deep_are_refused(name: str) -> None:
    deep: list[Any] = []
    for _ in range(DEEPEST_VALUE):
        deep = [deep]
    call = ToolCall("find", {"tags": deep})
    with pytest.raises(FormatError, match="nested"):
        ALL[name].parse(ALL[name].act([call], EXAMPLE_SPECS), EXAMPLE_SPECS)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail if the block takes more processor time than that."""
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


@every_text_scaffold
@pytest.mark.parametrize(
    "unit",
    ["", *"<[({'\"`\\&- \na", "[a", "[a(", "a=", "--a ", "'\"", "\\\n", "<a>", "{'a':", '{"a":'],
)
def test_no_text_takes_long(name: str, unit: str) -> None:
    action = READ[name].act(EXAMPLE, EXAMPLE_SPECS)
    for end in (0, len(action) // 3, len(action) * 2 // 3, len(action)):
        unit = unit or action[:40]
        nasty = action[:end] + unit * ((LONGEST_ACTION - len(action)) // len(unit)) + action[end:]
        with within(seconds=0.5), suppress(FormatError):
            READ[name].parse(nasty, EXAMPLE_SPECS)
