"""Results too long to be shown whole, and the tool that shows the rest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds.values import read_result, write_result
from wildgym.envs.trajectory import Turn
from wildgym.tools import Calls, Json, Specs, ToolCall, ToolResult, ToolSpec

_NOTICE = re.compile(
    r"\n… (\d+) characters left out: (\w+)\(result=(\d+), start=(\d+)\) shows them …\n"
)


@dataclass(frozen=True)
class Elision:
    """What becomes of a result that is longer than what is shown.

    Attributes:
        most: How many characters are shown.
        silent: Whether the end is left out without a word. Else the middle is, and that is said.
    """

    most: int
    silent: bool

    def told(self, specs: Specs) -> str:
        """Return what an agent is told of it."""
        how = "cut there" if self.silent else "shown without its middle"
        return (
            f"A result of more than {self.most} characters is {how}. Results are numbered from 1"
            f" in the order of all calls; {_name(specs)} shows more of one, and has no number.\n"
        )

    def offered(self, specs: Specs) -> Specs:
        """Return the tools with the one that shows more."""
        name = _name(specs)
        return {**specs, name: ToolSpec(name, _ABOUT.format(self.most), _PARAMETERS)}

    def shown(self, result: ToolResult, number: int, specs: Specs) -> ToolResult:
        """Return a result as it is shown. Errors are shown whole."""
        text = "" if result.is_error else write_result(result)
        if len(text) <= self.most:
            return result
        if self.silent:
            return ToolResult(text[: self.most])
        head = self.most * 3 // 4
        tail = self.most - head
        left = len(text) - self.most
        notice = (
            f"\n… {left} characters left out: {_name(specs)}(result={number}, start={head})"
            " shows them …\n"
        )
        return ToolResult(text[:head] + notice + text[-tail:])

    def more(self, arguments: Json, results: Sequence[ToolResult]) -> ToolResult:
        """Return more of an earlier result."""
        number, start = arguments["result"], arguments["start"]
        if type(number) is not int or not 1 <= number <= len(results):
            there = f"from 1 to {len(results)}" if results else "from 1, and there is none yet"
            return _error("not_found", f"Results are numbered {there}.")
        if type(start) is not int or start < 0:
            return _error("invalid_arguments", "start is a whole number, at least 0.")
        text = write_result(results[number - 1])
        end = start + self.most
        return ToolResult({"text": text[start:end], "left": max(0, len(text) - end)})

    def recovered(self, program: Calls[None], specs: Specs) -> Calls[None]:
        """Run a program so that it is sent whole results, by what an agent can see."""
        name, number = _name(specs), 0
        call = next(program)
        while True:
            result = yield call
            number += 1
            start = self._cut(result)
            if start >= 0:
                text = result.value[:start]
                left = 1
                while left:
                    part = yield ToolCall(name, {"result": number, "start": len(text)})
                    text += part.value["text"]
                    left = part.value["left"]
                result = read_result(text)
            call = program.send(result)

    def _cut(self, result: ToolResult) -> int:
        """Return where a result that was shown goes on, or -1 if it is whole."""
        if not isinstance(result.value, str) or result.is_error:
            return -1
        if self.silent:
            return self.most if len(result.value) == self.most else -1
        head = self.most * 3 // 4
        notice = _NOTICE.match(result.value, head)
        return head if notice else -1


def _error(code: str, message: str) -> ToolResult:
    return ToolResult({"code": code, "message": message}, is_error=True)


def is_real(call: ToolCall, specs: Specs) -> bool:
    """Return whether a call is of a tool of the episode, and not of the one that shows more."""
    return call.name != _name(specs)


def real_results(turns: Sequence[Turn], specs: Specs) -> list[ToolResult]:
    """Return all results so far that have a number."""
    return [
        result
        for turn in turns
        for call, result in zip(turn.calls, turn.results, strict=True)
        if is_real(call, specs)
    ]


def _name(specs: Specs) -> str:
    return "show_more" if "show_more" not in specs else "show_more_of_result"


_ABOUT = "Show more of an earlier result, at most {} characters."
_PARAMETERS: dict[str, Json] = {
    "type": "object",
    "properties": {
        "result": {"type": "integer", "minimum": 1, "description": "Its number."},
        "start": {"type": "integer", "minimum": 0, "description": "The first character shown."},
    },
    "required": ["result", "start"],
}
