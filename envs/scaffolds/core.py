"""The scaffold contract: how tools, calls and results are written. Stateless, pure functions."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from wildgym.envs.trajectory import Message, Turn
from wildgym.tools import Json, Specs, ToolCall, ToolResult, ToolSpec

LONGEST_ACTION = 200_000
LONGEST_OBSERVATION = 200_000
DEEPEST_VALUE = 100


class FormatError(Exception):
    """An action that cannot be read. The message tells the agent what was wrong."""


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
    """

    specs: Specs
    call: Callable[[ToolCall], ToolResult]
    turns_left: int
    sandbox: str


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
        result: What a result is put into: a template with one `{}`.
        most_calls: How many calls one action may make.
        note: What else the agent is told about the format.
    """

    name: str
    syntax: Syntax
    docs: Callable[[Specs], str]
    result: str = "<tool_response>\n{}\n</tool_response>"
    most_calls: int = 1
    note: str = ""

    @property
    def group(self) -> str:
        """The group of its syntax."""
        return self.syntax.group

    def opening(self, system: str, user: str, specs: Specs) -> list[Message]:
        """Put tools and format into the system message."""
        amount = "one call" if self.most_calls == 1 else f"at most {self.most_calls} calls"
        text = (
            f"{system}\n\nTools:\n{self.docs(specs)}\n\n"
            f"Every reply makes {amount}, written like this, after any thinking:\n{self._example}\n"
            f"{self.note}The episode ends when you hand in the work."
        )
        return [{"role": "system", "content": text}, {"role": "user", "content": user}]

    def play(self, action: Any, offer: Offer) -> Turn:
        """Make the calls of an action."""
        return played(self, action, offer)

    def parse(self, action: Any, specs: Specs) -> Parsed:
        """Check what would break a reader, then let the syntax find the calls."""
        text = readable(action)
        thought = 0
        if text.lstrip().startswith("<think>"):
            thought = text.find("</think>") + len("</think>")
            if thought < len("</think>"):
                raise FormatError("<think> is never closed by </think>.")
        start, calls = self.syntax.parse(text[thought:], specs)
        if not calls:
            raise FormatError("The reply makes no tool call.")
        if len(calls) > self.most_calls:
            raise FormatError(
                f"The reply makes {len(calls)} calls where at most {self.most_calls} may be made;"
                " none was carried out."
            )
        return Parsed(text[: thought + start], tuple(calls))

    def observe(self, parsed: Parsed, results: Sequence[ToolResult]) -> str:
        """One result after the other."""
        before, after, mark = self._around
        most = LONGEST_OBSERVATION // len(results)
        return "\n".join([before + write_result(r, mark, most) + after for r in results])

    def complain(self, message: str) -> str:
        """An error result, with the format shown again."""
        error = {"code": "format_error", "message": message, "expected": self._example}
        before, after, mark = self._around
        return before + write_result(ToolResult(error, is_error=True), mark) + after

    def act(self, calls: Sequence[ToolCall], specs: Specs, thinking: str = "") -> str:
        """Thinking first, then the calls, on a line of their own."""
        between = "\n" if thinking and not thinking.endswith("\n") else ""
        return thinking + between + self.syntax.render(calls, specs)

    def read(self, observation: Any) -> list[ToolResult]:
        """Take each result out of what it was put into."""
        before, after, _ = self._around
        inside = observation.removeprefix(before).removesuffix(after)
        return [read_result(text) for text in inside.split(f"{after}\n{before}")]

    @cached_property
    def _around(self) -> tuple[str, str, str]:
        """What stands before a result, what after it, and the mark that is in no result."""
        before, _, after = self.result.partition("{}")
        return before, after, after.strip() or before.strip()

    @cached_property
    def _example(self) -> str:
        properties = {"argument": {"type": "string"}, "another": {"type": "integer"}}
        spec = ToolSpec("tool_name", "", {"type": "object", "properties": properties})
        call = ToolCall(spec.name, {"argument": "value", "another": 42})
        return self.syntax.render([call], {spec.name: spec})


def readable(action: Any) -> str:
    """Return an action as text; raise FormatError where no text was given or none can be stored."""
    if not isinstance(action, str):
        raise FormatError(f"An action is text, not {type(action).__name__}.")
    if len(action) > LONGEST_ACTION:
        raise FormatError(f"The reply has {len(action)} characters; the most is {LONGEST_ACTION}.")
    if (place := action.find("\0")) >= 0:
        raise FormatError(f"The reply has a NUL byte at character {place}.")
    if not action.isascii():
        try:
            action.encode()
        except UnicodeEncodeError as error:
            raise FormatError(
                f"The reply has half of a surrogate pair at character {error.start}."
            ) from None
    return action


def write_result(result: ToolResult, mark: str = "", most: int = LONGEST_OBSERVATION) -> str:
    """Write a result as text: JSON, or as it is where it is a text that is no JSON.

    Args:
        result: What to write.
        mark: What must not occur in it, if anything.
        most: How many characters it may have; the middle of a longer one is left out.
    """
    value = {"error": result.value} if result.is_error else result.value
    if isinstance(value, str) and _stands_alone(value) and not (mark and mark in value):
        return _shortened(value, most)
    return _shortened(write_json(value, mark), most)


def read_result(text: str) -> ToolResult:
    """Read a result back: the inverse of `write_result`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ToolResult(text)
    if isinstance(value, dict) and value.keys() == {"error"}:
        return ToolResult(value["error"], is_error=True)
    return ToolResult(value)


