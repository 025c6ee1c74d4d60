"""Why the expert makes a call, in a sentence or two: it runs along with the expert's program."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from wildgym.tools import Calls, Facts, Json, Layer, Obstacle, Specs, ToolCall, ToolResult, finish

T = TypeVar("T")
_LONGEST_VALUE = 40
_UNDONE = {
    "refused": "The rules do not allow what is asked, so I refuse it and hand that in.",
    "impossible": "What is asked cannot be done, so I hand that in.",
}
_DONE = "All that was asked is done, so I hand in the work."
_AGAIN = "Now I make the call again."
_REST = "Only a part of the result was shown, so I ask for the rest."


@dataclass(slots=True)
class Reasons:
    """What the expert thinks, until it is written down with its next call.

    Args:
        lessons: For each perturbation what an agent thinks that has noticed it. Of others it
            thinks nothing.
        specs: The canonical tools.
    """

    lessons: Mapping[str, str]
    specs: Specs
    _thought: list[str] = field(default_factory=list)
    _noticed: set[str] = field(default_factory=set)

    def notice(self, name: str) -> None:
        """Think of a perturbation, unless that was done before."""
        if name not in self._noticed:
            self.respond(name)

    def respond(self, name: str) -> None:
        """Think of a perturbation."""
        self._noticed.add(name)
        if name in self.lessons:
            self._thought.append(self.lessons[name])

    def repeat(self) -> None:
        """Think of a call that is made again."""
        self._thought.append(_AGAIN)

    def wanted(self, program: Calls[T]) -> Calls[T]:
        """Run a program of canonical calls, and think of what each is for."""
        try:
            call = next(program)
            while True:
                self._thought.append(purpose(call, self.specs))
                call = program.send((yield call))
        except StopIteration as end:
            value: T = end.value
            return value

    def taken(self, call: ToolCall, specs: Specs) -> str:
        """Return what was thought since this was last asked.

        Args:
            call: What is about to be called.
            specs: The tools as they are offered.
        """
        thought = " ".join(dict.fromkeys(self._thought))
        self._thought.clear()
        return thought or purpose(call, specs)


@dataclass(frozen=True, slots=True)
class Noticed(Obstacle):
    """An obstacle in the way of who thinks about what it takes to get through.

    What has to be said or read otherwise is thought of once in an episode, and calls that would not
    be made without the obstacle whenever they are made.

    Args:
        name: Who put it there.
        obstacle: The obstacle.
        reasons: Where to think.
    """

    name: str
    obstacle: Obstacle
    reasons: Reasons

    def brief(self, told: Facts) -> Calls[Facts]:
        """Find out what is meant, and think of how."""
        way, made = self.obstacle.brief(told), False
        try:
            call = next(way)
            while True:
                if not made:
                    self.reasons.respond(self.name)
                made = True
                call = way.send((yield call))
        except StopIteration as end:
            meant: Facts = end.value
            if meant is not told and meant != told:
                self.reasons.notice(self.name)
            return meant

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Get a call through, and think of what that takes."""
        way = self.obstacle.overcome(call)
        made: list[ToolCall] = []
        responded = False
        try:
            asked = next(way)
            while True:
                if made or self._is_own(asked, call):
                    self._think_of(asked, made, responded)
                    responded = True
                elif asked is not call and asked != call:
                    self.reasons.notice(self.name)
                made.append(asked)
                result = yield asked
                asked = way.send(result)
        except StopIteration as end:
            got: ToolResult = end.value
            if made and got is not result and got != result:
                self.reasons.notice(self.name)
            return got

    def _think_of(self, asked: ToolCall, made: list[ToolCall], responded: bool) -> None:
        if not responded:
            self.reasons.respond(self.name)
        elif asked in made:
            self.reasons.repeat()

    def _is_own(self, asked: ToolCall, call: ToolCall) -> bool:
        """Return whether a call is none that only says in other words what is to be called."""
        if asked.name == call.name:
            return False
        return not isinstance(self.obstacle, Layer) or call.name in self.obstacle.specs


def purpose(call: ToolCall, specs: Specs) -> str:
    """Return what a call is for, by what is said of its tool."""
    if call.name == finish.name:
        return _UNDONE.get(str(call.arguments.get("status")), _DONE)
    if call.name not in specs:
        return _REST
    spec = specs[call.name]
    says = spec.description.partition("\n")[0].split(". ")[0].split(";")[0].rstrip(".:")
    values = [text for text in map(_short, call.arguments.values()) if text]
    about = f" ({', '.join(values)})" if values else ""
    wish = "I need to" if spec.effect == "read" else "Now I have to"
    return f"{wish} {says[:1].lower()}{says[1:]}{about}."


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE and text.isprintable() else ""
