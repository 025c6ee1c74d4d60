"""How work is handed in without a tool: the reply that makes no call."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wildgym.tools import Specs, ToolCall, finish

_WORDS = {"done": "", "refused": "REFUSED", "impossible": "IMPOSSIBLE"}
_NOTHING = "DONE"


@dataclass(frozen=True)
class Ending:
    """A way to hand in work in a reply.

    Attributes:
        told: What the agent is told of it.
        form: Writes an answer with its status.
        pattern: What reads it: a status, if it is not that the work is done, and the answer.
    """

    told: str
    form: Callable[[str, str], str]
    pattern: re.Pattern[str]

    def write(self, call: ToolCall) -> str | None:
        """Write a call that hands in the work, or return None where no such reply can carry it."""
        meant = {"answer": "", "status": "done", **call.arguments}
        if not isinstance(meant["answer"], str) or meant["status"] not in _WORDS:
            return None
        text = self.form(meant["answer"], meant["status"])
        read = self.read(text)
        return text if read and read.arguments == meant else None

    def read(self, reply: str) -> ToolCall | None:
        """Return the call that a reply without calls stands for, if it hands in anything."""
        found = self.pattern.search(reply.strip())
        if not found:
            return None
        status, answer = (found[1] or "done").lower(), found[2]
        return finish(answer="" if answer == _NOTHING else answer, status=status)


def _tagged(answer: str, status: str) -> str:
    return f'<answer status="{status}">{answer}</answer>'


def _boxed(answer: str, status: str) -> str:
    return f"{_WORDS[status]} \\boxed{{{answer}}}".lstrip()


def _plain(answer: str, status: str) -> str:
    return f"{_WORDS[status]}: {answer or _NOTHING}" if _WORDS[status] else answer or _NOTHING


ENDINGS: Mapping[str, Ending] = {
    "answer": Ending(
        'The episode ends when you hand in the work: with <answer status="done">what was asked to'
        ' be reported, and only that</answer> in a reply without a call. The status is "refused"'
        ' if a rule forbids the request, and "impossible" if it cannot be carried out.',
        _tagged,
        re.compile(r'<answer(?:\s+status="(\w+)")?\s*>(.*)</answer>', re.DOTALL),
    ),
    "boxed": Ending(
        "The episode ends when you hand in the work: with \\boxed{what was asked to be reported,"
        " and only that} in a reply without a call. REFUSED stands before it if a rule forbids"
        " the request, IMPOSSIBLE if it cannot be carried out.",
        _boxed,
        re.compile(r"(?:\b(REFUSED|IMPOSSIBLE)\b\s*)?\\boxed\{(.*)\}", re.DOTALL),
    ),
    "plain": Ending(
        "The episode ends with the first reply that makes no call: it is what was asked to be"
        f" reported, and only that, or {_NOTHING} if nothing was. It begins with REFUSED: if a rule"
        " forbids the request, with IMPOSSIBLE: if it cannot be carried out.",
        _plain,
        re.compile(r"\A(?:(REFUSED|IMPOSSIBLE):\s*)?(.+)\Z", re.DOTALL),
    ),
}


def offered_names(call: ToolCall, specs: Specs) -> ToolCall:
    """Return a call that hands in the work with its arguments under the names that are offered."""
    names = _names(specs)
    return ToolCall(call.name, {names[name]: value for name, value in call.arguments.items()})


def plain_names(call: ToolCall, specs: Specs) -> ToolCall:
    """Return a call that hands in the work with its arguments under their plain names."""
    plain = {offered: name for name, offered in _names(specs).items()}
    return ToolCall(call.name, {plain.get(n, n): value for n, value in call.arguments.items()})


def _names(specs: Specs) -> Mapping[str, str]:
    """Return what the tool that hands in the work calls its two arguments here."""
    plain = {"answer": "answer", "status": "status"}
    offered = specs[finish.name].parameters["properties"] if finish.name in specs else {}
    status = [name for name, schema in offered.items() if "enum" in schema]
    others = [name for name in offered if name not in status]
    if len(status) != 1 or len(others) != 1:
        return plain
    return {"answer": others[0], "status": status[0]}
