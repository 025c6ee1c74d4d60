"""What all formats have in common: a bound on what is read, and when two values are the same.

Everything here reads what an agent wrote, on the host. So nothing is unpacked to disk, sizes are
bounded before anything is parsed, and comparisons descend along the expected value, which is ours.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from wildgym.tools import Json

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_CENT = 0.005


class Content(ABC):
    """What a file should hold.

    Attributes:
        most: The largest file that is read, in bytes.
    """

    most: ClassVar[int] = 1 << 20

    def holds(self, data: bytes) -> bool:
        """Say whether a file with these bytes holds it. Never raises: unreadable is wrong."""
        if len(data) > self.most:
            return False
        try:
            return self.right(data)
        except Exception:
            # Parsers fail in many ways on what is made to break them, by recursion for one.
            return False

    @abstractmethod
    def right(self, data: bytes) -> bool:
        """Say whether these bytes hold it, or raise if they cannot be read."""


def same(expected: Json, given: Json) -> bool:
    """Say whether two JSON values are the same: types count, `2` and `2.0` are one number."""
    if isinstance(expected, dict):
        return (
            isinstance(given, dict)
            and expected.keys() == given.keys()
            and all(same(value, given[key]) for key, value in expected.items())
        )
    if isinstance(expected, list):
        return (
            isinstance(given, list)
            and len(expected) == len(given)
            and all(map(same, expected, given))
        )
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return type(expected) is type(given) and bool(expected == given)
    number = isinstance(given, int | float) and not isinstance(given, bool)
    return number and abs(expected - given) < _CENT


def same_text(expected: str | int | float, given: str) -> bool:
    """Say whether a text is the expected one or, for a number, writes it."""
    if isinstance(expected, str):
        return expected == given
    return _NUMBER.fullmatch(given) is not None and abs(float(given) - expected) < _CENT


def same_texts(expected: Iterable[str | int | float], given: list[str]) -> bool:
    """Say whether texts are the expected ones, in order."""
    wanted = list(expected)
    return len(wanted) == len(given) and all(map(same_text, wanted, given))
