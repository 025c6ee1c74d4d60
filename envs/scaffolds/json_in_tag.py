"""JSON objects between two marks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.special_token import SpecialToken
from wildgym.envs.scaffolds.values import (
    Encoding,
    FormatError,
    as_call,
    encoded,
    json_until,
    read_json,
    write_json,
)
from wildgym.tools import Json, Specs, ToolCall

_GROUP = "json-in-tag"
_FOLLOWS = re.compile(r"\s*+;\s*+(?=\{)")


@dataclass(frozen=True)
class JsonInTag:
    """One JSON object for each call, each between `opens` and `closes`.

    Attributes:
        opens: What stands before a call.
        closes: What stands after it, or nothing.
        name_key: The key of the tool's name.
        arguments_key: The key of the arguments.
        separator: What stands between calls. Where nothing closes them, `opens` stands before the
            first only.
        encoding: How the arguments stand in the object.
        group: The group of syntaxes.
    """

    opens: str
    closes: str = ""
    name_key: str = "name"
    arguments_key: str = "arguments"
    separator: str = "\n"
    encoding: Encoding = "object"
    group: str = _GROUP

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls; a closing mark inside a text is escaped as JSON allows."""
        marks = [mark for mark in (self.closes.strip(), self.opens.strip()) if mark]
        listed = [
            write_json(
                {self.name_key: c.name, self.arguments_key: encoded(c.arguments, self.encoding)},
                *marks,
            )
            for c in calls
        ]
        if not self.closes:
            return self.opens + self.separator.join(listed)
        return self.separator.join([self.opens + text + self.closes for text in listed])

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read what stands between each pair of marks."""
        opens, closes = self.opens.strip(), self.closes.strip()
        first, calls, at = text.find(opens), [], 0
        while (start := text.find(opens, at)) >= 0:
            at = start + len(opens)
            while True:
                value, at = json_until(text, at, closes, opens)
                calls.append(as_call(value, self.name_key, self.arguments_key, self.encoding))
                more = None if closes else _FOLLOWS.match(text, at)
                if not more:
                    break
                at = more.end()
        return first, calls


@dataclass(frozen=True)
class JsonList:
    """All calls in one JSON list between two marks.

    Attributes:
        opens: What stands before the list.
        closes: What stands after it, or nothing.
        name_key: The key of the tool's name; with none, a call is `{name: arguments}`.
        arguments_key: The key of the arguments.
        id_key: The key of the call's number, where it has one.
        mark: How the tokens begin, where they are special: it occurs in no call.
        encoding: How the arguments stand in their object.
        group: The group of syntaxes.
    """

    opens: str
    closes: str = ""
    name_key: str = "name"
    arguments_key: str = "arguments"
    id_key: str = ""
    mark: str = ""
    encoding: Encoding = "object"
    group: str = _GROUP

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls; a mark inside a text is escaped as JSON allows."""
        mark = self.mark or (self.closes or self.opens).strip()
        listed = [self._item(call, n) for n, call in enumerate(calls)]
        return self.opens + write_json(listed, mark) + self.closes

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read the list."""
        opens, closes = self.opens.strip(), self.closes.strip()
        start = text.find(opens)
        if start < 0:
            return 0, []
        inside = text[start + len(opens) :]
        if closes:
            inside, found, _ = inside.rpartition(closes)
            if not found:
                raise FormatError(f"{opens} is never closed by {closes}.")
        value = read_json(inside.strip(), f"What stands after {opens}")
        if not isinstance(value, list):
            raise FormatError(f"After {opens} comes a JSON list of calls.")
        return start, [self._call(item) for item in value]

    def _item(self, call: ToolCall, n: int) -> Json:
        arguments = encoded(call.arguments, self.encoding)
        if not self.name_key:
            return {call.name: arguments}
        item = {self.name_key: call.name, self.arguments_key: arguments}
        return {self.id_key: str(n), **item} if self.id_key else item

    def _call(self, item: Json) -> ToolCall:
        if self.name_key:
            return as_call(item, self.name_key, self.arguments_key, self.encoding)
        if not isinstance(item, dict) or len(item) != 1:
            raise FormatError("A call is a JSON object with one key, the tool's name.")
        [(name, arguments)] = item.items()
        return as_call({"name": name, "arguments": arguments}, encoding=self.encoding)


_HERMES: Syntax = JsonInTag("<tool_call>\n", "\n</tool_call>")
_LLAMA3: Syntax = JsonInTag("<|python_tag|>", arguments_key="parameters", separator=";")
_INTERNLM: Syntax = JsonInTag(
    "<|action_start|> <|plugin|>\n", "<|action_end|>", arguments_key="parameters", separator=""
)
_FUNCTION_TAG: Syntax = SpecialToken(
    "<function={}>", "</function>", mark="</function>", group=_GROUP
)
_MISTRAL: Syntax = JsonList("[TOOL_CALLS] ")
_MISTRAL_ARGS: Syntax = SpecialToken("[TOOL_CALLS]{}[ARGS]", "", mark="[TOOL_CALLS]", group=_GROUP)
_COHERE: Syntax = JsonList(
    "<|START_ACTION|>",
    "<|END_ACTION|>",
    "tool_name",
    "parameters",
    id_key="tool_call_id",
    mark="<|",
)
_APERTUS: Syntax = JsonList("<|tools_prefix|>", "<|tools_suffix|>", name_key="", mark="<|")
_GRANITE: Syntax = JsonList("<|tool_call|>", mark="<|")
_PHI: Syntax = JsonList("<|tool_call|>", "<|/tool_call|>", mark="<|")
_FENCED: Syntax = JsonList("```json\n", "\n```", "function", "parameters")

SCAFFOLDS = (
    TextScaffold("hermes", _HERMES, docs.tagged_json, most_calls=8),
    TextScaffold("llama3", _LLAMA3, docs.json_lines, "<|ipython|>\n{}<|eot_id|>", 8),
    TextScaffold(
        "internlm",
        _INTERNLM,
        docs.json_lines,
        "<|im_start|>environment name=<|plugin|>\n{}<|im_end|>",
        8,
    ),
    TextScaffold("function-tag", _FUNCTION_TAG, docs.json_lines, "<result>\n{}\n</result>", 8),
    TextScaffold("mistral", _MISTRAL, docs.json_lines, "[TOOL_RESULTS]{}[/TOOL_RESULTS]", 8),
    TextScaffold(
        "mistral-args", _MISTRAL_ARGS, docs.json_lines, "[TOOL_RESULTS]{}[/TOOL_RESULTS]", 8
    ),
    TextScaffold(
        "cohere", _COHERE, docs.json_lines, "<|START_TOOL_RESULT|>{}<|END_TOOL_RESULT|>", 8
    ),
    TextScaffold("apertus", _APERTUS, docs.typescript, "<|tool_output|>{}<|/tool_output|>", 8),
    TextScaffold(
        "granite",
        _GRANITE,
        docs.json_lines,
        "<|start_of_role|>tool_response<|end_of_role|>{}<|end_of_text|>",
        8,
    ),
    TextScaffold("phi4", _PHI, docs.tagged_json, "<|tool_response|>{}<|end|>", 8),
    TextScaffold("fenced-json", _FENCED, docs.markdown, "Result:\n{}"),
)
