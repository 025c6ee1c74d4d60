"""A text scaffold with its dials turned."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import (
    Offer,
    Parsed,
    Scaffold,
    TextScaffold,
    after_thinking,
)
from wildgym.envs.scaffolds.dials import REMEMBERING, Dials
from wildgym.envs.scaffolds.elision import Elision, is_real, real_results
from wildgym.envs.scaffolds.endings import ENDINGS, offered_names, plain_names
from wildgym.envs.scaffolds.repairs import repaired
from wildgym.envs.scaffolds.values import FormatError, NoCall, readable
from wildgym.envs.trajectory import Message, Turn
from wildgym.tools import Calls, Json, Specs, ToolCall, ToolResult, check, finish

_DOCS: Mapping[str, Callable[[Specs], str]] = {
    "json": docs.json_lines,
    "tagged_json": docs.tagged_json,
    "markdown": docs.markdown,
    "signatures": docs.signatures,
    "xml": docs.xml,
    "typescript": docs.typescript,
    "yaml": docs.yaml,
    "openapi": docs.openapi,
}
_FRAMES = {
    "user": "Tool result ({name}):\n{}",
    "observation": "Observation: {}",
    "xml": '<result tool="{name}" error="{error}">\n{}\n</result>',
    "echo": '<call id="{n}">{call}</call>\n<output>\n{}\n</output>',
}
_MOST_CALLS = {"one": 1, "many": 8}
_FEW_TURNS = 5
_REPAIRED = re.compile(r"\[Your reply was read with a repair: [^\n]*\]\n")
_TURNS_LEFT = re.compile(r"\n\[(?:Only )?\d+ turns? left\]\Z")


@dataclass(frozen=True)
class Dialed:
    """A text scaffold, and what its dials are set to.

    Attributes:
        base: The scaffold as it is by itself.
        dials: The dials.
    """

    base: TextScaffold
    dials: Dials

    @property
    def name(self) -> str:
        """The name of the syntax."""
        return self.base.name

    @property
    def group(self) -> str:
        """The group of its syntax."""
        return self.base.group

    @property
    def thought(self) -> str:
        """As the scaffold has it."""
        return self.base.thought

    @cached_property
    def text(self) -> TextScaffold:
        """The scaffold with the dials turned that are parts of it."""
        dials, changes = self.dials, dict[str, Any]()
        if dials.docs != "own":
            changes["docs"] = _DOCS[dials.docs]
        if dials.placement != "own":
            changes |= {"result": _FRAMES[dials.placement], "quoted": False}
        if dials.parallel != "own":
            changes["most_calls"] = _MOST_CALLS[dials.parallel]
        if dials.encoding != "own" and carries_json(self.base):
            changes["syntax"] = replace(self.base.syntax, encoding=dials.encoding)  # type: ignore[type-var]
            changes["note"] = self.base.note + _ENCODED[dials.encoding]
        if dials.ending != "finish":
            changes["ending"] = ENDINGS[dials.ending].told
        return replace(self.base, **changes)

    def opening(self, system: str, user: str, specs: Specs) -> list[Message]:
        """Put tools, format and what else an agent has to know into the system message."""
        elision, offered = self._elision, specs
        told = self.text.note
        if elision:
            offered, told = elision.offered(specs), told + elision.told(specs)
        if self.dials.ending != "finish":
            offered = {name: spec for name, spec in offered.items() if name != finish.name}
        return replace(self.text, note=told).opening(system, user, offered)

    def play(self, action: Any, offer: Offer) -> Turn:
        """Make the calls of an action, and show what the dials show of them."""
        elision = self._elision
        specs = elision.offered(offer.specs) if elision else offer.specs
        try:
            parsed, note = self._parsed(action, specs)
        except FormatError as problem:
            observation = self._complaint(str(problem), action, offer.specs)
            return Turn(action, "", (), (), self._said(observation, offer))
        if not elision:
            results = shown = [offer.call(call) for call in parsed.calls]
        else:
            results, shown = self._elided(elision, parsed.calls, offer)
        observation = note + self.text.frame.write(parsed.calls, shown)
        return Turn(
            action,
            parsed.thinking,
            parsed.calls,
            tuple(results),
            self._said(observation, offer),
        )

    def complain(self, message: str) -> str:
        """An error result."""
        return self._complaint(message, "", {})

    def act(self, calls: Sequence[ToolCall], specs: Specs, thinking: str = "") -> str:
        """Thinking first, then the calls, or the reply that hands in the work."""
        if self.dials.ending != "finish" and [call.name for call in calls] == [finish.name]:
            ending = ENDINGS[self.dials.ending]
            text = ending.write(plain_names(calls[0], specs))
            # Without a mark around it, thinking would be a part of a reply that makes no call.
            thought = f"<think>{thinking}</think>\n" if thinking else ""
            if text is not None and self._ends(thought + text, calls[0], specs):
                return thought + text
        offered = self._elision.offered(specs) if self._elision else specs
        return self.text.act(calls, offered, thinking)

    def read(self, observation: Any) -> list[ToolResult]:
        """Take each result out of what it was put into, as it was shown."""
        text = observation
        if self.dials.strictness == "repair":
            text = _REPAIRED.sub("", text, count=1) if _REPAIRED.match(text) else text
        if self.dials.budget != "hidden":
            text = _TURNS_LEFT.sub("", text)
        return self.text.frame.read(text)

    def recovered(self, program: Calls[None], specs: Specs) -> Calls[None]:
        """Run a program so that it is sent whole results."""
        return self._elision.recovered(program, specs) if self._elision else program

    @cached_property
    def _elision(self) -> Elision | None:
        kind = self.dials.elision
        return None if kind == "none" else Elision(self.dials.elide_at, kind == "silent")

    def _parsed(self, action: Any, specs: Specs) -> tuple[Parsed, str]:
        """Return an action read, and what is said of how it was read."""
        try:
            return self.text.parse(action, specs), ""
        except NoCall:
            start = after_thinking(action)
            ending = ENDINGS.get(self.dials.ending)
            answer = ending.read(action[start:]) if ending else None
            if not answer:
                raise
            return Parsed(action[:start], (offered_names(answer, specs),)), ""
        except FormatError as problem:
            if self.dials.strictness == "strict":
                raise
            parsed, name = repaired(
                readable(action), problem, lambda t: self.text.parse(t, specs), self.text.example
            )
        told = f"[Your reply was read with a repair: {name}]\n"
        return parsed, told if self.dials.strictness == "repair" else ""

    def _elided(
        self, elision: Elision, calls: Sequence[ToolCall], offer: Offer
    ) -> tuple[list[ToolResult], list[ToolResult]]:
        """Make calls; return their results, and these as they are shown."""
        before = real_results(offer.turns, offer.specs)
        specs = elision.offered(offer.specs)
        results, shown = [], []
        for call in calls:
            if is_real(call, offer.specs):
                result = offer.call(call)
                before.append(result)
                shown.append(elision.shown(result, len(before), offer.specs))
            else:
                problem = check(call, specs)
                result = problem.result if problem else elision.more(call.arguments, before)
                shown.append(result)
            results.append(result)
        return results, shown

    def _complaint(self, message: str, action: Any, specs: Specs) -> str:
        """Say what the dial says of a reply that cannot be read."""
        lesson = self.dials.lesson
        error: dict[str, Json] = {"code": "format_error", "message": message}
        if lesson == "none":
            error["message"] = "The reply cannot be read."
        elif lesson != "short":
            error["expected"] = self.text.example
        if lesson == "schema":
            named = [name for name in specs if isinstance(action, str) and name in action]
            error["tools"] = {name: specs[name].parameters for name in named[:_MOST_SCHEMAS]}
        return self.text.frame.write((), [ToolResult(error, is_error=True)])

    def _said(self, observation: str, offer: Offer) -> str:
        """Add what is said of the turns that are left."""
        left = offer.turns_left - 1
        plural = "" if left == 1 else "s"
        if self.dials.budget == "counter":
            return f"{observation}\n[{left} turn{plural} left]"
        if self.dials.budget == "warning" and left <= _FEW_TURNS:
            return f"{observation}\n[Only {left} turn{plural} left]"
        return observation

    def _ends(self, reply: str, call: ToolCall, specs: Specs) -> bool:
        """Return whether a reply hands in the work, as this call does."""
        try:
            (read,) = self._parsed(reply, specs)[0].calls
        except (FormatError, ValueError):
            return False
        return check(read, specs) is None and {**read.arguments, **call.arguments} == read.arguments


_MOST_SCHEMAS = 3
_ENCODED = {
    "object": "",
    "string": "The arguments stand there as a string that holds their JSON.\n",
    "double": "The arguments stand there as a string that holds a JSON string of their JSON.\n",
}


def carries_json(scaffold: Scaffold) -> bool:
    """Return whether arguments stand as JSON in a scaffold's syntax, so that it can be encoded."""
    return isinstance(scaffold, TextScaffold) and hasattr(scaffold.syntax, "encoding")


def effective(scaffold: Scaffold, dials: Dials) -> Dials:
    """Return those of the dials turned that a scaffold has."""
    turned = dials.to_json()
    if not carries_json(scaffold):
        turned.pop("encoding", None)
    if not isinstance(scaffold, TextScaffold):
        turned = {name: value for name, value in turned.items() if name in REMEMBERING}
    return Dials(**turned)


def dialed(scaffold: Scaffold, dials: Dials) -> Scaffold:
    """Return a scaffold with its dials turned."""
    spoken = dials.to_json().keys() - set(REMEMBERING)
    return _dialed(scaffold, dials) if isinstance(scaffold, TextScaffold) and spoken else scaffold


_dialed = lru_cache(maxsize=1024)(Dialed)


def as_json(scaffold: Scaffold, dials: Dials) -> Json:
    """Return what `gym.make` takes as the argument `scaffold` to have this again."""
    turned = dials.to_json()
    return {"syntax": scaffold.name, **turned} if turned else scaffold.name
