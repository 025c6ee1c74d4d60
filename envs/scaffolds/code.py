"""Python calls with literal arguments. They are read, never run."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.literals import PYTHON
from wildgym.envs.scaffolds.values import FormatError, checked, expected
from wildgym.tools import Json, Specs, ToolCall


@dataclass(frozen=True)
class Code:
    """Calls with keyword arguments, in a list or each on a line.

    Not read by `ast`: any tool and argument has a name here, `from` and `ship-to.city` too, which
    are no identifiers in Python; and prose may follow the calls.

    Attributes:
        opens: What stands before the calls.
        closes: What stands after them. Agents may leave it out after a list.
        listed: Whether the calls stand in a list.
        marks: What no string may contain: its first character is written as an escape.
        group: The group of syntaxes.
    """

    opens: str = ""
    closes: str = ""
    listed: bool = True
    marks: tuple[str, ...] = ()
    group: str = "code"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls."""
        written = [
            f"{call.name}({', '.join([f'{k}={v!r}' for k, v in call.arguments.items()])})"
            for call in calls
        ]
        text = f"[{', '.join(written)}]" if self.listed else "\n".join(written)
        for mark in self.marks:
            text = text.replace(mark, f"\\x{ord(mark[0]):02x}{mark[1:]}")
        return self.opens + text + self.closes

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read the first list of calls, or all lines of each block."""
        first = text.find(self.opens.strip())
        start = _LIST.search(text, first) if first >= 0 and self.listed else None
        if first < 0 or (self.listed and not start):
            return 0, []
        try:
            if start:
                calls, end = PYTHON.items(text, start.end(), "]", _read_call)
            else:
                calls, end = self._read_blocks(text, first)
        except (RecursionError, ValueError) as error:
            raise FormatError(f"A value cannot be read: {error}.") from None
        begin = start.start() if start and not self.opens else first
        checked([call.arguments for call in calls], text[begin:end])
        return begin, calls

    def _read_blocks(self, text: str, at: int) -> tuple[list[ToolCall], int]:
        opens, closes = self.opens.strip(), re.compile(rf"\s*+{re.escape(self.closes.strip())}")
        calls: list[ToolCall] = []
        end = at
        while (at := text.find(opens, end)) >= 0:
            at += len(opens)
            while not (closed := closes.match(text, at)):
                call, at = _read_call(text, at)
                calls.append(call)
            end = closed.end()
        return calls, end


_LIST = re.compile(r"\[(?=\s*+[\w.-]++\s*+\()")
_CALL = re.compile(r"\s*+([\w.-]+)\s*+\(")
_ARGUMENT = re.compile(r"\s*+([\w.-]+)\s*+=")
_NOTE = "Every value is a Python literal. A name need not be an identifier: write it as it is.\n"


def _read_call(text: str, at: int) -> tuple[ToolCall, int]:
    head = _CALL.match(text, at)
    if not head:
        raise expected("tool_name(", text, at)
    arguments, at = PYTHON.items(text, head.end(), ")", _read_argument)
    return ToolCall(head[1], dict(arguments)), at


def _read_argument(text: str, at: int) -> tuple[tuple[str, Json], int]:
    name = _ARGUMENT.match(text, at)
    if not name:
        raise expected("argument=value", text, at)
    value, at = PYTHON.value(text, name.end())
    return (name[1], value), at


_PYTHONIC: Syntax = Code(marks=("<|python",))
_LFM2: Syntax = Code("<|tool_call_start|>", "<|tool_call_end|>", marks=("<|",))
_TOOLCALL: Syntax = Code("<TOOLCALL>", "</TOOLCALL>", marks=("</TOOLCALL>",))
_TOOL_CODE: Syntax = Code("```tool_code\n", "\n```", listed=False, marks=("```",))
_OLMO3: Syntax = Code(
    "<function_calls>\n", "\n</function_calls>", listed=False, marks=("</function_calls>",)
)

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
    TextScaffold("toolcall", _TOOLCALL, docs.json_lines, "<TOOL_RESULT>{}</TOOL_RESULT>", 8, _NOTE),
    TextScaffold("tool-code", _TOOL_CODE, docs.signatures, "```tool_output\n{}\n```", 8, _NOTE),
    TextScaffold(
        "olmo3",
        _OLMO3,
        docs.signatures,
        "<function_results>\n{}\n</function_results>",
        8,
        _NOTE,
    ),
)
