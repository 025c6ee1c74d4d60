"""How a value stands within an element: as text that nothing marks off but the element's end."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol
from xml.sax.saxutils import escape, unescape

from wildgym.envs.scaffolds.literals import PYTHON
from wildgym.envs.scaffolds.values import (
    FormatError,
    checked,
    read_json,
    read_value,
    write_json,
    write_value,
)
from wildgym.tools import Json


class Content(Protocol):
    """How a value stands in an element, and how it is read."""

    def write(self, value: Json, kind: str | None) -> str:
        """Write a value of a declared type, or of none that is known."""
        ...

    def read(self, text: str, kind: str | None, name: str) -> Json:
        """Read a value back; raise FormatError that names the argument."""
        ...

    def end(self, text: str, at: int, closes: str) -> int:
        """Return where the value ends that begins at a place, or -1."""
        ...


@dataclass(frozen=True)
class Raw:
    r"""Strings stand as they are, any other value as JSON. Serving stacks read it so.

    What no text could carry, a token that ends the value, is written as an entity; what would be
    read as such an entity has its `&` written `&amp;`. Within JSON, `\u003c` does the same.

    Attributes:
        tokens: What ends a value. All begin with the same character.
        json_tokens: What may not stand within JSON, if that is something else.
        entities: Whether tokens in strings are written as entities. Else such strings have to be
            written as JSON.
        quoted: Whether a string that would be read as JSON is written as a JSON string.
    """

    tokens: tuple[str, ...]
    json_tokens: tuple[str, ...] = ()
    entities: bool = True
    quoted: bool = False

    def write(self, value: Json, kind: str | None) -> str:
        """Write a string as it is, or JSON."""
        if isinstance(value, str) and (kind == "string" or self._needs_no_type(value, kind)):
            text = write_json(value) if self.quoted and _taken_for(value) != value else value
            return self._seal.sub(self._sealed, text) if self.entities else text
        return write_json(value, *(self.json_tokens or self.tokens))

    def read(self, text: str, kind: str | None, name: str) -> Json:
        """Read what `write` wrote."""
        if kind != "string":
            value = read_value(text, kind, name)
            if value is not text:
                return value
        if self.entities and "&" in text:
            text = self._unseal.sub(self._unsealed, text)
        if self.quoted and kind == "string" and text[:1] == '"':
            try:
                value = read_json(text, name)
            except FormatError:
                return text
            return value if isinstance(value, str) else text
        return text

    def end(self, text: str, at: int, closes: str) -> int:
        """Find what closes the element."""
        return text.find(closes, at)

    def breaks(self, text: str) -> bool:
        """Return whether a string has to be written as JSON: for a token in it, or its edges."""
        if self.entities:
            return False
        return text.strip() != text or any(token in text for token in self.tokens)

    def _needs_no_type(self, text: str, kind: str | None) -> bool:
        """Return whether a string is read as itself where no type is declared."""
        return kind is None and not self.quoted and read_value(text, None, "") is text

    @property
    def _entity(self) -> str:
        first = self.tokens[0][0]
        return "&lt;" if first == "<" else f"&#{ord(first)};"

    @cached_property
    def _seal(self) -> re.Pattern[str]:
        first = re.escape(self.tokens[0][0])
        return re.compile(f"(?:{first}|&(?:amp;)*+{self._entity[1:]})(?={self._rest})")

    @cached_property
    def _unseal(self) -> re.Pattern[str]:
        return re.compile(f"&((?:amp;)*+){self._entity[1:]}(?={self._rest})")

    @property
    def _rest(self) -> str:
        return "|".join(re.escape(token[1:]) for token in self.tokens)

    def _sealed(self, found: re.Match[str]) -> str:
        return f"&amp;{found[0][1:]}" if found[0][0] == "&" else self._entity

    def _unsealed(self, found: re.Match[str]) -> str:
        return f"&{found[0][5:]}" if found[1] else self.tokens[0][0]


def _taken_for(text: str) -> str:
    """Return what a serving stack that tries JSON first takes a string for."""
    value = _as_json(text)
    if value is _NONE and "\\" in text and isinstance(inner := _as_json(f'"{text}"'), str):
        value = _as_json(inner)
    if isinstance(value, str):
        return value
    if value is _NONE:
        return text[1:-1] if text[:1] in ('"', "'") and text[:1] == text[-1:] else text
    is_holder = isinstance(value, dict | list)
    return json.dumps(value, ensure_ascii=False) if is_holder else str(value)


_NONE = object()


def _as_json(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NONE


@dataclass(frozen=True)
class Xml:
    """Real XML: `&` and `<` are escaped wherever they stand.

    Attributes:
        python: Whether values other than strings stand as Python literals, and not as JSON.
        sections: Whether texts with `&` or `<` stand in CDATA sections.
        tokens: What a reader may look for without regard to sections.
    """

    python: bool = False
    sections: bool = False
    tokens: tuple[str, ...] = ()

    def write(self, value: Json, kind: str | None) -> str:
        """Write a value, and escape it."""
        if self.python and kind != "string":
            return xml_text(repr(value))
        text = write_value(value, kind)
        if not self.sections or not ("&" in text or "<" in text):
            return xml_text(text)
        if "]]>" in text or "\r" in text or any(token in text for token in self.tokens):
            return xml_text(text)
        return f"<![CDATA[{text}]]>"

    def read(self, text: str, kind: str | None, name: str) -> Json:
        """Undo escapes, then read."""
        plain = "".join(
            [
                part if n % 2 else unescape(part, _REFERENCES)
                for n, part in enumerate(_SECTION.split(text) if self.sections else [text])
            ]
        )
        if self.python and kind != "string":
            value, end = PYTHON.value(plain, 0)
            if plain[end:].strip():
                raise FormatError(f"The value of {name!r} goes on after its end: {plain[:40]!r}.")
            return checked(value, plain)
        return read_value(plain, kind, name)

    def end(self, text: str, at: int, closes: str) -> int:
        """Find what closes the element, outside sections."""
        if not self.sections:
            return text.find(closes, at)
        end = text.find(closes, at)
        begin = text.find("<![CDATA[", at)
        while 0 <= begin < end:
            at = text.find("]]>", begin)
            if at < 0:
                return -1
            end = text.find(closes, at)
            begin = text.find("<![CDATA[", at)
        return end


def xml_text(text: str) -> str:
    """Escape a text for XML. Its readers would take a carriage return for a line end."""
    return escape(text, {"\r": "&#13;"})


_REFERENCES = {"&#13;": "\r", "&quot;": '"', "&apos;": "'", "&#10;": "\n", "&#9;": "\t"}
_SECTION = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
