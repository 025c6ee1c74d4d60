"""A whole conversation as an observation: what is shown of it again, and what is not."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wildgym.envs.scaffolds.dials import Dials
from wildgym.envs.scaffolds.values import LONGEST_ACTION, write_json, write_result
from wildgym.envs.trajectory import Message, Turn

_HEADER = re.compile(r"^(?=\[(?:system|user|assistant|tool)\]$)", re.MULTILINE)
_THINKING = re.compile(r"\s*<think>.*?</think>\s*", re.DOTALL)
_KEPT = {"everything": 0, "last_3": 3, "last_8": 8, "masked": 3}
ROLES = {"own": "tool", "observation": "assistant"}
"""Who says what an action brought, by the dial `placement`; the user where none is named."""

_MASK = "(An older result, not shown again. Make the call again to see it.)"
_COMPACT_AT = 6_000
_UNCOMPACTED = 3
_LONGEST_FACT = 160


def as_text(messages: Sequence[Message]) -> str:
    """Write messages as one text."""
    return "\n\n".join(f"[{message['role']}]\n{message['content']}" for message in messages)


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as messages.

    Attributes:
        action: What the agent wrote.
        bare: The same without its thinking.
        seen: What it was shown.
        facts: The calls and what came of them, in a line each.
        size: The characters of all of it.
    """

    action: Message
    bare: Message
    seen: tuple[Message, ...]
    facts: str
    size: int


@dataclass(slots=True)
class Conversation:
    """A conversation so far, shown as a scaffold's dials say.

    Each turn is written once. What is shown is put together from these pieces.

    Attributes:
        opening: The first messages.
        dials: What is shown again.
        said: All turns.
        compacted: How many of them are in the summary.
        live: The characters of those that are not.
    """

    opening: tuple[Message, ...]
    dials: Dials
    said: list[Said] = field(default_factory=list)
    compacted: int = 0
    live: int = 0

    def fork(self) -> "Conversation":
        """Return an independent copy that shares all turns."""
        return Conversation(self.opening, self.dials, self.said.copy(), self.compacted, self.live)

    def add(self, turn: Turn) -> None:
        """Add a turn; put older ones into the summary if all are too long together."""
        if isinstance(turn.observation, str):
            action, bare, seen = _in_text(turn, ROLES.get(self.dials.placement, "user"))
        else:
            action, bare, seen = _in_chat(turn)
        facts = _facts(turn) if self.dials.compaction == "facts" else ""
        size = sum(len(message["content"] or "") for message in (action, *seen))
        said = Said(action, bare, seen, facts, size)
        self.said.append(said)
        self.live += said.size
        if self.dials.compaction == "facts" and self.live > _COMPACT_AT:
            kept = max(self.compacted, len(self.said) - _UNCOMPACTED)
            self.live -= sum(old.size for old in self.said[self.compacted : kept])
            self.compacted = kept

    def messages(self) -> list[Message]:
        """Return what is shown."""
        count, dials = len(self.said), self.dials
        masked = count - _KEPT[dials.window] if _KEPT[dials.window] else 0
        first = max(self.compacted, 0 if dials.window == "masked" else masked)
        thoughtless = self._thoughtless()
        shown = list(self.opening)
        if self.compacted:
            facts = "\n".join(said.facts for said in self.said[: self.compacted] if said.facts)
            shown.append(_note(f"The earlier turns, in short:\n{facts}"))
        if first > self.compacted:
            shown.append(_note(f"({first - self.compacted} earlier turns are not shown again.)"))
        for n, said in enumerate(self.said[first:], start=first):
            shown.append(said.bare if n < thoughtless else said.action)
            if n < masked and dials.window == "masked":
                shown += [{**message, "content": _MASK} for message in said.seen]
            else:
                shown += said.seen
        return shown

    def _thoughtless(self) -> int:
        """Return up to which turn thinking is left out."""
        if self.dials.thinking == "kept":
            return 0
        if self.dials.thinking == "none":
            return len(self.said)
        for n in reversed(range(len(self.said))):
            if any(message["role"] == "user" for message in self.said[n].seen):
                return n + 1
        return 0


def newest(observation: Any) -> Any:
    """Return what the last turn added to a whole conversation."""
    if isinstance(observation, str):
        *_, last = re.split(_LAST, observation)
        return last
    said = [n for n, message in enumerate(observation) if message["role"] == "assistant"]
    return observation[said[-1] + 1 :]


_LAST = re.compile(r"(?:\A|\n\n)\[(?:system|user|assistant|tool)\]\n")


def _facts(turn: Turn) -> str:
    return "\n".join(
        f"- {call.name} {write_json(call.arguments)}: {_short(write_result(result))}"
        for call, result in zip(turn.calls, turn.results, strict=True)
    )


def _in_text(turn: Turn, role: str) -> tuple[Message, Message, tuple[Message, ...]]:
    """Return the messages of a turn in text: the action, it without thinking, and what was seen."""
    # A reply that was not read may be anything.
    text = turn.action if turn.calls else _storable(turn.action)
    action, bare = (
        {"role": "assistant", "content": _guarded(written)} for written in (text, _bare(text))
    )
    return action, bare, ({"role": role, "content": _guarded(turn.observation)},)


def _in_chat(turn: Turn) -> tuple[Message, Message, tuple[Message, ...]]:
    given = turn.action if isinstance(turn.action, dict) else {"content": turn.action}
    content = given.get("content")
    if not turn.calls and given.get("tool_calls"):
        # No result follows calls that were not read, so they are quoted.
        content = f"{content or ''}{json.dumps(given['tool_calls'], default=repr)}"
    action: Message = {"role": "assistant", "content": content and _storable(content)}
    if turn.calls:
        action["tool_calls"] = given["tool_calls"]
    bare = {**action, "content": content and _bare(action["content"])}
    if isinstance(given.get("reasoning_content"), str):
        action["reasoning_content"] = _storable(given["reasoning_content"])
    return action, bare, tuple(turn.observation)


def _storable(text: Any) -> str:
    written = text if isinstance(text, str) else repr(text)
    return written[:LONGEST_ACTION].encode("utf-8", "replace").decode()


def _bare(text: str) -> str:
    thinking = _THINKING.match(text)
    return text[thinking.end() :] if thinking else text


def _guarded(text: str) -> str:
    """Set off a line that would pass for the head of a message."""
    return _HEADER.sub(" ", text) if "\n[" in text or text.startswith("[") else text


def _short(text: str) -> str:
    line = " ".join(text[: 2 * _LONGEST_FACT].split())
    return line if len(line) <= _LONGEST_FACT else f"{line[:_LONGEST_FACT]}…"


def _note(text: str) -> Message:
    return {"role": "system", "content": text}


def aloud(thinking: str, said: str) -> str:
    """Return what was said after what was thought, where text has to hold both."""
    return f"<think>{thinking}</think>\n{said}" if thinking else said
