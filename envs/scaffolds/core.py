"""The scaffold contract: how tools, calls and results are written. Stateless, pure functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from wildgym.envs.scaffolds.results import Frame
from wildgym.envs.scaffolds.values import FormatError as FormatError
from wildgym.envs.scaffolds.values import NoCall, readable
from wildgym.envs.scaffolds.values import declared_type as declared_type
from wildgym.envs.scaffolds.values import read_json as read_json
from wildgym.envs.scaffolds.values import read_value as read_value
from wildgym.envs.scaffolds.values import write_value as write_value
from wildgym.envs.trajectory import Message, Turn
from wildgym.tools import Specs, ToolCall, ToolResult, ToolSpec


@dataclass(frozen=True, slots=True)
class Parsed:
    """An action, read.

    Attributes:
        thinking: What was written before the first call.
        calls: The calls, in order; at least one.
        ids: The calls' ids where the wire has them, else empty.
    """

    thinking: str
    calls: tuple[ToolCall, ...]
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What an agent has in one turn.

    Attributes:
        specs: The tools.
        call: Calls one; whatever it raises is a fault of the host.
        turns_left: How many actions are left, this one included.
        sandbox: The name of a backend, for scaffolds that run what an agent writes.
        turns: What has happened in the episode so far.
        over: Says whether the work is handed in, so that nothing more can be called.
    """

    specs: Specs
    call: Callable[[ToolCall], ToolResult]
    turns_left: int
    sandbox: str
    turns: Sequence[Turn] = ()
    over: Callable[[], bool] = lambda: False


class Scaffold(Protocol):
    """How an agent is spoken to. `parse(act(calls)) == calls`, and `read(observe(r)) == r`."""

    @property
    def name(self) -> str:
        """The name it goes by in `gym.make`."""
        ...

    @property
    def group(self) -> str:
        """The group of call syntaxes it belongs to: held out as a whole."""
        ...

    @property
    def thought(self) -> str:
        """What thinking is put into that stands before a call: a template with one `{}`."""
        ...

    def opening(self, system: str, user: str, specs: Specs) -> list[Message]:
        """Return what the agent sees first, as chat messages."""
        ...

    def play(self, action: Any, offer: Offer) -> Turn:
        """Play one action: make its calls, and write what is shown of them.

        An action that cannot be read is answered by what would be right.
        """
        ...

    def complain(self, message: str) -> Any:
        """Write an observation that says why an action could not be read."""
        ...

    def act(self, calls: Sequence[ToolCall], specs: Specs, thinking: str = "") -> Any:
        """Write calls as an action, which `parse` reads."""
        ...

    def read(self, observation: Any) -> list[ToolResult]:
        """Read an observation back into results: the inverse of `observe`."""
        ...


class Wire(Scaffold, Protocol):
    """A scaffold whose actions are read before any call is made."""

    def parse(self, action: Any, specs: Specs) -> Parsed:
        """Read an action; raise FormatError if that cannot be done."""
        ...

    def observe(self, parsed: Parsed, results: Sequence[ToolResult]) -> Any:
        """Write results as an observation."""
        ...


def played(scaffold: Wire, action: Any, offer: Offer) -> Turn:
    """Read an action, make its calls one after the other, and write the results."""
    try:
        parsed = scaffold.parse(action, offer.specs)
    except FormatError as problem:
        return Turn(action, "", (), (), scaffold.complain(str(problem)))
    results = tuple([offer.call(call) for call in parsed.calls])
    observation = scaffold.observe(parsed, results)
    return Turn(action, parsed.thinking, parsed.calls, results, observation)


class Syntax(Protocol):
    """How calls are written in text. One implementation for each group of syntaxes."""

    @property
    def group(self) -> str:
        """Syntaxes that share a surface share a group."""
        ...

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls."""
        ...

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Return where in `text` the first call begins, and all calls; raise FormatError."""
        ...


@dataclass(frozen=True)
class TextScaffold:
    """A scaffold made of independent parts.

    Attributes:
        name: The name it goes by.
        syntax: How calls are written.
        docs: How tools are documented.
        result: What a result is put into: a template with one `{}`, as of `Frame`.
        most_calls: How many calls one action may make.
        note: What else the agent is told about the format.
        quoted: Whether a result stands in its template as a JSON string.
        ending: What the agent is told of how an episode ends.
        thought: What thinking is put into: a template with one `{}`.
    """

    name: str
    syntax: Syntax
    docs: Callable[[Specs], str]
    result: str = "<tool_response>\n{}\n</tool_response>"
    most_calls: int = 1
    note: str = ""
    quoted: bool = False
    ending: str = "The episode ends when you hand in the work."
    thought: str = "{}"

    @property
    def group(self) -> str:
        """The group of its syntax."""
        return self.syntax.group

    def opening(self, system: str, user: str, specs: Specs) -> list[Message]:
        """Put tools and format into the system message."""
        amount = "one call" if self.most_calls == 1 else f"at most {self.most_calls} calls"
        text = (
            f"{system}\n\nTools:\n{self.docs(specs)}\n\n"
            f"Every reply makes {amount}, written like this, after any thinking:\n{self.example}\n"
            f"{self.note}{self.ending}"
        )
        return [{"role": "system", "content": text}, {"role": "user", "content": user}]

    def play(self, action: Any, offer: Offer) -> Turn:
        """Make the calls of an action."""
        return played(self, action, offer)

    def parse(self, action: Any, specs: Specs) -> Parsed:
        """Check what would break a reader, then let the syntax find the calls."""
        text = readable(action)
        thought = after_thinking(text)
        start, calls = self.syntax.parse(text[thought:], specs)
        if not calls:
            raise NoCall("The reply makes no tool call.")
        if len(calls) > self.most_calls:
            raise FormatError(
                f"The reply makes {len(calls)} calls where at most {self.most_calls} may be made;"
                " none was carried out."
            )
        return Parsed(text[: thought + start], tuple(calls))

    def observe(self, parsed: Parsed, results: Sequence[ToolResult]) -> str:
        """One result after the other."""
        return self.frame.write(parsed.calls, results)

    def complain(self, message: str) -> str:
        """An error result, with the format shown again."""
        error = {"code": "format_error", "message": message, "expected": self.example}
        return self.frame.write((), [ToolResult(error, is_error=True)])

    def act(self, calls: Sequence[ToolCall], specs: Specs, thinking: str = "") -> str:
        """Thinking first, then the calls, on a line of their own."""
        between = "\n" if thinking and not thinking.endswith("\n") else ""
        return thinking + between + self.syntax.render(calls, specs)

    def read(self, observation: Any) -> list[ToolResult]:
        """Take each result out of what it was put into."""
        return self.frame.read(observation)

    @cached_property
    def frame(self) -> Frame:
        """What results are put into."""
        return Frame(self.result, self.quoted)

    @cached_property
    def example(self) -> str:
        """A call, as the agent is shown it."""
        properties = {"argument": {"type": "string"}, "another": {"type": "integer"}}
        spec = ToolSpec("tool_name", "", {"type": "object", "properties": properties})
        call = ToolCall(spec.name, {"argument": "value", "another": 42})
        return self.syntax.render([call], {spec.name: spec})


def after_thinking(text: str) -> int:
    """Return where a reply goes on after tagged thinking; raise FormatError if that never ends."""
    if not text.lstrip().startswith("<think>"):
        return 0
    end = text.find("</think>")
    if end < 0:
        raise FormatError("<think> is never closed by </think>.")
    return end + len("</think>")
