"""What two texts have that the other has not."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Marked = list[tuple[str, bool]]
"""A text in pieces: each with whether the other text lacks it."""

_MOST_LINES = 2000
_MOST_WORDS = 3000
_ALIKE = 0.5
"""Texts that have less in common than this are different as a whole."""

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def marked(one: str, other: str) -> tuple[Marked, Marked]:
    """Mark where two texts differ: by lines, and within lines that became others by words.

    Args:
        one: A text.
        other: Another. Where there is too much of either, nothing is told apart within it.
    """
    pieces: tuple[Marked, Marked] = ([], [])
    lines = one.splitlines(keepends=True), other.splitlines(keepends=True)
    for same, ours, theirs in _blocks(*lines, _MOST_LINES):
        if same:
            words: Iterator[tuple[bool, str, str]] = iter([(True, ours, theirs)])
        else:
            words = _blocks(_WORDS.findall(ours), _WORDS.findall(theirs), _MOST_WORDS, _ALIKE)
        for equal, *sides in words:
            for side, text in zip(pieces, sides, strict=True):
                _add(side, text, not equal)
    return pieces


def _blocks(
    one: Sequence[str], other: Sequence[str], most: int, least: float = 0.0
) -> Iterator[tuple[bool, str, str]]:
    """Yield what is equal and what is not, in order; all at once where little is equal."""
    if max(len(one), len(other)) <= most:
        matcher = SequenceMatcher(None, one, other)
        if matcher.ratio() >= least:
            for kind, a, b, c, d in matcher.get_opcodes():
                yield kind == "equal", "".join(one[a:b]), "".join(other[c:d])
            return
    yield one == other, "".join(one), "".join(other)


def _add(side: Marked, text: str, differs: bool) -> None:
    if not text:
        return
    if side and side[-1][1] == differs:
        side[-1] = (side[-1][0] + text, differs)
    else:
        side.append((text, differs))
