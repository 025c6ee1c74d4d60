"""Whether an answer that an agent wrote is the expected value. No model judges: forms are known."""

import json
import re
from collections import Counter

from wildgym.envs.dates import day_of
from wildgym.tools import Json

_MONEY = re.compile(r"[€$£]|\b(?:eur|usd|gbp|euros?|dollars?)\b", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_UNIT = re.compile(
    r"(?<=\d)\s*(?:grams?|g|pages|minutes|people|inhabitants|employees|years|days|in all)$",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")


def written(value: Json) -> str:
    """Return an answer as an agent would write it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(written, value))
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def matches(expected: Json, given: str) -> bool:
    """Say whether `given` is `expected`.

    Numbers may carry a currency or unit, or thousands separators, and agree to half a cent. Dates
    may be written in any of the usual forms. Lists may come
    in any order, separated by commas, semicolons or lines, or as JSON. Text is compared without
    case, surrounding quotes and final full stop. Nothing else may be there: naming every
    candidate earns nothing.
    """
    if expected is None:
        return True
    if isinstance(expected, list):
        wanted = Counter(_text(written(item)) for item in expected)
        return Counter(map(_text, _items(given))) == wanted
    if isinstance(expected, int | float):
        bare = _UNIT.sub("", _MONEY.sub("", given).strip(" ."))
        number = _NUMBER.fullmatch(_THOUSANDS.sub("", bare).strip(" ."))
        return number is not None and abs(float(number[0]) - expected) < 0.005
    if _DAY.fullmatch(expected) and day_of(given) == expected:
        return True
    return _text(given) == _text(expected)


def _text(text: str) -> str:
    return " ".join(text.casefold().strip(" \t\r\n.\"'`").split())


def _items(given: str) -> list[str]:
    try:
        value = json.loads(given)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, list):
        return [written(item) for item in value]
    return [item for item in re.split(r"[,;\n]", given) if item.strip()]
