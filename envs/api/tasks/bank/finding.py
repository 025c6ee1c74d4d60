"""Programs that find an entry by its exact name."""

from collections.abc import Generator
from typing import Any

from wildgym.envs.api.services.bank import find_payees, list_accounts
from wildgym.tools import Row, ToolCall


def find_account(name: str) -> Generator[ToolCall, Any, Row]:
    """Find an account by its exact name."""
    accounts = yield list_accounts()
    return next(account for account in accounts if account["name"] == name)


def find_payee(name: str) -> Generator[ToolCall, Any, Row]:
    """Find a payee by its exact name."""
    found = yield find_payees(text=name)
    return next(payee for payee in found if payee["name"] == name)
