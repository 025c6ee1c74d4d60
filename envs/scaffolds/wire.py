"""The JSON that an API's own wire carries, as text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.values import (
    Encoding,
    FormatError,
    after_blanks,
    as_call,
    encoded,
    read_json_at,
    write_json,
)
from wildgym.tools import Json, Specs, ToolCall

_START = re.compile(r"^[ \t]*+(?=[{\[])", re.MULTILINE)


@dataclass(frozen=True)
class Wire:
    """A JSON message that carries calls, from its line on to the end of the reply.

    Attributes:
        item: A call, as pairs of a path and what stands there: `name`, `arguments`, `id`, `n`, or
            else a constant. A path is keys between dots.
        holder: The path of the list of calls within the message; empty where each call is a
            message of its own.
        constants: What else the message says, by key.
        encoding: How the arguments stand in a call.
        group: The group of syntaxes.
    """

    item: tuple[tuple[str, str], ...]
    holder: str = ""
    constants: tuple[tuple[str, Json], ...] = ()
    encoding: Encoding = "object"
    group: str = "wire"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write a message."""
        items = [self._item(call, n) for n, call in enumerate(calls, start=1)]
        if not self.holder:
            return "\n".join(map(write_json, items))
        return write_json({**dict(self.constants), self.holder: items})

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read the message, and others that follow."""
        start = _START.search(text)
        if not start:
            return 0, []
        calls: list[ToolCall] = []
        at = start.end()
        while text[at : at + 1] in ("{", "["):
            value, at = read_json_at(text, at, "The reply")
            for item in self._items(value):
                calls.append(self._call(item))
            at = after_blanks(text, at)
        return start.start(), calls

    def _item(self, call: ToolCall, n: int) -> Json:
        known = {
            "name": call.name,
            "arguments": encoded(call.arguments, self.encoding),
            "id": f"call_{n}",
            "n": n,
        }
        item: dict[str, Json] = {}
        for path, what in self.item:
            *above, last = path.split(".")
            holder = item
            for key in above:
                holder = holder.setdefault(key, {})
            holder[last] = known.get(what, what)
        return item

    def _items(self, value: Json) -> list[Json]:
        messages = value if isinstance(value, list) else [value]
        if not self.holder:
            return messages
        items = [
            item
            for message in messages
            for item in _within(message, self.holder, f"The message has a list {self.holder!r}.")
        ]
        # Blocks of text may stand beside the calls.
        return [item for item in items if isinstance(item, dict) and self._marker in item]

    def _call(self, item: Json) -> ToolCall:
        found: dict[str, Json] = {}
        for path, what in self.item:
            if what in ("name", "arguments"):
                holder = item
                for key in path.split("."):
                    holder = holder.get(key) if isinstance(holder, dict) else None
                if holder is None:
                    raise FormatError(f"A call has {path!r}: see the format.")
                found[what] = holder
        return as_call(found, encoding=self.encoding)

    @property
    def _marker(self) -> str:
        """The key that only calls have."""
        [path] = [path for path, what in self.item if what == "name"]
        return path.split(".")[0]


def _within(message: Json, key: str, lesson: str) -> list[Json]:
    listed = message.get(key) if isinstance(message, dict) else None
    if not isinstance(listed, list):
        raise FormatError(lesson)
    return listed


_CHAT: Syntax = Wire(
    (
        ("id", "id"),
        ("type", "function"),
        ("function.name", "name"),
        ("function.arguments", "arguments"),
    ),
    "tool_calls",
    (("role", "assistant"), ("content", None)),
    encoding="string",
)
_RESPONSES: Syntax = Wire(
    (
        ("type", "function_call"),
        ("call_id", "id"),
        ("name", "name"),
        ("arguments", "arguments"),
    ),
    "output",
    encoding="string",
)
_MESSAGES: Syntax = Wire(
    (("type", "tool_use"), ("id", "id"), ("name", "name"), ("input", "arguments")),
    "content",
    (("role", "assistant"),),
)
_GOOGLE: Syntax = Wire(
    (("functionCall.name", "name"), ("functionCall.args", "arguments")),
    "parts",
    (("role", "model"),),
)
_MCP: Syntax = Wire(
    (
        ("jsonrpc", "2.0"),
        ("id", "n"),
        ("method", "tools/call"),
        ("params.name", "name"),
        ("params.arguments", "arguments"),
    )
)

SCAFFOLDS = (
    TextScaffold(
        "openai-chat",
        _CHAT,
        docs.tagged_json,
        '{"role": "tool", "tool_call_id": "call_{n}", "content": {}}',
        8,
        "The reply's last part is this message, on a line of its own.\n",
        quoted=True,
    ),
    TextScaffold(
        "openai-responses",
        _RESPONSES,
        docs.json_lines,
        '{"type": "function_call_output", "call_id": "call_{n}", "output": {}}',
        8,
        "The reply's last part is this object, on a line of its own.\n",
        quoted=True,
    ),
    TextScaffold(
        "anthropic-messages",
        _MESSAGES,
        docs.json_lines,
        '{"type": "tool_result", "tool_use_id": "call_{n}", "is_error": {error}, "content": {}}',
        8,
        "The reply's last part is this message, on a line of its own.\n",
        quoted=True,
    ),
    TextScaffold(
        "google",
        _GOOGLE,
        docs.json_lines,
        '{"functionResponse": {"name": "{name}", "response": {"output": {}}}}',
        8,
        "The reply's last part is this message, on a line of its own.\n",
        quoted=True,
    ),
    TextScaffold(
        "mcp",
        _MCP,
        docs.json_lines,
        '{"jsonrpc": "2.0", "id": {n}, "result": {"isError": {error}, "content":'
        ' [{"type": "text", "text": {}}]}}',
        8,
        "The reply's last part is this request, on a line of its own.\n",
        quoted=True,
    ),
)
