"""One reader of values that are written as in a programming language, for all such syntaxes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from wildgym.envs.scaffolds.values import expected, finite
from wildgym.tools import Json

T = TypeVar("T")

_COLON = re.compile(r"\s*+:")
_COMMA = re.compile(r"\s*+(?:,|(?=[\])}]))")
_BLANKS = re.compile(r"(?:\s|,)*+")
_CLOSES = {bracket: re.compile(rf"\s*+\{bracket}") for bracket in "])}"}
_WORDS = {"True": True, "False": False, "true": True, "false": False, "None": None, "null": None}
_KEY = re.compile(r"\s*+([\w.-]+)(?=\s*+:)")
_STRING = (
    r"(?P<quote>'''|\"\"\"|'|\")"
    r"(?P<body>(?:[^\\'\"]|\\.|(?!(?P=quote))['\"])*+)(?P=quote)"
)
_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|(?P<plain>.))",
    re.DOTALL,
)
_ESCAPED: dict[str, str] = dict(zip("abfnrtv\\'\"\n", [*"\a\b\f\n\r\t\v\\'\"", ""], strict=True))


def unescaped(body: str) -> str:
    """Return the text between the quotes of a literal: JSON's escapes and Python's."""
    if "\\" not in body:
        return body
    text = _ESCAPE.sub(_character, body)
    if "\\u" in body:
        # What JSON writes as a pair of surrogates is one character.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return text


def _character(escape: re.Match[str]) -> str:
    written, plain = escape[0], escape["plain"]
    return _ESCAPED.get(plain, written) if plain else chr(int(written[2:], 16))


@dataclass(frozen=True)
class Literals:
    """How values are written: strings, numbers, words, and lists and mappings of them.

    Not read by `ast`: where a value ends has to be found within prose, in linear time.

    Attributes:
        string: A regex for a string, its text in the group `body`.
        text: From that to the text that it stands for.
        bare: Whether the keys of mappings may stand without quotes.
        commas: Whether commas have to stand between items.
        values: What an agent is told may stand as a value.
    """

    string: str = _STRING
    text: Callable[[str], str] = unescaped
    bare: bool = False
    commas: bool = True
    values: str = "a string, number, True, False, None, list or dict"

    def items(
        self, text: str, at: int, bracket: str, read: Callable[[str, int], tuple[T, int]]
    ) -> tuple[list[T], int]:
        """Read items up to a closing bracket."""
        items, closes = [], _CLOSES[bracket]
        while not (end := closes.match(text, at)):
            item, at = read(text, at)
            items.append(item)
            comma = (_COMMA if self.commas else _BLANKS).match(text, at)
            if not comma:
                raise expected(f"a comma or {bracket}", text, at)
            at = comma.end()
        return items, end.end()

    def value(self, text: str, at: int) -> tuple[Json, int]:
        """Read one value; return it and where it ends."""
        found = self._value.match(text, at)
        if not found:
            raise expected(self.values, text, at)
        at = found.end()
        match found.lastgroup:
            case "body":
                return self.text(found["body"]), at
            case "number":
                number = found["number"]
                return (int if number.lstrip("-").isdigit() else finite)(number), at
            case "word":
                return _WORDS[found["word"]], at
        if found["bracket"] == "[":
            return self.items(text, at, "]", self.value)
        pairs, at = self.items(text, at, "}", self.pair)
        return dict(pairs), at

    def pair(self, text: str, at: int) -> tuple[tuple[str, Json], int]:
        """Read a key, a colon and a value."""
        bare = _KEY.match(text, at) if self.bare else None
        name, after = (bare[1], bare.end()) if bare else self.value(text, at)
        colon = _COLON.match(text, after)
        if not isinstance(name, str) or not colon:
            raise expected('"text": value', text, at)
        value, after = self.value(text, colon.end())
        return (name, value), after

    @cached_property
    def _value(self) -> re.Pattern[str]:
        return re.compile(
            rf"\s*+(?:{self.string}"
            r"|(?P<number>-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
            r"|(?P<word>True|False|None|true|false|null)\b"
            r"|(?P<bracket>[\[{]))",
            re.DOTALL,
        )


PYTHON = Literals()
"""Literals of Python; those of JSON are read too."""
