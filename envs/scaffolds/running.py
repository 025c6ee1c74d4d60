"""Scaffolds that run what an agent writes: an action is a program, and makes its calls as it runs.

It runs in a sandbox of its own, which is neither the workspace of the episode nor kept for the next
action.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any, Protocol

from wildgym.envs.scaffolds.core import Offer, after_thinking
from wildgym.envs.scaffolds.values import (
    LONGEST_OBSERVATION,
    FormatError,
    readable,
    write_json,
)
from wildgym.envs.trajectory import Message, Turn
from wildgym.tools import Specs, ToolCall, ToolError, ToolResult, ToolSpec
from wildgym.tools.sandboxes import File, Limits, Outfit, Ran, Sandbox, pool

MODULE = "tool_calls"
"""What Python programs find installed."""

LIMITS = Limits(seconds=30.0, output=LONGEST_OBSERVATION)
"""What programs have."""

_CALLS_SECONDS, _CALLS_BYTES = 900.0, 4 << 20
_SOURCE = files("wildgym.envs.scaffolds.inside") / f"{MODULE}.py"
_OUTFIT = Outfit({f"{MODULE}.py": File(_SOURCE.read_bytes())}, (MODULE,), LIMITS)
_OPENS, _CLOSES = "<output>\n", "</output>"
_ENDED = {
    "time": "It was ended after {seconds:g} seconds.",
    "calls": "It was ended: it made more than {calls:,} calls, or wrote what is no call where calls"
    " are written.",
}
_ENDED_OTHERWISE = "It was ended: it passed the limit on {killed}."


@dataclass(slots=True)
class Calling:
    """The calls that one program makes.

    Args:
        offer: What can be called.
        language: What the program is written in.

    Attributes:
        calls: What was called so far.
        results: What came of it.
        over: Why nothing can be called any more, if so.
    """

    offer: Offer
    language: "Language"
    calls: list[ToolCall] = field(default_factory=list)
    results: list[ToolResult] = field(default_factory=list)
    over: str = ""
    _began: float = field(default_factory=time.monotonic)
    _bytes: int = 0

    def answer(self, words: Sequence[bytes]) -> bytes | None:
        """Make a call, and return what a program reads; None where it is to go no further."""
        try:
            call = self.language.call([word.decode() for word in words], self.offer.specs)
        except (FormatError, UnicodeDecodeError) as problem:
            result = ToolError("format_error", str(problem)).result
        else:
            result = self.offer.call(call)
            self.calls.append(call)
            self.results.append(result)
            self.over = "The work is handed in." if self.offer.over() else ""
        answer = self.language.answer(result)
        self._bytes += sum(map(len, words)) + len(answer)
        if self._bytes > _CALLS_BYTES and not self.over:
            self.over = f"It was ended: its calls took more than {_CALLS_BYTES >> 20} MiB."
        if time.monotonic() - self._began > _CALLS_SECONDS and not self.over:
            self.over = f"It was ended: its calls took more than {_CALLS_SECONDS:g} seconds."
        return None if self.over else answer


class Language(Protocol):
    """What programs are written in. One implementation for each group of syntaxes."""

    @property
    def group(self) -> str:
        """The group of call syntaxes that it is."""
        ...

    @property
    def opens(self) -> Sequence[str]:
        """What the line before a program may be; the first is what is asked for."""
        ...

    def note(self, specs: Specs) -> str:
        """Return what an agent is told of how tools are called and what comes of it."""
        ...

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write a program that makes calls, and writes each result on a line of its own."""
        ...

    def run(self, program: str, sandbox: Sandbox, calling: Calling, seconds: float) -> Ran:
        """Run a program."""
        ...

    def call(self, words: Sequence[str], specs: Specs) -> ToolCall:
        """Read a call that a program makes; raise FormatError where it is none."""
        ...

    def answer(self, result: ToolResult) -> bytes:
        """Write a result as a program reads it."""
        ...

    def result(self, line: str) -> ToolResult | None:
        """Return the result that a line of the output is, if it is one."""
        ...


