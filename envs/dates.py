"""Dates as ISO 8601 text, which sorts as time does. Rows share them: there are few and many."""

import re
from datetime import date, timedelta
from functools import lru_cache

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


@lru_cache(maxsize=8192)
def shifted(day: str, days: int) -> str:
    """Return the date some days later."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def days_between(earlier: str, later: str) -> int:
    """Return the days from one date to another."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def day_of(text: str) -> str | None:
    """Return the date that a text is, in any usual form, as ISO 8601; None if it is none."""
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    months = [n for n, name in enumerate(MONTHS, 1) if name[:3].casefold() in text.casefold()]
    try:
        if months and len(numbers) == 2:
            small, year = sorted(numbers)
            return date(year, months[0], small).isoformat()
        return date(*numbers).isoformat() if len(numbers) == 3 and not months else None
    except ValueError:
        return None
