"""A Python list of calls with literal arguments. It is read, never run."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import FormatError, Syntax, TextScaffold, checked, expected, finite
from wildgym.tools import Json, Specs, ToolCall

T = TypeVar("T")


@dataclass(frozen=True)
class Code:
    """Calls with keyword arguments, in a list.

    Not read by `ast`: any tool and argument has a name here, `from` and `ship-to.city` too, which
    are no identifiers in Python; and prose may follow the list.

    Attributes:
        opens: What stands before the list.
        closes: What stands after it. Agents may leave it out.
        group: The group of syntaxes.
    """

    opens: str = ""
    closes: str = ""
    group: str = "code"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls."""
        written = [
            f"{call.name}({', '.join([f'{k}={v!r}' for k, v in call.arguments.items()])})"
            for call in calls
        ]
        return f"{self.opens}[{', '.join(written)}]{self.closes}"

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read the first list of calls."""
        first = text.find(self.opens)
        start = _LIST.search(text, first) if first >= 0 else None
        if not start:
            return 0, []
        try:
            calls, end = _read_items(text, start.end(), "]", _read_call)
        except (RecursionError, ValueError) as error:
            raise FormatError(f"A value cannot be read: {error}.") from None
        checked([call.arguments for call in calls], text[start.start() : end])
        return first if self.opens else start.start(), calls


_LIST = re.compile(r"\[(?=\s*+[\w.-]++\s*+\()")
_CALL = re.compile(r"\s*+([\w.-]+)\s*+\(")
_ARGUMENT = re.compile(r"\s*+([\w.-]+)\s*+=")
_COLON = re.compile(r"\s*+:")
_COMMA = re.compile(r"\s*+(?:,|(?=[\])}]))")
_CLOSES = {bracket: re.compile(rf"\s*+\{bracket}") for bracket in "])}"}
_VALUE = re.compile(
    r"""\s*+(?:(?P<quote>'''|\"""|'|")(?P<body>(?:[^\\'"]|\\.|(?!(?P=quote))['"])*+)(?P=quote)"""
    r"|(?P<number>-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>True|False|None|true|false|null)\b"
    r"|(?P<bracket>[\[{]))",
    re.DOTALL,
)
_WORDS = {"True": True, "False": False, "true": True, "false": False, "None": None, "null": None}
_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|(?P<plain>.))",
    re.DOTALL,
)
_ESCAPED: dict[str, str] = dict(zip("abfnrtv\\'\"\n", [*"\a\b\f\n\r\t\v\\'\"", ""], strict=True))
_NOTE = "Every value is a Python literal. A name need not be an identifier: write it as it is.\n"


def _read_items(
    text: str, at: int, bracket: str, read: Callable[[str, int], tuple[T, int]]
) -> tuple[list[T], int]:
    """Read items between commas, up to a closing bracket."""
    items, closes = [], _CLOSES[bracket]
    while not (end := closes.match(text, at)):
        item, at = read(text, at)
        items.append(item)
        comma = _COMMA.match(text, at)
        if not comma:
            raise expected(f"a comma or {bracket}", text, at)
        at = comma.end()
    return items, end.end()


def _read_call(text: str, at: int) -> tuple[ToolCall, int]:
    head = _CALL.match(text, at)
    if not head:
        raise expected("tool_name(", text, at)
    arguments, at = _read_items(text, head.end(), ")", _read_argument)
    return ToolCall(head[1], dict(arguments)), at


def _read_argument(text: str, at: int) -> tuple[tuple[str, Json], int]:
    name = _ARGUMENT.match(text, at)
    if not name:
        raise expected("argument=value", text, at)
    value, at = _read_value(text, name.end())
    return (name[1], value), at


def _read_pair(text: str, at: int) -> tuple[tuple[str, Json], int]:
    name, after = _read_value(text, at)
    colon = _COLON.match(text, after)
    if not isinstance(name, str) or not colon:
        raise expected('"text": value', text, at)
    value, after = _read_value(text, colon.end())
    return (name, value), after


def _read_value(text: str, at: int) -> tuple[Json, int]:
    found = _VALUE.match(text, at)
    if not found:
        raise expected("a string, number, True, False, None, list or dict", text, at)
    at = found.end()
    match found.lastgroup:
        case "body":
            body = found["body"]
            return (_ESCAPE.sub(_unescaped, body) if "\\" in body else body), at
        case "number":
            number = found["number"]
            return (int if number.lstrip("-").isdigit() else finite)(number), at
        case "word":
            return _WORDS[found["word"]], at
    if found["bracket"] == "[":
        return _read_items(text, at, "]", _read_value)
    pairs, at = _read_items(text, at, "}", _read_pair)
    return dict(pairs), at


def _unescaped(escape: re.Match[str]) -> str:
    written, plain = escape[0], escape["plain"]
    return _ESCAPED.get(plain, written) if plain else chr(int(written[2:], 16))


_PYTHONIC: Syntax = Code()
_LFM2: Syntax = Code("<|tool_call_start|>", "<|tool_call_end|>")

SCAFFOLDS = (
    TextScaffold(
        "pythonic",
        _PYTHONIC,
        docs.json_lines,
        "<|header_start|>ipython<|header_end|>\n\n{}<|eot|>",
        8,
        _NOTE,
    ),
    TextScaffold(
        "lfm2",
        _LFM2,
        docs.signatures,
        "<|tool_response_start|>{}<|tool_response_end|>",
        8,
        _NOTE,
    ),
)
