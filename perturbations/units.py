"""Amounts, dates, times and durations in several units and notations."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from wildgym.tools import Json

System = Literal["machine", "continental", "american"]
Quantity = Literal["amount", "date", "time", "duration"]

_EPOCH = date(1970, 1, 1).toordinal()
_HALF_DAY = re.compile(r"(0[1-9]|1[0-2]):([0-5]\d) ([AP]M)")
_SWAPPED = {ord("."): ",", ord(","): "."}


@dataclass(frozen=True, slots=True)
class Unit:
    """How a quantity is written.

    Attributes:
        type: Its JSON type.
        about: How it is written, with an example.
        write: From cents for amounts, minutes for times and durations, ISO 8601 for dates.
        read: Back; raises ValueError or OverflowError.
    """

    type: str
    about: str
    write: Callable[[Json], Json]
    read: Callable[[Json], Json]


def _whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("not a whole number")
    return value


def _minutes(seconds: Json) -> int:
    minutes, rest = divmod(_whole(seconds), 60)
    if rest:
        raise ValueError("not whole minutes")
    return minutes


def _euros(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02}"


def _cents(text: Json) -> int:
    if not isinstance(text, str) or len(text) > 20 or not re.fullmatch(r"[\d,]+\.\d\d", text):
        raise ValueError("not an amount")
    cents = int(re.sub(r"\D", "", text))
    if _euros(cents) != text:
        raise ValueError("not an amount")
    return cents


def _dated(pattern: str, order: tuple[int, int, int]) -> Callable[[Json], str]:
    """Return what reads dates: `order` says which group is the year, the month, the day."""

    def read(text: Json) -> str:
        found = re.fullmatch(pattern, text) if isinstance(text, str) else None
        if found is None:
            raise ValueError("not a date")
        year, month, day = (int(found[group]) for group in order)
        return date(year, month, day).isoformat()

    return read


def _half_day(minutes: int) -> str:
    hours = minutes // 60
    return f"{(hours - 1) % 12 + 1:02}:{minutes % 60:02} {'PM' if hours >= 12 else 'AM'}"


def _of_half_day(text: Json) -> int:
    found = _HALF_DAY.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("not a time")
    return (int(found[1]) % 12 + (12 if found[3] == "PM" else 0)) * 60 + int(found[2])


def _hours_and_minutes(
    separator: str, digits: int
) -> tuple[Callable[[int], str], Callable[[Json], int]]:
    """Return what writes minutes as hours and minutes, and what reads them."""

    def write(minutes: int) -> str:
        return f"{minutes // 60:0{digits}}{separator}{minutes % 60:02}"

    def read(text: Json) -> int:
        found = re.fullmatch(rf"(\d{{1,3}}){re.escape(separator)}([0-5]\d)", str(text))
        if found is None or write(minutes := int(found[1]) * 60 + int(found[2])) != text:
            raise ValueError("not hours and minutes")
        return minutes

    return write, read


def _in_cents(euros: float) -> int:
    return round(round(euros, 2) * 100)


def _in_euros(cents: int) -> float:
    euros, rest = divmod(cents, 100)
    return cents / 100 if rest else euros


def _iso(day: Json) -> str:
    return date.fromisoformat(day).isoformat()


def _clock(minutes: int) -> str:
    if not 0 <= minutes < 24 * 60:
        raise ValueError("not a time of a day")
    return _WITH_COLON[0](minutes)


_WITH_COLON = _hours_and_minutes(":", 2)
PLAIN: Mapping[Quantity, Callable[[Json], Json]] = {
    "amount": _in_cents,
    "date": _iso,
    "time": _WITH_COLON[1],
    "duration": _whole,
}
"""From the usual value to what units are written from: cents, an ISO date, minutes."""
USUAL: Mapping[Quantity, Callable[[Json], Json]] = {
    "amount": _in_euros,
    "date": lambda day: day,
    "time": _clock,
    "duration": _whole,
}
RESULTS: Mapping[Quantity, str] = {
    "amount": "Results have plain numbers, in EUR.",
    "date": "Results have YYYY-MM-DD.",
    "time": "Results have HH:MM.",
    "duration": "Results are in minutes.",
}
UNITS: Mapping[System, Mapping[Quantity, Unit]] = {
    "machine": {
        "amount": Unit("integer", "In cents: 1250 is 12.50 EUR", lambda cents: cents, _whole),
        "date": Unit(
            "integer",
            "As days since 1970-01-01: 19723 is 2024-01-01",
            lambda day: date.fromisoformat(day).toordinal() - _EPOCH,
            lambda days: date.fromordinal(_whole(days) + _EPOCH).isoformat(),
        ),
        "time": Unit("integer", "As minutes since midnight: 870 is 14:30", lambda m: m, _whole),
        "duration": Unit(
            "integer", "In seconds: 5400 is an hour and a half", lambda m: m * 60, _minutes
        ),
    },
    "continental": {
        "amount": Unit(
            "string",
            'In EUR, written like "1.234,50"',
            lambda cents: _euros(cents).translate(_SWAPPED),
            lambda text: _cents(str(text).translate(_SWAPPED)),
        ),
        "date": Unit(
            "string",
            'Written like "31.12.2024"',
            lambda day: ".".join(reversed(day.split("-"))),
            _dated(r"(\d\d)\.(\d\d)\.(\d{4})", (3, 2, 1)),
        ),
        "time": Unit("string", 'Written like "14.30"', *_hours_and_minutes(".", 2)),
        "duration": Unit(
            "string", 'In hours and minutes, like "1:30"', *_hours_and_minutes(":", 1)
        ),
    },
    "american": {
        "amount": Unit("string", 'In EUR, written like "1,234.50"', _euros, _cents),
        "date": Unit(
            "string",
            'Written like "12/31/2024"',
            lambda day: f"{day[5:7]}/{day[8:]}/{day[:4]}",
            _dated(r"(\d\d)/(\d\d)/(\d{4})", (3, 1, 2)),
        ),
        "time": Unit("string", 'Written like "02:30 PM"', _half_day, _of_half_day),
        "duration": Unit(
            "string", 'In hours and minutes, like "01h30"', *_hours_and_minutes("h", 2)
        ),
    },
}
