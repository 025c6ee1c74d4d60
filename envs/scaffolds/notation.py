"""Calls with an object of arguments, as other languages write them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.elements import Raw
from wildgym.envs.scaffolds.literals import Literals
from wildgym.envs.scaffolds.templates import first_mark, pattern, shown
from wildgym.envs.scaffolds.values import FormatError, checked, expected, write_json
from wildgym.tools import Json, Specs, ToolCall

_GROUP = "notation"
_BARE = re.compile(r"[\w.-]+")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True)
class Notation:
    """A call is its tool's name and a mapping of arguments.

    Attributes:
        opens: Before the mapping: a template of the tool's name.
        closes: After it.
        block: Around all calls.
        style: How values are written and read.
        group: The group of syntaxes.
    """

    opens: str
    closes: str
    style: "Style"
    block: tuple[str, str] = ("", "")
    between: str = "\n"
    group: str = _GROUP

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls."""
        written = [
            self.opens.format(call.name) + self.style.mapping(call.arguments) + self.closes
            for call in calls
        ]
        return self.block[0] + self.between.join(written) + self.block[1]

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read call after call; prose may stand around them."""
        begins = first_mark(self.block[0] or self.opens)
        first, calls, at = text.find(begins), [], 0
        try:
            while (start := text.find(begins, at)) >= 0:
                at = start + len(begins if self.block[0] else "")
                end = None
                while not end:
                    call, at = self._read(text, at)
                    calls.append(call)
                    end = pattern(self.block[1]).match(text, at)
                at = end.end()
        except (RecursionError, ValueError) as error:
            raise FormatError(f"A value cannot be read: {error}.") from None
        checked([call.arguments for call in calls], text)
        return first, calls

    def _read(self, text: str, at: int) -> tuple[ToolCall, int]:
        head = pattern(self.opens).match(text, at)
        if not head:
            raise expected(shown(self.opens), text, at)
        arguments, at = self.style.read(text, head.end())
        end = pattern(self.closes).match(text, at)
        if not end:
            raise expected(self.closes.strip(), text, at)
        return ToolCall(head[1], arguments), end.end()


_OBJECT = Literals(bare=True, values="a string, number, true, false, null, [ or {")
_DELIMITER = '<|"|>'
_GEMMA_TEXT = Raw((_DELIMITER, "<tool_call|>"))
_GEMMA_LITERALS = Literals(
    string=r'<\|"\|>(?P<body>(?:[^<]|<(?!\|"\|>))*+)<\|"\|>',
    text=lambda body: str(_GEMMA_TEXT.read(body, "string", "")),
    bare=True,
    values=f"text between {_DELIMITER}, a number, true, false, null, [ or {{",
)


@dataclass(frozen=True)
class Style:
    """Objects as in TypeScript: a key that is an identifier needs no quotes."""

    literals: Literals = _OBJECT

    def mapping(self, value: Json) -> str:
        """Write the arguments."""
        return self.write(value)

    def write(self, value: Json) -> str:
        """Write a value."""
        if isinstance(value, dict):
            return (
                "{" + ", ".join([f"{self.key(k)}: {self.write(v)}" for k, v in value.items()]) + "}"
            )
        if isinstance(value, list):
            return "[" + ", ".join([self.write(item) for item in value]) + "]"
        return write_json(value)

    def key(self, key: str) -> str:
        """Write a key."""
        return key if _IDENTIFIER.fullmatch(key) else write_json(key)

    def read(self, text: str, at: int) -> tuple[dict[str, Json], int]:
        """Read the arguments."""
        value, at = self.literals.value(text, at)
        if not isinstance(value, dict):
            raise FormatError("The arguments are an object: {argument: value}.")
        return value, at


@dataclass(frozen=True)
class Gemma(Style):
    """Gemma's objects: strings between `<|"|>`, keys without quotes."""

    literals: Literals = _GEMMA_LITERALS

    def write(self, value: Json) -> str:
        """Write a value."""
        if isinstance(value, dict):
            return (
                "{" + ",".join([f"{self.key(k)}:{self.write(v)}" for k, v in value.items()]) + "}"
            )
        if isinstance(value, list):
            return "[" + ",".join([self.write(item) for item in value]) + "]"
        if isinstance(value, str):
            return _DELIMITER + _GEMMA_TEXT.write(value, "string") + _DELIMITER
        text = json.dumps(value)
        # Without a point, a serving stack takes a number with an exponent for a word.
        return text.replace("e", ".0e") if isinstance(value, float) and "." not in text else text

    def key(self, key: str) -> str:
        """Write a key."""
        return key if _BARE.fullmatch(key) else self.write(key)


@dataclass(frozen=True)
class Keywords(Style):
    """Arguments as in Lisp: `:name value`, one after the other."""

    def mapping(self, value: Json) -> str:
        """Write the arguments."""
        return "".join([f" :{name} {write_json(item)}" for name, item in value.items()])

    def read(self, text: str, at: int) -> tuple[dict[str, Json], int]:
        """Read the arguments."""
        arguments: dict[str, Json] = {}
        while name := _KEYWORD.match(text, at):
            arguments[name[1]], at = self.literals.value(text, name.end())
        return arguments, at


_KEYWORD = re.compile(r"\s*+:([\w.-]+)\s")

_TYPESCRIPT: Syntax = Notation(
    "await functions.{}(", ");", Style(), block=("```typescript\n", "\n```")
)
_GEMMA4: Syntax = Notation("<|tool_call>call:{}", "<tool_call|>", Gemma(), between="")
_LISP: Syntax = Notation("(call {}", ")", Keywords())

SCAFFOLDS = (
    TextScaffold("typescript", _TYPESCRIPT, docs.typescript, "```output\n{}\n```", 8),
    TextScaffold(
        "gemma4",
        _GEMMA4,
        docs.json_lines,
        "<|tool_response>response:{name}\n{}<tool_response|>",
        8,
        f"Text stands as it is between {_DELIMITER} and {_DELIMITER}. Only where it contains"
        f" {_DELIMITER} or <tool_call|>, write &lt; for its <.\n",
    ),
    TextScaffold(
        "s-expression", _LISP, docs.json_lines, "<result>{}</result>", 8, "Values are JSON.\n"
    ),
)