def write_json(value: Json, mark: str = "") -> str:
    """Write JSON in which `mark` does not occur.

    Args:
        value: Any JSON value.
        mark: Begins with no letter that could belong to an escape: none of a to f, n, r, t, u.
    """
    text = _encode(value)
    if mark and mark in text:
        # `\u` and four hex digits is JSON's own way to write any character.
        return text.replace(mark, f"\\u{ord(mark[0]):04x}{mark[1:]}")
    return text


def read_json(text: str, what: str) -> Json:
    """Return the value of a JSON text; raise FormatError that says where it breaks."""
    try:
        return checked(_decode(text), text)
    except json.JSONDecodeError as error:
        near = text[max(0, error.pos - 20) : error.pos + 20]
        raise FormatError(
            f"{what} is not valid JSON: {error.msg} at character {error.pos}, near {near!r}."
        ) from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{what} is not valid JSON: {error}.") from None


def checked(value: Json, text: str) -> Json:
    """Return a value read from `text`; raise FormatError where others could not store it."""
    if text.count("[") + text.count("{") > DEEPEST_VALUE and _is_deep(value):
        raise FormatError(f"A value is nested more than {DEEPEST_VALUE} levels deep.")
    if "\\u" in text or "\\U" in text:
        try:
            _encode(value).encode()
        except UnicodeEncodeError:
            raise FormatError("The reply has an escape that is half of a surrogate pair.") from None
    return value


def as_call(value: Json, name_key: str = "name", arguments_key: str = "arguments") -> ToolCall:
    """Return the call that a JSON object describes; raise FormatError if it is none."""
    if not isinstance(value, dict):
        raise FormatError(f"A call is a JSON object with {name_key!r} and {arguments_key!r}.")
    name, arguments = value.get(name_key), value.get(arguments_key, {})
    if not isinstance(name, str) or not name:
        raise FormatError(f"The call has no {name_key!r}.")
    if not isinstance(arguments, dict):
        raise FormatError(f"{arguments_key!r} must be a JSON object.")
    return ToolCall(name, arguments)


def declared_type(specs: Specs, tool: str, argument: str) -> str | None:
    """Return the JSON type that a tool declares for an argument, or None where it is not known."""
    spec = specs.get(tool)
    schema: Mapping[str, Json] = spec.parameters["properties"].get(argument, {}) if spec else {}
    kind = schema.get("type")
    return kind if isinstance(kind, str) else None


def write_value(value: Json, kind: str | None) -> str:
    """Write an argument where nothing marks its type: a declared string as it is, else JSON."""
    return value if kind == "string" and isinstance(value, str) else _encode(value)


def read_value(text: str, kind: str | None, name: str) -> Json:
    """Read what `write_value` wrote; without a declared type, what is no JSON is a string."""
    if kind == "string":
        return text
    try:
        return read_json(text, f"The value of {name!r}")
    except FormatError:
        if kind is None:
            return text
        raise


def expected(what: str, text: str, at: int) -> FormatError:
    """Say what should stand at a place in a text, and what does."""
    near, found = text[max(0, at - 30) : at], text[at : at + 30]
    return FormatError(
        f"After {near!r} should come {what}, not {repr(found) if found else 'the end'}."
    )


def finite(text: str) -> float:
    """Return a number; raise ValueError where it is none, or too large for a float."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is no finite number")
    return number


_decode = json.JSONDecoder(parse_float=finite, parse_constant=finite).decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def _stands_alone(text: str) -> bool:
    """Return whether a text can be told from JSON, and has no blanks at its ends."""
    if text.strip() != text or not text:
        return False
    try:
        json.loads(text)
    except RecursionError:
        return False
    except ValueError:
        return True
    return False


def _is_deep(value: Json) -> bool:
    level = [value]
    for _ in range(DEEPEST_VALUE):
        level = [
            item
            for holder in level
            if isinstance(holder, dict | list)
            for item in (holder.values() if isinstance(holder, dict) else holder)
        ]
    return bool(level)


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"
