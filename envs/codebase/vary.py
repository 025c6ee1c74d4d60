"""Variations of data: other values of the same types, to call functions on."""

import string
from collections.abc import Callable, Mapping
from typing import Any, cast

from wildgym.tools import Json, Rng

_SMALL = (0, 1, -1, 2, 3, 10)
_MOST_ITEMS, _LONGEST = 40, 400
_LARGEST = 1 << 20


def varied(value: Json, rng: Rng) -> Json:
    """Return an encoded value of the same type as `value`, and rather like it.

    Args:
        value: As `values.encode_data` writes it.
        rng: Where the differences come from.
    """
    if value is None:
        return value
    if not isinstance(value, list):
        return _SCALARS[type(value)](value, rng)
    tag, *rest = value
    vary = _TAGGED.get(str(tag))
    return [tag, *vary(rest, rng)] if vary else value


def _nudged(value: Json, rng: Rng) -> Json:
    """Return a value as it is, or varied: where there are several, most stay as they are."""
    return varied(value, rng) if rng.chance(0.6) else value


def _boolean(value: bool, rng: Rng) -> bool:
    return value if rng.chance(0.7) else not value


def _integer(value: int, rng: Rng) -> int:
    nearby = (value + 1, value - 1, value + rng.integer(-9, 9), value, value, -value, value * 2)
    chosen = rng.pick(nearby) if rng.chance(0.85) else rng.pick(_SMALL)
    return chosen if abs(chosen) <= max(_LARGEST, 2 * abs(value)) else value


def _float(text: str, rng: Rng) -> str:
    value = float(text)
    changed = rng.pick((value, -value, value + 1.0, value * 2.0, value / 4.0, value + 0.125))
    return repr(changed if rng.chance(0.9) else float(rng.pick(_SMALL)))


def _text(value: str, rng: Rng) -> str:
    changed = rng.pick(_TEXTS)(value, rng)
    return changed[:_LONGEST] if len(changed) > len(value) else changed


def _cut(value: str, rng: Rng) -> str:
    start = rng.integer(0, len(value))
    return value[start : rng.integer(start, len(value))]


def _without(value: str, rng: Rng) -> str:
    start = rng.integer(0, len(value))
    return value[:start] + value[start + rng.integer(1, 3) :]


def _with(value: str, rng: Rng) -> str:
    """Put in a character that is there already, or one like those."""
    at = rng.integer(0, len(value))
    added = rng.pick(value) if value and rng.chance(0.7) else rng.pick(string.printable[:95])
    return value[:at] + added + value[at:]


def _other_digit(value: str, rng: Rng) -> str:
    digits = [n for n, character in enumerate(value) if character in string.digits]
    if not digits:
        return _other_case(value, rng)
    at = rng.pick(digits)
    return value[:at] + str(rng.integer(0, 9)) + value[at + 1 :]


def _other_case(value: str, rng: Rng) -> str:
    at = rng.integer(0, len(value))
    return rng.pick((value.upper(), value.lower(), value[:at].swapcase() + value[at:]))


def _words_moved(value: str, rng: Rng) -> str:
    separator = rng.pick([c for c in " ,.-_/\n" if c in value] or [" "])
    return separator.join(rng.shuffled(value.split(separator)))


def _twice(value: str, rng: Rng) -> str:
    return value + rng.pick((" ", "", "\n", "-")) + value


def _letter_moved(value: str, rng: Rng) -> str:
    if len(value) < 2:
        return _with(value, rng)
    at = rng.integer(0, len(value) - 2)
    return value[:at] + value[at + 1] + value[at] + value[at + 2 :]


_TEXTS: tuple[Callable[[str, Rng], str], ...] = (
    *(_cut, _without, _without, _with, _with, _other_digit, _other_digit, _other_case),
    *(_words_moved, _twice, _letter_moved),
)


def _items(items: list[Json], rng: Rng) -> list[Json]:
    kept = [_nudged(item, rng) for item in items]
    drawn = rng.integer(0, 5)
    if drawn == 0 and kept:
        kept.pop(rng.integer(0, len(kept) - 1))
    elif drawn == 1 and kept and len(kept) < _MOST_ITEMS:
        kept.insert(rng.integer(0, len(kept)), varied(rng.pick(items), rng))
    elif drawn == 2:
        kept = rng.shuffled(kept)
    elif drawn == 3:
        kept = kept[: rng.integer(0, len(kept))]
    return kept


def _bytes(rest: list[Json], rng: Rng) -> list[Json]:
    return ["".join(c for c in _text(str(rest[0]), rng) if ord(c) < 256)]


def _positions(rest: list[Json], rng: Rng) -> list[Json]:
    return [_nudged(item, rng) for item in rest]


def _entries(rest: list[Json], rng: Rng) -> list[Json]:
    return [[key, _nudged(value, rng)] for key, value in cast(list[tuple[Json, Json]], rest)]


def _members(rest: list[Json], rng: Rng) -> list[Json]:
    return [item for item in rest if rng.chance(0.8)]


def _made(rest: list[Json], rng: Rng) -> list[Json]:
    return [rest[0], _nudged(rest[1], rng), rest[2]]


def _dated(rest: list[Json], rng: Rng) -> list[Json]:
    """Change parts of a date or time, so that most of them are still dates and times."""
    numbers = [part for part in rest if isinstance(part, int)]
    return [max(0, n + rng.pick((-1, 1, 0, 0))) if rng.chance(0.5) else n for n in numbers]


_SCALARS: Mapping[type, Callable[[Any, Rng], Json]] = {
    bool: _boolean,
    int: _integer,
    str: _text,
}
_TAGGED: Mapping[str, Callable[[list[Json], Rng], list[Json]]] = {
    "f": lambda rest, rng: [_float(str(rest[0]), rng)],
    "b": _bytes,
    "l": _items,
    "t": _positions,
    "d": _entries,
    "s": _members,
    "z": _members,
    "made": _made,
    **dict.fromkeys(("date", "time", "datetime", "timedelta"), _dated),
}
