"""From episodes to rows: chat, text with masks, and pairs. ATIF is in `atif.py`."""

from collections.abc import Callable, Mapping
from typing import Any

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.export.atif import atif
from wildgym.benchmarks.export.metadata import Metadata
from wildgym.benchmarks.export.said import said
from wildgym.envs.conversation import ROLES

Row = dict[str, Any]


def chat(record: Record, metadata: Metadata) -> Row:
    """Return an episode as OpenAI's chat-completions have it, tools included.

    In the text interface the messages are texts, and the opening tells of the tools.
    """
    messages = [part.message for part in said(record)]
    return {"messages": messages, "tools": record.get("tools", []), "metadata": metadata}


def text(record: Record, metadata: Metadata) -> Row:
    """Return an episode as the text that `history="full"` shows, in segments.

    What the policy wrote is a segment of its own, and trained.
    """
    scaffold = record["scaffold"]
    placement = scaffold.get("placement", "own") if isinstance(scaffold, dict) else "own"
    segments: list[Row] = []
    between = ""
    for part in said(record, ROLES.get(placement, "user")):
        heading = f"{between}[{part.message['role']}]\n"
        between = "\n\n"
        content = part.message["content"]
        if part.trained:
            segments += [_segment(heading, False), _segment(content, True)]
        else:
            segments.append(_segment(heading + content, False))
    return {"segments": segments, "metadata": metadata}


def pair(chosen: Row, rejected: Row) -> Row:
    """Return a preference between two chats that begin in the same way."""
    begun = next(
        n for n, message in enumerate(chosen["messages"]) if message["role"] == "assistant"
    )
    return {
        "prompt": chosen["messages"][:begun],
        "chosen": chosen["messages"][begun:],
        "rejected": rejected["messages"][begun:],
        "tools": chosen["tools"],
        "metadata": chosen["metadata"],
        "rejected_metadata": rejected["metadata"],
    }


Format = Callable[[Record, Metadata], Row]

FORMATS: Mapping[str, Format] = {"chat": chat, "text": text, "preferences": chat, "atif": atif}
"""What makes a row of an episode; pairs are made of the rows of two."""


def told_of(row: Row) -> Metadata:
    """Return the metadata of a row of any format."""
    found: Metadata = row["metadata"] if "metadata" in row else row["extra"]
    return found


def _segment(content: str, trained: bool) -> Row:
    return {"text": content, "trained": trained}
