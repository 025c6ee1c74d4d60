"""Make calls of a package's functions on given data, and report what comes of each.

A call is a dotted name and encoded arguments. `module:function` and `module:Class.method` take a
pair, positional and named arguments; `module:Class().method` takes two pairs, the first of them for
the constructor.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

_REPORT, _SECONDS, _LONGEST = 3, 1.0, 4000


class TooSlow(BaseException):
    """Raised in a call that takes too long; no package would catch it."""


def perform(name: str, arguments: Any) -> Any:
    """Make a call with arguments that are decoded already; return or raise what it does.

    A method that returns nothing changes its object, so that is returned.
    """
    module, _, inner = name.partition(":")
    found: Any = importlib.import_module(module)
    given, made = list(arguments), None
    for part in inner.split("."):
        found = getattr(found, part.removesuffix("()"))
        if part.endswith("()"):
            positional, named = given[0], given[1]
            found = made = found(*positional, **named)
            given = given[2:]
    positional, named = given
    value = found(*positional, **named)
    return made if value is None else value


def make_calls(data: bytes, encode: Callable[[Any], Any], decode: Callable[[Any], Any]) -> None:
    """Make the `calls` of `data`; with `paths`, also report which lines of these each reaches."""
    asked = json.loads(data)
    sys.path[:0] = asked["roots"]
    signal.signal(signal.SIGALRM, _stop)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    tracer = Tracer(asked["paths"])
    # Imports come first, so that no call reaches what only they do.
    for module in dict.fromkeys(name.partition(":")[0] for name, _ in asked["calls"]):
        importlib.import_module(module)
    outcomes = []
    for number, (name, arguments) in enumerate(asked["calls"]):
        tracer.bit = 1 << number
        outcomes.append(_outcome(name, arguments, encode, decode, tracer))
    with os.fdopen(_REPORT, "w") as file:
        json.dump({"outcomes": outcomes, "lines": tracer.lines()}, file)


def _outcome(
    name: str,
    arguments: Any,
    encode: Callable[[Any], Any],
    decode: Callable[[Any], Any],
    tracer: Tracer,
) -> Any:
    """Return ["returned", value], and the arguments if they changed, or how nothing was."""
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    try:
        with tracer:
            given = decode(arguments)
            value = encode(perform(name, given))
        left = encode(given) if '"made"' not in json.dumps(arguments) else arguments
        outcome = ["returned", value] if left == arguments else ["returned", value, left]
        return outcome if len(json.dumps(outcome)) <= _LONGEST else ["long", _digest(outcome)]
    except TooSlow:
        return ["too slow"]
    except (MemoryError, RecursionError) as error:
        return ["exhausted", type(error).__name__]
    except BaseException as error:
        return ["raised", type(error).__name__, str(error)[:200]]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _digest(outcome: Any) -> str:
    from hashlib import blake2b

    return blake2b(json.dumps(outcome).encode(), digest_size=12).hexdigest()


def _stop(number: int, frame: Any) -> None:
    raise TooSlow


class Tracer:
    """Notes which lines are reached while a bit is set.

    Args:
        paths: The files whose lines matter; no file, no tracing.
    """

    def __init__(self, paths: list[str]) -> None:
        self._paths = {os.path.abspath(path): path for path in paths}
        self._seen: dict[tuple[str, int], int] = {}
        self.bit = 1

    def __enter__(self) -> None:
        if self._paths:
            sys.settrace(self._called)

    def __exit__(self, *error: object) -> None:
        if self._paths:
            sys.settrace(None)

    def lines(self) -> dict[str, dict[str, str]]:
        """Return by path and line the bits that were set when it was reached, in hexadecimal."""
        found: dict[str, dict[str, str]] = {}
        for (path, line), bits in self._seen.items():
            found.setdefault(self._paths[path], {})[str(line)] = f"{bits:x}"
        return found

    def _called(self, frame: Any, event: str, _: Any) -> Any:
        return self._line if frame.f_code.co_filename in self._paths else None

    def _line(self, frame: Any, event: str, _: Any) -> Any:
        if event == "line":
            key = (frame.f_code.co_filename, frame.f_lineno)
            self._seen[key] = self._seen.get(key, 0) | self.bit
        return self._line
