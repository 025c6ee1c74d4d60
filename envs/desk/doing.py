"""What solutions share: reading a policy, waiting for a mail, looking people up."""

import csv
import re
from collections.abc import Iterable, Sequence

from wildgym.envs.api.services.mail import find_in_address_book, search_mails
from wildgym.envs.files.solving import Part
from wildgym.envs.files.writing import csv_text
from wildgym.tools import Json, Row, wait
from wildgym.tools.editor import create_file, view_file
from wildgym.tools.web import open_page, read_tables, web_search

_QUARTER = 900
_TIMES = 96


def read_policy(title: str) -> Part[str]:
    """Find a policy on the intranet, open the version that counts, and return its text."""
    found = yield web_search(query=f'intitle:"{title}" site:intranet')
    versions = [result for result in found["results"] if result["title"] == title]
    latest = max(versions, key=lambda result: str(result["published"]))
    page = yield open_page(url=latest["url"])
    return str(page["text"])


def read_table(title: str) -> Part[list[dict[str, str]]]:
    """Find a policy on the intranet, and return the rows of its table, by column."""
    yield from read_policy(title)
    (table,) = yield read_tables()
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


def number(text: str, before: str = "", after: str = "") -> float:
    """Return the number that stands in a text between some words."""
    found = re.search(rf"{re.escape(before)}\s*([\d,]+(?:\.\d+)?)\s*{re.escape(after)}", text)
    assert found is not None, f"no number between {before!r} and {after!r}: {text}"
    return float(found[1].replace(",", ""))


def received(mails: Sequence[Row], sender: str = "") -> list[Row]:
    """Return those of some mails that were received, from somebody, oldest first."""
    return [mail for mail in mails if mail["folder"] != "sent" and sender in ("", mail["sender"])]


def awaited(text: str, sender: str = "", least: int = 1) -> Part[Row]:
    """Wait until there are so many mails about something, and return the last of them."""
    for _ in range(_TIMES):
        found = received((yield search_mails(text=text)), sender)
        if len(found) >= least:
            return found[-1]
        yield wait(seconds=_QUARTER)
    raise LookupError(f"no mail about {text!r} came")


def email_of(name: str) -> Part[str]:
    """Look somebody up in the address book."""
    (entry,) = yield find_in_address_book(text=name)
    return str(entry["email"])


def first(rows: Sequence[Row], **equal: Json) -> Row:
    """Return the first of some rows whose fields have the given values."""
    return next(row for row in rows if all(row[k] == v for k, v in equal.items()))


def rows_of(path: str, delimiter: str = ",") -> Part[list[dict[str, str]]]:
    """Read a table."""
    shown = yield view_file(path=path)
    return list(csv.DictReader(shown["text"].splitlines(), delimiter=delimiter))


def write_rows(path: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Part[Json]:
    """Write a table."""
    return (yield create_file(path=path, text=csv_text(header, rows)))
