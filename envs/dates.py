"""Dates as ISO 8601 text, which sorts as time does. Rows share them: there are few and many."""

from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=8192)
def shifted(day: str, days: int) -> str:
    """Return the date some days later."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def days_between(earlier: str, later: str) -> int:
    """Return the days from one date to another."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
