"""JSON arguments between special tokens, the tool's name in front of them."""

# ruff: noqa: RUF001 (DeepSeek's tokens are written so)

from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import (
    FormatError,
    Syntax,
    TextScaffold,
    as_call,
    expected,
    read_json,
    write_json,
)
from wildgym.envs.scaffolds.templates import first_mark, pattern, shown
from wildgym.tools import Specs, ToolCall


@dataclass(frozen=True)
class SpecialToken:
    """Tokens that no ordinary text has.

    Attributes:
        opens: Before the arguments of a call: a template of its name and, maybe, its number.
        closes: After the arguments.
        section: Before and after all calls. Agents may leave it out.
        group: The group of syntaxes.
    """

    opens: str
    closes: str
    section: tuple[str, str]
    group: str = "special-token"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls; a closing token inside a text is escaped as JSON allows."""
        written = [
            self.opens.format(call.name, n) + write_json(call.arguments, self.closes) + self.closes
            for n, call in enumerate(calls)
        ]
        return "".join([self.section[0], *written, self.section[1]])

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read call after call."""
        begins, calls, at = first_mark(self.opens), [], 0
        first = text.find(begins)
        while (start := text.find(begins, at)) >= 0:
            head = pattern(self.opens).match(text, start)
            if not head:
                raise expected(shown(self.opens), text, start)
            end = text.find(self.closes, head.end())
            if end < 0:
                raise FormatError(f"{head[0]} is never closed by {self.closes}.")
            arguments = read_json(text[head.end() : end], f"What stands after {head[0]}")
            calls.append(as_call({"name": head[1], "arguments": arguments}))
            at = end + len(self.closes)
        section = text.rfind(self.section[0], 0, max(first, 0))
        return (first if section < 0 else section), calls


_DEEPSEEK: Syntax = SpecialToken(
    "<｜tool▁call▁begin｜>{}<｜tool▁sep｜>",
    "<｜tool▁call▁end｜>",
    section=("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"),
)
_KIMI: Syntax = SpecialToken(
    "<|tool_call_begin|>functions.{}:{}<|tool_call_argument_begin|>",
    "<|tool_call_end|>",
    section=("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"),
)
_HARMONY: Syntax = SpecialToken(
    "<|channel|>commentary to=functions.{} <|constrain|>json<|message|>",
    "<|call|>",
    section=("<|start|>assistant", ""),
)

SCAFFOLDS = (
    TextScaffold(
        "deepseek-v3.1",
        _DEEPSEEK,
        docs.markdown,
        "<｜tool▁output▁begin｜>{}<｜tool▁output▁end｜>",
        8,
    ),
    TextScaffold(
        "kimi-k2", _KIMI, docs.json_lines, "<|im_system|>tool<|im_middle|>{}<|im_end|>", 8
    ),
    TextScaffold(
        "harmony",
        _HARMONY,
        docs.signatures,
        "<|start|>functions to=assistant<|channel|>commentary<|message|>{}<|end|>",
    ),
)
