"""Finding a mail, a person, and what a mail says."""

import re
from collections.abc import Generator
from typing import Any

from wildgym.envs.api.services.mail import find_in_address_book, search_mails
from wildgym.tools import Row, ToolCall


def find_mail(subject: str) -> Generator[ToolCall, Any, Row]:
    """Find a mail by its exact subject."""
    found = yield search_mails(text=subject)
    return next(m for m in found if m["subject"] == subject)


def find_person(text: str) -> Generator[ToolCall, Any, Row]:
    """Find an entry of the address book by its exact name or address."""
    found = yield find_in_address_book(text=text)
    return next(entry for entry in found if text in (entry["name"], entry["email"]))


def received(row: Row) -> bool:
    """Return whether a mail was received, not sent."""
    return bool(row["folder"] != "sent")


def amount_in(row: Row) -> float:
    """Return the amount in EUR that a mail names."""
    return float(first_match(r"([\d.]+) EUR", row["body"]))


def first_match(pattern: str, text: str) -> str:
    """Return the first match of a pattern, or of its only group."""
    found = re.search(pattern, text)
    assert found is not None, f"nothing like {pattern} in {text!r}"
    return found[found.re.groups]
