"""Dates as ISO 8601 text, which sorts as time does."""

from datetime import date, timedelta


def shifted(day: str, days: int) -> str:
    """Return the date some days later."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def days_between(earlier: str, later: str) -> int:
    """Return the days from one date to another."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
