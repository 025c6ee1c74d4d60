"""JSON objects between two marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import (
    FormatError,
    Syntax,
    TextScaffold,
    as_call,
    read_json,
    write_json,
)
from wildgym.tools import Specs, ToolCall


@dataclass(frozen=True)
class JsonInTag:
    """One JSON object for each call, each between `opens` and `closes`.

    Attributes:
        opens: What stands before a call.
        closes: What stands after it.
        name_key: The key of the tool's name.
        arguments_key: The key of the arguments.
        group: The group of syntaxes.
    """

    opens: str
    closes: str
    name_key: str = "name"
    arguments_key: str = "arguments"
    group: str = "json-in-tag"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls; a closing mark inside a text is escaped as JSON allows."""
        mark = self.closes.strip()
        return "\n".join(
            self.opens
            + write_json({self.name_key: call.name, self.arguments_key: call.arguments}, mark)
            + self.closes
            for call in calls
        )

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read what stands between each pair of marks."""
        opens, closes = self.opens.strip(), self.closes.strip()
        first, calls, at = text.find(opens), [], 0
        while (start := text.find(opens, at)) >= 0:
            end = text.find(closes, start + len(opens))
            if end < 0:
                raise FormatError(f"{opens} is never closed by {closes}.")
            value = read_json(text[start + len(opens) : end], f"What stands after {opens}")
            calls.append(as_call(value, self.name_key, self.arguments_key))
            at = end + len(closes)
        return first, calls


@dataclass(frozen=True)
class JsonList:
    """All calls in one JSON list between two marks."""

    opens: str
    closes: str
    name_key: str = "name"
    arguments_key: str = "arguments"
    group: str = "json-in-tag"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls; a mark inside a text is escaped as JSON allows."""
        listed = [{self.name_key: c.name, self.arguments_key: c.arguments} for c in calls]
        mark = (self.closes or self.opens).strip()
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
        return start, [as_call(item, self.name_key, self.arguments_key) for item in value]


_HERMES: Syntax = JsonInTag("<tool_call>\n", "\n</tool_call>")
_MISTRAL: Syntax = JsonList("[TOOL_CALLS] ", "")
_FENCED: Syntax = JsonList("```json\n", "\n```", name_key="function", arguments_key="parameters")

SCAFFOLDS = (
    TextScaffold("hermes", _HERMES, docs.tagged_json, most_calls=8),
    TextScaffold("mistral", _MISTRAL, docs.json_lines, "[TOOL_RESULTS]{}[/TOOL_RESULTS]", 8),
    TextScaffold("fenced-json", _FENCED, docs.markdown, "Result:\n{}"),
)
