"""Small slips in a reply that cannot be read, and what was meant."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from wildgym.envs.scaffolds.core import Parsed
from wildgym.envs.scaffolds.values import FormatError

_LONGEST = 20_000
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BETWEEN = re.compile(r'("(?:[^"\\]|\\.)*+")|([^"]++)', re.DOTALL)
_COMMA = re.compile(r",(\s*[}\]])")
_WORD = re.compile(r"\b(True|False|None)\b")
_JSON = {"True": "true", "False": "false", "None": "null"}
_HALF_TAG = re.compile(r"<[^<>]*\Z")
_CURLY = str.maketrans("\u201c\u201d\u2018\u2019", "\"\"''")


def repaired(
    text: str, problem: FormatError, parse: Callable[[str], Parsed], example: str
) -> tuple[Parsed, str]:
    """Read a reply as it was meant.

    Args:
        text: The reply.
        problem: What is wrong with it, raised again if no repair helps.
        parse: Reads a reply; raises FormatError.
        example: A call in the same syntax: what follows its last value closes it.

    Returns:
        What was read, and the name of the repair.
    """
    if len(text) > _LONGEST:
        raise problem
    for name, changed in _candidates(text, example):
        if changed != text:
            try:
                return parse(changed), name
            except FormatError:
                continue
    raise problem


def _candidates(text: str, example: str) -> Iterator[tuple[str, str]]:
    """Yield what may have been meant: by each repair, by all together, and with an end."""
    joint, names = text, list[str]()
    for name, repair in _REPAIRS:
        yield name, repair(text)
        if (changed := repair(joint)) != joint:
            joint, names = changed, [*names, name]
    yield ", ".join(names), joint
    end = example[example.rfind("42") + len("42") :]
    for start, before in ((text, list[str]()), (joint, names)):
        for ended in _ended(start.rstrip(), end):
            yield ", ".join([*before, "missing end"]), ended


def _ended(text: str, end: str) -> Iterator[str]:
    """Yield a text with what closes a call, as much of it as may be missing."""
    half = _HALF_TAG.search(text)
    if half:
        # Before all else: what is left of a tag must not become part of a value.
        for found in re.finditer(re.escape(half[0]), end):
            yield text + end[found.end() :]
    starts = [n for n in range(len(end.rstrip())) if not _HALF_TAG.search(end[:n])]
    there = next((n for n in starts if text.endswith(end[n:].strip())), len(end))
    start = text.removesuffix(end[there:].strip()).rstrip()
    for n in starts:
        # Nothing is taken away: without a bracket of its own a call may lose arguments.
        if n <= there:
            yield start + end[n:]


def _outside(change: Callable[[str], str], text: str) -> str:
    """Change what stands outside of strings."""
    return _BETWEEN.sub(lambda found: found[1] or change(found[2]), text)


def _as_json(word: re.Match[str]) -> str:
    return _JSON[word[0]]


def _double_quoted(text: str) -> str:
    start = min((i for i in (text.find("{"), text.find("[")) if i >= 0), default=len(text))
    body = text[start:]
    return text if '"' in body else text[:start] + body.replace("'", '"')


def _escaped(text: str) -> str:
    def within(found: re.Match[str]) -> str:
        return found[0].replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")

    return _STRING.sub(within, text)


_REPAIRS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("trailing comma", partial(_outside, partial(_COMMA.sub, r"\1"))),
    ("Python words in JSON", partial(_outside, partial(_WORD.sub, _as_json))),
    ("single quotes", _double_quoted),
    ("curly quotes", lambda text: text.translate(_CURLY)),
    ("line ends within a string", _escaped),
)
