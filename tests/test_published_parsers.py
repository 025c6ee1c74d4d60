"""What we write is what published parsers read: API clients' own models, and readers of Python's.

All are imported as they are installed, with nothing put into their place.
"""

import ast
import configparser
import json
import shlex
from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element, ParseError, fromstring

import mcp_types
import pytest
from anthropic.types import ToolUseBlock
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionMessage, ChatCompletionMessageFunctionToolCall
from openai.types.responses import ResponseFunctionToolCall

from wildgym.envs.scaffolds import READ
from wildgym.tools import Json, ToolCall, ToolSpec

Called = Sequence[tuple[str, Json]]
KINDS = {
    "text": "string",
    "whole": "integer",
    "share": "number",
    "flag": "boolean",
    "listed": "array",
    "held": "object",
}
SPECS = {
    "find_it": ToolSpec(
        "find_it",
        "",
        {"type": "object", "properties": {name: {"type": kind} for name, kind in KINDS.items()}},
    )
}
WORDS = [
    *("open", "42", "true", "null", "1e5", '{"a": 1}', "[1,2]", '"q"', "it's", "line\n break"),
    *("<b>&amp; x", "a < b && c", "</x>", "é😀字", "\\n \\u0041 \\", "\t", "a,b: c", "\u2028x"),
    *("]]>", "[f(x=1)]", "```", "$HOME `ls`", "%(x)s", "# a", "; b", "--text", " a ", "", "=", "!"),
    *("</param>", "</parameters>", "</tool_call>", "<|end|>", "[TOOL_CALLS]", "${x}", "*", "~"),
]
texts = st.lists(
    st.sampled_from(WORDS)
    | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=4),
    max_size=3,
).map("".join)
keys = st.text("abcxyz_", min_size=1, max_size=5)
scalars = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=5,
)
arguments = st.fixed_dictionaries(
    {},
    optional={
        "text": texts,
        "whole": st.integers(-(10**12), 10**12),
        "share": st.sampled_from([0.5, -1.25, 3.0, 1e-7, 12345.678]),
        "flag": st.booleans(),
        "listed": st.lists(values, max_size=3),
        "held": st.dictionaries(keys, values, max_size=3),
    },
)


# What API clients read.


def openai_chat(text: str) -> Called:
    message = ChatCompletionMessage.model_validate_json(text)
    functions = [
        call.function
        for call in message.tool_calls or ()
        if isinstance(call, ChatCompletionMessageFunctionToolCall)
    ]
    return [(function.name, json.loads(function.arguments)) for function in functions]


def openai_responses(text: str) -> Called:
    items = map(ResponseFunctionToolCall.model_validate, json.loads(text)["output"])
    return [(item.name, json.loads(item.arguments)) for item in items]


def anthropic_messages(text: str) -> Called:
    blocks = map(ToolUseBlock.model_validate, json.loads(text)["content"])
    return [(block.name, block.input) for block in blocks]


def mcp(text: str) -> Called:
    # Line ends within a string are escaped, others that Unicode has are not.
    requests = map(mcp_types.CallToolRequest.model_validate_json, text.split("\n"))
    return [(request.params.name, request.params.arguments) for request in requests]


# What Python reads: its own calls, XML, a shell's words and INI files.


def python(text: str) -> Called:
    found = []
    for line in text.split("\n"):
        expression = ast.parse(line.strip(), mode="eval").body
        for call in expression.elts if isinstance(expression, ast.List) else [expression]:
            assert isinstance(call, ast.Call)
            assert isinstance(call.func, ast.Name)
            given = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
            found.append((call.func.id, given))
    return found


def within(opens: str, closes: str, parse: Callable[[str], Called]) -> Callable[[str], Called]:
    def read(text: str) -> Called:
        assert text.startswith(opens)
        assert text.endswith(closes)
        return parse(text.removeprefix(opens).removesuffix(closes))

    return read


