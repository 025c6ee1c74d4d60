"""Texts and JSON values: what can be stored, how it is written, and how it is read back."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Literal

from wildgym.tools import Json, Specs, ToolCall, ToolResult

LONGEST_ACTION = 200_000
LONGEST_OBSERVATION = 200_000
DEEPEST_VALUE = 100

Encoding = Literal["object", "string", "double"]
"""How arguments stand within a JSON of calls: as they are, as a string of JSON, or as that once
more."""


class FormatError(Exception):
    """An action that cannot be read. The message tells the agent what was wrong."""


class NoCall(FormatError):
    """An action that makes no call."""


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
    marks = (mark,) if mark else ()
    if isinstance(value, str) and _stands_alone(value) and not (mark and mark in value):
        return _shortened(value, most)
    return _shortened(write_json(value, *marks), most)


def read_result(text: str) -> ToolResult:
    """Read a result back: the inverse of `write_result`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ToolResult(text)
    if isinstance(value, dict) and value.keys() == {"error"}:
        return ToolResult(value["error"], is_error=True)
    return ToolResult(value)


def write_json(value: Json, *marks: str) -> str:
    """Write JSON in which none of `marks` occurs.

    Args:
        value: Any JSON value.
        marks: Each begins with a character that is part of no escape.
    """
    text = _encode(value)
    for mark in marks:
        if mark in text:
            # `\u` and four hex digits is JSON's own way to write any character.
            text = text.replace(mark, f"\\u{ord(mark[0]):04x}{mark[1:]}")
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


def read_json_at(text: str, at: int, what: str) -> tuple[Json, int]:
    """Return the JSON value that begins at a place, and where it ends; raise FormatError."""
    at = after_blanks(text, at)
    try:
        value, end = _decoder.raw_decode(text, at)
    except (ValueError, RecursionError):
        # What is wrong, and where, is said as for a whole text.
        return read_json(text[at:], what), len(text)
    return checked(value, text[at:end]), end


def after_blanks(text: str, at: int) -> int:
    """Return the next place in a text where no blank stands."""
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


def json_until(text: str, at: int, closes: str, opened: str) -> tuple[Json, int]:
    """Return the JSON between a place and a mark, and where that ends; raise FormatError.

    Args:
        text: Where it stands.
        at: Where it begins.
        closes: The mark, or nothing, where the JSON says itself where it ends.
        opened: What stands before it.
    """
    if not closes:
        return read_json_at(text, at, f"What stands after {opened}")
    end = text.find(closes, at)
    if end < 0:
        raise FormatError(f"{opened} is never closed by {closes}.")
    return read_json(text[at:end], f"What stands after {opened}"), end + len(closes)


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


def as_call(
    value: Json,
    name_key: str = "name",
    arguments_key: str = "arguments",
    encoding: Encoding = "object",
) -> ToolCall:
    """Return the call that a JSON object describes; raise FormatError if it is none."""
    if not isinstance(value, dict):
        raise FormatError(f"A call is a JSON object with {name_key!r} and {arguments_key!r}.")
    name = value.get(name_key)
    if not isinstance(name, str) or not name:
        raise FormatError(f"The call has no {name_key!r}.")
    if arguments_key not in value:
        return ToolCall(name, {})
    return ToolCall(name, decoded(value[arguments_key], encoding, repr(arguments_key)))


_LEVELS: Mapping[Encoding, int] = {"object": 0, "string": 1, "double": 2}


def encoded(arguments: Mapping[str, Json], encoding: Encoding) -> Json:
    """Return arguments as they stand within a JSON of calls."""
    value: Json = arguments
    for _ in range(_LEVELS[encoding]):
        value = _encode(value)
    return value


def decoded(value: Json, encoding: Encoding, what: str) -> dict[str, Json]:
    """Return the arguments that `encoded` encoded; raise FormatError where they are none."""
    for _ in range(_LEVELS[encoding]):
        if not isinstance(value, str):
            raise FormatError(f"{what} must be a JSON string that holds the JSON of the arguments.")
        value = read_json(value, what)
    if not isinstance(value, dict):
        raise FormatError(f"{what} must be a JSON object.")
    return value


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


_BLANKS = re.compile(r"\s*+")
_decoder = json.JSONDecoder(parse_float=finite, parse_constant=finite)
_decode = _decoder.decode
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