@dataclass(frozen=True)
class RunningScaffold:
    """A scaffold made of independent parts.

    Attributes:
        name: The name it goes by.
        language: What programs are written in.
        docs: How tools are documented.
        closes: What the line after a program is.
        seconds: The time that a program has, without that of its calls.
        ending: What the agent is told of how an episode ends.
        thought: What thinking is put into: a template with one `{}`.
    """

    name: str
    language: Language
    docs: Callable[[Specs], str]
    closes: str = "```"
    seconds: float = LIMITS.seconds
    ending: str = "The episode ends, and the program with it, when you hand in the work."
    thought: str = "{}"

    @property
    def group(self) -> str:
        """The group of its language."""
        return self.language.group

    @property
    def most_calls(self) -> int:
        """How many calls one action may make."""
        return LIMITS.calls

    def prepare(self, sandbox: str) -> None:
        """Have a sandbox ready; raise Unavailable where there can be none."""
        pool(sandbox, _OUTFIT).warm(1)

    def opening(self, system: str, user: str, specs: Specs) -> list[Message]:
        """Put tools and format into the system message."""
        text = (
            f"{system}\n\nTools:\n{self.docs(specs)}\n\n"
            f"Every reply is one program, written like this, after any thinking:\n{self._example}\n"
            f"{self.language.note(specs)}"
            "What a program writes is what you see. It runs in an empty folder, and nothing of it"
            " is kept for the next one: no variable and no file. It has"
            f" {self.seconds:g} seconds beside the time of its calls, and may make"
            f" {self.most_calls:,} of them. {self.ending}"
        )
        return [{"role": "system", "content": text}, {"role": "user", "content": user}]

    def play(self, action: Any, offer: Offer) -> Turn:
        """Run the program of an action."""
        try:
            thinking, program = self.parse(action)
        except FormatError as problem:
            return Turn(action, "", (), (), self.complain(str(problem)))
        calling = Calling(offer, self.language)
        pooled = pool(offer.sandbox, _OUTFIT)
        sandbox = pooled.lease({})
        try:
            ran = self.language.run(program, sandbox, calling, self.seconds)
        finally:
            pooled.give_back(sandbox)
        shown = self._shown(ran, calling.over)
        return Turn(action, thinking, tuple(calling.calls), tuple(calling.results), shown)

    def parse(self, action: Any) -> tuple[str, str]:
        """Return what stands before the program of an action, and the program.

        Raises:
            FormatError: There is none, or more than one, or it has no end.
        """
        text = readable(action)
        begin = self._opening_line.search(text, after_thinking(text))
        if begin is None:
            raise FormatError(f"The reply has no program: no line is {self.language.opens[0]}")
        end = self._closing_line.search(text, begin.end())
        if end is None:
            raise FormatError(f"The program has no end: no line after it is {self.closes}")
        if self._opening_line.search(text, end.end()):
            raise FormatError("The reply has more than one program; none was run.")
        return text[: begin.start()], text[begin.end() : end.start()]

    def complain(self, message: str) -> str:
        """An error as output, with the format shown again."""
        error = {"code": "format_error", "message": message, "expected": self._example}
        return f"{_OPENS}{write_json({'error': error}, _CLOSES)}\n{_CLOSES}"

    def act(self, calls: Sequence[ToolCall], specs: Specs, thinking: str = "") -> str:
        """Thinking first, then the program."""
        between = "\n" if thinking and not thinking.endswith("\n") else ""
        program = self.language.render(calls, specs)
        return f"{thinking}{between}{self.language.opens[0]}\n{program}\n{self.closes}"

    def read(self, observation: Any) -> list[ToolResult]:
        """Take the results out of the output."""
        output = observation.removeprefix(_OPENS).rpartition(_CLOSES)[0]
        found = [self.language.result(line) for line in output.split("\n")]
        return [result for result in found if result is not None] or [ToolResult(output)]

    def _shown(self, ran: Ran, over: str) -> str:
        text = ran.stdout.decode("utf-8", "replace")
        notes = [over] if over else []
        if ran.killed and not over:
            ended = _ENDED.get(ran.killed, _ENDED_OTHERWISE)
            told = {"killed": ran.killed, "seconds": self.seconds, "calls": self.most_calls}
            notes.append(ended.format(**told))
        elif ran.exit_code and not over:
            notes.append(f"It ended with exit code {ran.exit_code}.")
        if not (text or over):
            notes.append("It wrote nothing.")
        line = "" if not text or text.endswith("\n") else "\n"
        return "\n".join([f"{_OPENS}{text}{line}{_CLOSES}", *notes])

    @cached_property
    def _opening_line(self) -> re.Pattern[str]:
        opens = "|".join(map(re.escape, self.language.opens))
        return re.compile(rf"^[ \t]*(?:{opens})[ \t]*\n", re.MULTILINE)

    @cached_property
    def _closing_line(self) -> re.Pattern[str]:
        return re.compile(rf"^[ \t]*{re.escape(self.closes)}[ \t]*$", re.MULTILINE)

    @cached_property
    def _example(self) -> str:
        properties = {"argument": {"type": "string"}, "another": {"type": "integer"}}
        spec = ToolSpec("tool_name", "", {"type": "object", "properties": properties})
        call = ToolCall(spec.name, {"argument": "value", "another": 42})
        return self.act([call], {spec.name: spec})