def typed(given: dict[str, str], read: Callable[[str], Json]) -> dict[str, Json]:
    """Read the values that are no strings."""
    return {k: text if KINDS[k] == "string" else read(text) for k, text in given.items()}


def parameters(call: Element) -> dict[str, str]:
    """Return the values of elements that have a name, and their value as such or as their text."""
    return {p.attrib["name"]: p.get("value", p.text or "") for p in call.iter("param")}


def literal(text: str) -> Json:
    value: Json = json.loads(text) if text in ("true", "false") else ast.literal_eval(text)
    return value


def bfcl_xml(text: str) -> Called:
    return [(call.attrib["name"], typed(parameters(call), literal)) for call in fromstring(text)]


def minicpm(text: str) -> Called:
    calls = fromstring(f"<all>{text}</all>")
    return [(call.attrib["name"], typed(parameters(call), json.loads)) for call in calls]


def anthropic_xml(text: str) -> Called:
    return [
        (
            call.findtext("tool_name", ""),
            typed({p.tag: p.text or "" for p in call.find("parameters") or ()}, json.loads),
        )
        for call in fromstring(text)
    ]


def shell(text: str) -> Called:
    name, *words = shlex.split(text)
    given = {name.removeprefix("--"): value for name, value in zip(*[iter(words)] * 2, strict=True)}
    return [(name, typed(given, json.loads))]


def ini(text: str) -> Called:
    # Only "=" parts a name from its value, and nothing in a value is filled in.
    parser = configparser.RawConfigParser(delimiters="=", comment_prefixes=None)
    parser.read_string(text)
    [name] = parser.sections()
    quoted = {key: json.loads(value) for key, value in parser[name].items() if value[:1] == '"'}
    return [(name, typed(dict(parser[name]), json.loads) | quoted)]


PARSERS: dict[str, Callable[[str], Called]] = {
    "openai-chat": openai_chat,
    "openai-responses": openai_responses,
    "anthropic-messages": anthropic_messages,
    "mcp": mcp,
    "pythonic": python,
    "lfm2": within("<|tool_call_start|>", "<|tool_call_end|>", python),
    "toolcall": within("<TOOLCALL>", "</TOOLCALL>", python),
    "tool-code": within("```tool_code\n", "\n```", python),
    "olmo3": within("<function_calls>\n", "\n</function_calls>", python),
    "bfcl-xml": bfcl_xml,
    "bfcl-verbose-xml": bfcl_xml,
    "minicpm": minicpm,
    "anthropic-xml": anthropic_xml,
    "bash": within("```bash\n", "\n```", shell),
    "ini": within("```ini\n", "\n```", ini),
}
ALONE = ("ini",)
"""Formats of which a reply's calls are documents of their own: their parser is given one."""


@pytest.mark.parametrize("name", PARSERS)
@given(given=st.lists(arguments, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_published_parsers_read_what_we_write(name: str, given: list[dict[str, Json]]) -> None:
    scaffold = READ[name]
    sent = given[: 1 if name in ALONE else scaffold.most_calls]
    text = scaffold.act([ToolCall("find_it", each) for each in sent], SPECS)
    assert PARSERS[name](text) == [("find_it", each) for each in sent]


CANNOT = [
    # XML 1.0 has no control characters, not even as references.
    *(("bfcl-xml", text) for text in ("\x01", "\ufffe")),
    *(("bfcl-verbose-xml", text) for text in ("\x01", "\ufffe")),
    *(("minicpm", text) for text in ("\x01", "\ufffe")),
    *(("anthropic-xml", text) for text in ("\x01", "\ufffe")),
]
"""What a format's parser cannot read, however it is written."""


@pytest.mark.parametrize(("name", "text"), CANNOT)
def test_what_a_parser_cannot_read_is_read_by_us_alone(name: str, text: str) -> None:
    call = ToolCall("find_it", {"text": text})
    action = READ[name].act([call], SPECS)
    assert READ[name].parse(action, SPECS).calls == (call,)
    with pytest.raises(ParseError):
        PARSERS[name](action)
