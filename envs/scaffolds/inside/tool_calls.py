"""Tools as functions: what a Python program of an agent finds, and how it is run.

A call leaves the sandbox as one word of JSON; `sandboxes.resident.relay` says by which descriptors.
"""

from __future__ import annotations

import json
import linecache
import os
import sys
import traceback
from typing import Any

PROGRAM = "<program>"
"""The file that an agent's program is said to be in."""

_ASKED, _ANSWERS, _TURN, _NEXT_TURN = 4, 5, 6, 7
_PIECE = 65536


class ToolError(Exception):
    """A tool failed.

    Attributes:
        value: All that is known of it; shown as JSON.
        code: What kind of failure.
        message: What was wrong.
    """

    __module__ = "__main__"

    def __init__(self, value: Any) -> None:
        super().__init__(json.dumps(value, ensure_ascii=False))
        self.value = value
        known = value if isinstance(value, dict) else {"message": value}
        self.code, self.message = known.get("code"), known.get("message")


class Tool:
    """A tool as a function.

    Args:
        name: What it goes by.
        parameters: The names of its arguments, in the order in which they may be given without.
    """

    def __init__(self, name: str, parameters: list[str]) -> None:
        self.__name__ = name
        self._parameters = parameters

    def __call__(self, /, *values: Any, **named: Any) -> Any:
        """Call the tool; raise ToolError if it fails."""
        if len(values) > len(self._parameters):
            raise TypeError(f"{self.__name__}() takes at most {len(self._parameters)} arguments")
        given = dict(zip(self._parameters, values, strict=False))
        for name in given:
            if name in named:
                raise TypeError(f"{self.__name__}() got multiple values for argument {name!r}")
        return _called(self.__name__, {**given, **named})

    def __repr__(self) -> str:
        return f"<tool {self.__name__}>"


def show(value: Any) -> None:
    """Print a value as JSON, on a line of its own."""
    print(json.dumps(value, ensure_ascii=False))


def run(data: bytes) -> None:
    """Run the program that `data` holds.

    Args:
        data: JSON with the `program`, for each tool its arguments (`tools`), and the names of those
            that are functions by their own name (`functions`).
    """
    given = json.loads(data)
    program = given["program"]
    offered = {name: Tool(name, parameters) for name, parameters in given["tools"].items()}
    names = sys.modules["__main__"].__dict__
    names.clear()
    names.update({"__name__": "__main__", "__builtins__": __builtins__, "json": json})
    names.update({"ToolError": ToolError, "tools": offered, "show": show})
    names.update({name: offered[name] for name in given["functions"]})
    linecache.cache[PROGRAM] = (len(program), None, program.splitlines(keepends=True), PROGRAM)
    try:
        exec(compile(program, PROGRAM, "exec", dont_inherit=True), names)
    except SystemExit:
        raise
    except BaseException as error:
        _show(error)
        raise SystemExit(1) from None


def _called(name: str, arguments: dict[str, Any]) -> Any:
    asked = json.dumps({"name": name, "arguments": arguments}).encode()
    # What was printed before is seen before, even where this call ends the program.
    sys.stdout.flush()
    os.read(_TURN, 1)
    try:
        left = memoryview(b"1\0" + asked + b"\0")
        while left:
            left = left[os.write(_ASKED, left) :]
        answer = json.loads(_exactly(int.from_bytes(_exactly(4), "big")))
    finally:
        os.write(_NEXT_TURN, b".")
    if "error" in answer:
        raise ToolError(answer["error"])
    return answer["value"]


def _exactly(count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = os.read(_ANSWERS, min(count - len(data), _PIECE))
        if not part:
            raise EOFError("no tool answers any more")
        data += part
    return data


def _show(error: BaseException) -> None:
    """Print a traceback as if there were nothing around the program."""
    sys.stdout.flush()
    left: list[Any] = [traceback.TracebackException.from_exception(error, compact=True)]
    shown = left[0]
    while left:
        part = left.pop()
        if part is not None:
            part.stack[:] = [frame for frame in part.stack if frame.filename != __file__]
            left += [part.__cause__, part.__context__]
    print("".join(shown.format()), end="", file=sys.stderr)
