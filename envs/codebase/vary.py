"""Variations of data: other values of the same types, to call functions on."""

import string
from collections.abc import Callable

from wildgym.tools import Json, Rng

_SMALL = (0, 1, -1, 2, 3, 10)
_MOST_ITEMS, _LONGEST = 40, 400
_LARGEST = 1 << 20
_DATED = {"date", "time", "datetime", "timedelta"}


def varied(value: Json, rng: Rng) -> Json:
    """Return an encoded value of the same type as `value`, and rather like it.

    Args:
        value: As `values.encode_data` writes it.
        rng: Where the differences come from.
    """
    if value is None:
        return value
    if isinstance(value, bool):
        return value if rng.chance(0.7) else not value
    if isinstance(value, int):
        return _integer(value, rng)
    if isinstance(value, str):
        return _text(value, rng)
    assert isinstance(value, list)
    tag, *rest = value
    if tag == "f":
        return ["f", _float(str(rest[0]), rng)]
    if tag == "b":
        return ["b", "".join(c for c in _text(str(rest[0]), rng) if ord(c) < 256)]
    if tag == "l":
        return ["l", *_items(rest, rng)]
    if tag in ("t", "d"):
        return [tag, *(_entry(item, rng) if tag == "d" else _nudged(item, rng) for item in rest)]
    if tag in ("s", "z"):
        return [tag, *(item for item in rest if rng.chance(0.8))]
    if tag == "made":
        return [tag, rest[0], _nudged(rest[1], rng), rest[2]]
    if tag in _DATED:
        return [tag, *(_part(part, rng) for part in rest)]
    return value


def _nudged(value: Json, rng: Rng) -> Json:
    """Return a value as it is, or varied: where there are several, most stay as they are."""
    return varied(value, rng) if rng.chance(0.6) else value


def _entry(item: Json, rng: Rng) -> Json:
    assert isinstance(item, list)
    return [item[0], _nudged(item[1], rng)]


def _part(part: Json, rng: Rng) -> Json:
    """Return a part of a date or time, so that most of them are still dates and times."""
    assert isinstance(part, int)
    return max(0, part + rng.pick((-1, 1, 0, 0))) if rng.chance(0.5) else part


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
