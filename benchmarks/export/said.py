"""What was said in an episode, message by message, and by whom."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wildgym.benchmarks.episode import Record
from wildgym.envs.trajectory import Message


@dataclass(frozen=True, slots=True)
class Said:
    """One message.

    Attributes:
        message: As a chat message.
        trained: Whether the policy wrote it.
    """

    message: Message
    trained: bool


def said(record: Record, shown_by: str = "user") -> Iterator[Said]:
    """Yield all messages of an episode.

    Args:
        record: The episode, with its transcript.
        shown_by: The role of what a text scaffold shows after an action.
    """
    for message in record["opening"]:
        yield Said(message, False)
    for turn in record["transcript"]:
        yield Said(_written(turn, record["interface"]), True)
        shown = turn["observation"]
        seen = [{"role": shown_by, "content": shown}] if isinstance(shown, str) else shown
        for message in seen:
            yield Said(message, False)


def _written(turn: Record, interface: str) -> Message:
    action = turn["action"]
    if interface == "text":
        return {"role": "assistant", "content": _text(action)}
    given = action if isinstance(action, dict) else {"content": action}
    content = given.get("content")
    # A message whose calls could not be read is kept as the words that it has.
    calls = {"tool_calls": [_call(call) for call in given["tool_calls"]]} if turn["calls"] else {}
    thinking = given.get("reasoning_content")
    return {
        "role": "assistant",
        "content": _text(content) if content or not calls else None,
        **({"reasoning_content": thinking} if isinstance(thinking, str) else {}),
        **calls,
    }


def _call(call: Any) -> Message:
    function = call["function"]
    arguments = function.get("arguments") or "{}"
    return {
        "id": str(call.get("id", "")),
        "type": "function",
        "function": {"name": function["name"], "arguments": _text(arguments)},
    }


def _text(value: Any) -> str:
    """Return what a policy wrote as text that can be stored: half a surrogate pair cannot."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()
