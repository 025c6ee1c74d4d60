"""Special tokens around a call, its name and its arguments."""

# ruff: noqa: RUF001 (DeepSeek's tokens are written so)

from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.elements import Raw
from wildgym.envs.scaffolds.templates import Elements, first_mark, pattern, shown, untyped
from wildgym.envs.scaffolds.values import (
    Encoding,
    as_call,
    encoded,
    expected,
    json_until,
    write_json,
)
from wildgym.tools import Json, Specs, ToolCall


@dataclass(frozen=True)
class SpecialToken:
    """JSON arguments between marks that no ordinary text has, the tool's name in front of them.

    Attributes:
        opens: Before the arguments of a call: a template of its name and, maybe, its number.
        closes: After the arguments, or nothing, where the JSON says itself where it ends.
        section: Before and after all calls. Agents may leave it out.
        mark: How all tokens begin: it occurs in no arguments.
        encoding: How the arguments stand there.
        group: The group of syntaxes.
    """

    opens: str
    closes: str
    section: tuple[str, str] = ("", "")
    mark: str = "<|"
    encoding: Encoding = "object"
    group: str = "special-token"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls; a token inside a text is escaped as JSON allows."""
        written = [
            self.opens.format(call.name, n)
            + write_json(encoded(call.arguments, self.encoding), self.mark)
            + self.closes
            for n, call in enumerate(calls)
        ]
        return "".join([self.section[0], *written, self.section[1]])

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read call after call."""
        begins, closes, calls, at = first_mark(self.opens), self.closes.strip(), [], 0
        first = text.find(begins)
        while (start := text.find(begins, at)) >= 0:
            head = pattern(self.opens).match(text, start)
            if not head:
                raise expected(shown(self.opens), text, start)
            arguments, at = json_until(text, head.end(), closes, head[0])
            call = {"name": head[1], "arguments": arguments}
            calls.append(as_call(call, encoding=self.encoding))
        section = text.rfind(self.section[0], 0, max(first, 0)) if self.section[0] else -1
        return (first if section < 0 else section), calls


_TYPES = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
}


def _type(value: Json) -> str:
    return _TYPES.get(type(value), "null")


_SECTION = ("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>")
_DEEPSEEK_V3: Syntax = SpecialToken(
    "<｜tool▁call▁begin｜>function<｜tool▁sep｜>{}\n```json\n",
    "\n```<｜tool▁call▁end｜>",
    _SECTION,
    mark="<｜",
)
_DEEPSEEK_V31: Syntax = SpecialToken(
    "<｜tool▁call▁begin｜>{}<｜tool▁sep｜>", "<｜tool▁call▁end｜>", _SECTION, mark="<｜"
)
_KIMI_K2: Syntax = SpecialToken(
    "<|tool_call_begin|>functions.{}:{}<|tool_call_argument_begin|>",
    "<|tool_call_end|>",
    ("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"),
)
_HARMONY: Syntax = SpecialToken(
    "<|channel|>commentary to=functions.{} <|constrain|>json<|message|>",
    "<|call|>",
    ("<|start|>assistant", ""),
)
_KIMI_K3: Syntax = Elements(
    "special-token",
    call=('<|open|>call tool="{}" index="{}"<|sep|>', "<|close|>call<|sep|>"),
    argument=('<|open|>argument key="{}" type="{}"<|sep|>', "<|close|>argument<|sep|>"),
    content=Raw(("<|close|>", "<|open|>"), entities=False),
    block=("<|open|>tools<|sep|>", "<|close|>tools<|sep|>"),
    kind=_type,
    between="",
)
_STEP3: Syntax = Elements(
    "special-token",
    call=(
        '<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="{}">\n',
        "</steptml:invoke><｜tool_call_end｜>",
    ),
    argument=('<steptml:parameter name="{}">', "</steptml:parameter>\n"),
    content=Raw(("</steptml:", "<｜tool_call"), json_tokens=("<",)),
    block=("<｜tool_calls_begin｜>\n", "\n<｜tool_calls_end｜>"),
)

SCAFFOLDS = (
    TextScaffold(
        "deepseek-v3",
        _DEEPSEEK_V3,
        docs.tagged_json,
        "<｜tool▁output▁begin｜>{}<｜tool▁output▁end｜>",
        8,
    ),
    TextScaffold(
        "deepseek-v3.1",
        _DEEPSEEK_V31,
        docs.markdown,
        "<｜tool▁output▁begin｜>{}<｜tool▁output▁end｜>",
        8,
    ),
    TextScaffold(
        "kimi-k2", _KIMI_K2, docs.json_lines, "<|im_system|>tool<|im_middle|>{}<|im_end|>", 8
    ),
    TextScaffold(
        "kimi-k3",
        _KIMI_K3,
        docs.typescript,
        '<|open|>message role="tool" tool="{name}" index="{n}"<|sep|>{}<|close|>message<|sep|>',
        8,
        'With type="string" a value stands as it is, with any other type as JSON. A string that'
        ' contains <|open|> or <|close|> is written with type="object", its < as \\u003c.\n',
    ),
    TextScaffold(
        "harmony",
        _HARMONY,
        docs.typescript,
        "<|start|>functions.{name} to=assistant<|channel|>commentary<|message|>{}<|end|>",
    ),
    TextScaffold(
        "step3",
        _STEP3,
        docs.json_lines,
        "<｜tool_response_begin｜>{}<｜tool_response_end｜>",
        8,
        untyped("</steptml:", "<｜tool_call"),
    ),
)
