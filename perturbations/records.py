"""What results are made of: records, lists of them, single values; and how one may be wrong."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from wildgym.perturbations.draw import Draw
from wildgym.tools import Json, Row

DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK = re.compile(r"\d\d:\d\d")
_DIGITS = re.compile(r"\+?(?:\w{2})?[\d-]{7,}")


def is_row(value: Json) -> bool:
    """Say whether a value is a record with an id."""
    return isinstance(value, dict) and isinstance(value.get("id"), str)


def scalars_mapped(value: Json, change: Callable[[Json], Json]) -> Json:
    """Return a value with every text, number, truth value and null in it changed."""
    if isinstance(value, dict):
        return {k: scalars_mapped(v, change) for k, v in value.items()}
    if isinstance(value, list):
        return [scalars_mapped(v, change) for v in value]
    return change(value)


def records_mapped(value: Json, change: Callable[[dict[str, Json]], Json]) -> Json:
    """Return a value with every record in it changed, the inner ones first."""
    if isinstance(value, dict):
        return change({k: records_mapped(v, change) for k, v in value.items()})
    if isinstance(value, list):
        return [records_mapped(v, change) for v in value]
    return value


def records_restored(value: Json, change: Callable[[dict[str, Json]], Json]) -> Json:
    """Return a value with every record in it changed, the outer ones first.

    This undoes a change that was made to the inner ones first, and may have buried them.
    """
    if isinstance(value, dict):
        value = change(value)
    if isinstance(value, dict):
        return {k: records_restored(v, change) for k, v in value.items()}
    if isinstance(value, list):
        return [records_restored(v, change) for v in value]
    return value


def lists_mapped(value: Json, change: Callable[[list[Json]], Json]) -> Json:
    """Return a value with every list in it changed, the inner ones first."""
    if isinstance(value, dict):
        return {k: lists_mapped(v, change) for k, v in value.items()}
    if isinstance(value, list):
        return change([lists_mapped(v, change) for v in value])
    return value


def rows_changed(value: Json, change: Callable[[Row], Row]) -> Json:
    """Return a value that is a row, or a list that holds some, with each of them changed."""
    if is_row(value):
        return change(value)
    if isinstance(value, list):
        return [change(row) if is_row(row) else row for row in value]
    return value


def repeated(value: Json) -> frozenset[str]:
    """Return the ids that more than one row of a list has."""
    ids = [row["id"] for row in value if is_row(row)] if isinstance(value, list) else []
    count = Counter(ids) if len(set(ids)) < len(ids) else {}
    return frozenset(id for id in count if count[id] > 1)


def columns(rows: Json) -> list[str]:
    """Return the keys that all of some records have; none where they are no table."""
    if not isinstance(rows, list) or not rows or not all(isinstance(r, dict) and r for r in rows):
        return []
    keys = rows[0].keys()
    return list(keys) if all(row.keys() == keys for row in rows) else []


def falsified(row: Row, draw: Draw) -> dict[str, Json]:
    """Return those fields of a row that could be wrong without looking so, with wrong values.

    The same row is always wrong in the same way.
    """
    wrong = {k: _false(v, draw, row["id"], k) for k, v in row.items() if k != "id"}
    return {k: v for k, v in wrong.items() if v != row[k]}


def _false(value: Json, draw: Draw, *slot: object) -> Json:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value + 1 + int(draw.uniform(*slot) * 9)
    if isinstance(value, float):
        return round(value * (1.05 + draw.uniform(*slot) / 2) + 0.05, 2)
    return _false_text(value, draw, *slot) if isinstance(value, str) else value


def _false_text(text: str, draw: Draw, *slot: object) -> str:
    number = 1 + int(draw.uniform(*slot) * 9)
    if DATE.fullmatch(text):
        return (date.fromisoformat(text) - timedelta(days=number)).isoformat()
    if _CLOCK.fullmatch(text):
        return f"{(int(text[:2]) + number) % 24:02}{text[2:]}"
    if "@" in text and " " not in text:
        return text.replace("@", f"{number}@")
    if _DIGITS.fullmatch(text):
        return f"{text[:-1]}{(int(text[-1]) + number) % 10}" if text[-1].isdigit() else text
    return text
