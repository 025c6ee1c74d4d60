"""What results are put into, and how they are taken out again."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import zip_longest

from wildgym.envs.scaffolds.values import (
    LONGEST_OBSERVATION,
    read_result,
    write_json,
    write_result,
)
from wildgym.tools import ToolCall, ToolResult

_FIELD = re.compile(r"\{(n|name|error|call)\}")
_NAME = re.compile(r"[\w.-]+")
_LONGEST_ECHO = 300


@dataclass(frozen=True)
class Frame:
    """A template around each result.

    Attributes:
        template: Has one `{}` for the result; before that it may have `{n}` for the number of the
            call in its reply, from 1, `{name}` for its tool, `{call}` for it all in one line, and
            `{error}` for "true" or "false".
        quoted: Whether a result stands in it as a JSON string.
    """

    template: str
    quoted: bool = False

    def write(self, calls: Sequence[ToolCall], results: Sequence[ToolResult]) -> str:
        """Write one result after the other."""
        before, after, mark, fields = self._parts
        most = LONGEST_OBSERVATION // len(results)
        written = [write_result(result, mark, most) for result in results]
        if self.quoted:
            written = [json.dumps(text, ensure_ascii=False) for text in written]
        if not fields:
            return "\n".join([before + text + after for text in written])
        filled = [
            _FIELD.sub(partial(_field, n, call, result), before)
            for n, (call, result) in enumerate(zip_longest(calls, results), start=1)
            if result is not None
        ]
        return "\n".join([b + text + after for b, text in zip(filled, written, strict=True)])

    def read(self, observation: str) -> list[ToolResult]:
        """Take each result out again."""
        before, after, _, fields = self._parts
        if fields:
            first = self._opens.match(observation)
            inside = observation[first.end() if first else 0 :].removesuffix(after)
            texts = self._between.split(inside)
        else:
            inside = observation.removeprefix(before).removesuffix(after)
            texts = inside.split(f"{after}\n{before}")
        return [read_result(json.loads(text) if self.quoted else text) for text in texts]

    @cached_property
    def _parts(self) -> tuple[str, str, str, bool]:
        """What stands before and after a result, the mark that is in none, and whether it varies.

        A JSON string needs no mark: it has no line end, and what is around it does.
        """
        before, _, after = self.template.partition("{}")
        fixed, *varied = _FIELD.split(before)
        return before, after, "" if self.quoted else after.strip() or fixed.strip(), bool(varied)

    @cached_property
    def _opens(self) -> re.Pattern[str]:
        fixed_and_fields = _FIELD.split(self._parts[0])
        return re.compile(
            "".join(
                ("[^\n]*" if part == "call" else _NAME.pattern) if n % 2 else re.escape(part)
                for n, part in enumerate(fixed_and_fields)
            )
        )

    @cached_property
    def _between(self) -> re.Pattern[str]:
        return re.compile(re.escape(f"{self._parts[1]}\n") + self._opens.pattern)


def _field(n: int, call: ToolCall | None, result: ToolResult, field: re.Match[str]) -> str:
    match field[1]:
        case "n":
            return str(n)
        case "error":
            return "true" if result.is_error else "false"
        case "name":
            return call.name if call and _NAME.fullmatch(call.name) else "none"
    text = write_json({"name": call.name, "arguments": call.arguments} if call else None)
    return text if len(text) <= _LONGEST_ECHO else f"{text[:_LONGEST_ECHO]}…"
