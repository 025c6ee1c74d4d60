"""The chat-completions wire: messages and native tool calls, for endpoints that do the writing."""

import json
from collections.abc import Sequence
from typing import Any

from wildgym.envs.scaffolds.core import Offer, Parsed, played
from wildgym.envs.scaffolds.values import (
    LONGEST_OBSERVATION,
    FormatError,
    as_call,
    read_json,
    read_result,
    readable,
    write_result,
)
from wildgym.envs.trajectory import Message, Turn
from wildgym.tools import Specs, ToolCall, ToolResult, key


class Native:
    """Messages in, one assistant message out. The tools travel in `info["tools"]`."""

    name = "native"
    group = "wire"
    thought = "{}"

    def opening(self, system: str, user: str, specs: Specs) -> list[Message]:
        """Tools are no part of the text here."""
        text = f"{system}\n\nEvery reply makes tool calls; the last hands in the work."
        return [{"role": "system", "content": text}, {"role": "user", "content": user}]

    def play(self, action: Any, offer: Offer) -> Turn:
        """Make the calls of a message."""
        return played(self, action, offer)

    def parse(self, action: Any, specs: Specs) -> Parsed:
        """Read the tool calls of an assistant message."""
        if not isinstance(action, dict) or action.get("role", "assistant") != "assistant":
            raise FormatError("An action is one message with the role 'assistant'.")
        listed = action.get("tool_calls") or []
        if not isinstance(listed, list) or not listed:
            raise FormatError("The message makes no tool call.")
        thinking = [action.get("reasoning_content"), action.get("content")]
        ids, calls = zip(*map(_read_call, listed), strict=True)
        return Parsed("\n".join(t for t in thinking if isinstance(t, str) and t), calls, ids)

    def observe(self, parsed: Parsed, results: Sequence[ToolResult]) -> list[Message]:
        """One message with the role `tool` for each result."""
        most = LONGEST_OBSERVATION // len(results)
        return [
            {"role": "tool", "tool_call_id": id, "content": write_result(result, most=most)}
            for id, result in zip(parsed.ids, results, strict=True)
        ]

    def complain(self, message: str) -> list[Message]:
        """A message of the user, since there is no call to answer."""
        error = ToolResult({"code": "format_error", "message": message}, is_error=True)
        return [{"role": "user", "content": write_result(error)}]

    def act(self, calls: Sequence[ToolCall], specs: Specs, thinking: str = "") -> Message:
        """Write one assistant message."""
        listed = [
            {
                "id": f"call_{key(n, call.slot):016x}",
                "type": "function",
                "function": {
                    "name": call.name,
                    "arguments": json.dumps(call.arguments, ensure_ascii=False),
                },
            }
            for n, call in enumerate(calls)
        ]
        return {"role": "assistant", "content": thinking or None, "tool_calls": listed}

    def read(self, observation: Any) -> list[ToolResult]:
        """Read every message's content."""
        return [read_result(message["content"]) for message in observation]


def _read_call(item: Any) -> tuple[str, ToolCall]:
    function = item.get("function") if isinstance(item, dict) else None
    if not isinstance(function, dict):
        raise FormatError("Every tool call has an 'id' and a 'function'.")
    arguments = function.get("arguments") or "{}"
    if isinstance(arguments, str):
        arguments = read_json(readable(arguments), "'arguments'")
    return str(item.get("id", "")), as_call({**function, "arguments": arguments})
