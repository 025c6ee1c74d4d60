"""What a user says to a question. What says it is a callable, so that another may be put there."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from wildgym.envs.user.manner import Manner
from wildgym.envs.user.understanding import FILLER, Known, mentions, tokens
from wildgym.tools import Json

_LITERAL = re.compile(r"\d|[\"'](?=\w)")


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said.

    Attributes:
        who: Whether the agent asked it, or the user answered or wrote it.
        text: What was said.
    """

    who: Literal["agent", "user"]
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what the user makes of it.

    Attributes:
        question: As the agent put it.
        facts: What it asks for, as far as a program can tell.
        remarks: What the user says to it beside facts, such as a confirmation.
        known: All facts that the user knows, and may tell.
        manner: How the user speaks.
        conversation: What was said before, the first thing first.
    """

    question: str
    facts: Sequence[Known]
    remarks: Sequence[str]
    known: Sequence[Known]
    manner: Manner
    conversation: Sequence[Line] = ()

    @property
    def before(self) -> int:
        """How many questions the user was asked before."""
        return sum(line.who == "agent" for line in self.conversation)


class Speaker(Protocol):
    """What makes a reply of a question: ours is a program, and one may bring another."""

    def __call__(self, asked: Asked, /) -> str:
        """Return the reply."""
        ...


def scripted(asked: Asked) -> str:
    """Answer what is asked and no more; say so where that is unknown or not understood."""
    manner = asked.manner
    facts = [_said(fact, asked.question) for fact in asked.facts]
    said = list(dict.fromkeys([*facts, *asked.remarks]))
    if not said:
        return manner.unknown if tokens(asked.question) - FILLER else manner.unclear
    weary = manner.weary if asked.before >= manner.patience else ""
    return " ".join(filter(None, [manner.opening, *said, manner.closing, weary]))


def _said(fact: Known, question: str) -> str:
    """Tell a fact; confirm it where the question has it right, and correct it where not."""
    if fact.says:
        return fact.told
    if mentions(question, fact.value):
        return f"Yes. {fact.statement}"
    return f"No. {fact.statement}" if _LITERAL.search(question) else fact.statement


def heard(reply: str, label: str, kind: Json) -> Json:
    """Return the value that a reply tells of a fact, as an agent reads it.

    Args:
        reply: What the user said, in whatever manner.
        label: What the fact is called.
        kind: A value of the same type.

    Raises:
        ValueError: It tells none.
    """
    value = r'("(?:[^"\\]|\\.)*"|[^\s"]+?)\.(?=\s|$)'
    found = re.search(rf"The {re.escape(label)} is {value}", reply)
    if found is None:
        raise ValueError(f"the user does not tell the {label}: {reply}")
    return type(kind)(json.loads(found[1]))
