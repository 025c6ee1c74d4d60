"""A bank: accounts, payees, transactions, standing orders, cards."""

from collections.abc import Generator, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from wildgym.envs.api.service import Service, Value, only
from wildgym.envs.dates import shifted
from wildgym.envs.people import Person
from wildgym.tools import Rng, Row, TableType, ToolCall, ToolError, World

bank = Service(
    "bank",
    tables={
        "accounts": TableType("BNK"),
        "payees": TableType("PYE"),
        "transactions": TableType("TXN", prose=frozenset({"note"})),
        "standing_orders": TableType("STO"),
        "bank_cards": TableType("CRD"),
    },
    rules=(
        "Pay at most {transfer_limit} EUR to a payee at once; if it would be more, report the"
        " payee's IBAN.",
        "Dispute only transactions that were booked at most {dispute_days} days ago; for an older"
        " one, report the date on which it was booked.",
        "No account may be left with less than {least_balance} EUR; if one would, report its"
        " balance as it is now.",
    ),
    values={
        "transfer_limit": Value(1000, (250, 500, 750, 1500, 2000)),
        "dispute_days": Value(30, (7, 14, 21, 45, 60)),
        "least_balance": Value(200, (50, 100, 150, 300, 400)),
    },
)

Amount = Annotated[float, Field(gt=0, le=1_000_000)]
Category = Literal["food", "home", "leisure", "transport", "other"]

_CATEGORIES = ("food", "home", "leisure", "transport", "other")
_ACCOUNTS = ("Household", "Savings", "Holiday", "Garden", "Repairs", "Studio")


@bank.world
def generate(rng: Rng, people: Sequence[Person], today: str) -> dict[str, list[Row]]:
    """Draw accounts and cards, people to pay, and what was booked in the last two months."""
    accounts: list[Row] = [
        {
            "id": f"BNK-{110 + 4 * n}",
            "name": name,
            "kind": "savings" if n > 2 else "current",
            "balance": _uneven(rng, 2_000, 9_000),
        }
        for n, name in enumerate(rng.sample(_ACCOUNTS, 4))
    ]
    payees: list[Row] = [
        {
            "id": f"PYE-{600 + 9 * n}",
            "name": person.name,
            "email": person.email,
            "iban": f"DE{rng.integer(10, 98)}5001{rng.integer(10**13, 10**14 - 1)}",
        }
        for n, person in enumerate(people[1:9])
    ]
    return {
        "accounts": accounts,
        "payees": payees,
        "transactions": [_transaction(n, rng, accounts, payees, today) for n in range(20)],
        "standing_orders": [
            {
                "id": f"STO-{40 + 3 * n}",
                "account_id": rng.pick(accounts)["id"],
                "payee_id": rng.pick(payees)["id"],
                "amount": rng.integer(1_000, 20_000) / 100,
                "day_of_month": rng.integer(1, 28),
                "active": rng.chance(0.8),
            }
            for n in range(6)
        ],
        "bank_cards": [
            {
                "id": f"CRD-{820 + 5 * n}",
                "account_id": rng.pick(accounts)["id"],
                "daily_limit": 100 * rng.integer(3, 20),
                "blocked": rng.chance(0.25),
            }
            for n in range(4)
        ],
    }


def _transaction(
    n: int, rng: Rng, accounts: Sequence[Row], payees: Sequence[Row], today: str
) -> Row:
    return {
        "id": f"TXN-{3000 + 19 * n}",
        "account_id": rng.pick(accounts)["id"],
        "payee_id": rng.pick(payees)["id"],
        "amount": _uneven(rng, 8, 400),
        "category": rng.pick(_CATEGORIES),
        "booked_on": shifted(today, -rng.integer(1, 60)),
        "disputed": False,
        "note": "",
    }


def _uneven(rng: Rng, low: int, high: int) -> float:
    """Return an amount with cents, which no round number of a prompt is."""
    return (100 * rng.integer(low, high) + rng.integer(1, 99)) / 100


@bank.reads
def list_accounts(world: World) -> list[Row]:
    """List the user's own accounts with their balances in EUR."""
    return world.rows("accounts")


@bank.reads
def get_account(world: World, account_id: str) -> Row:
    """Get one of the user's own accounts.

    Args:
        account_id: The account's id.
    """
    return world.row("accounts", account_id)


@bank.reads
def find_payees(world: World, text: str) -> list[Row]:
    """Find people and firms that can be paid by a part of their name or email address.

    Args:
        text: What to look for; upper and lower case are the same.
    """
    return [r for r in world.rows("payees") if _is_about(r, text)]


@bank.reads
def list_payees(world: World) -> list[Row]:
    """List all people and firms that can be paid."""
    return world.rows("payees")


@bank.reads
def list_transactions(
    world: World,
    account_id: str | None = None,
    payee_id: str | None = None,
    category: Category | None = None,
    since: date | None = None,
) -> list[Row]:
    """List payments that were made from the user's accounts, oldest id first.

    Args:
        account_id: Only payments from this account.
        payee_id: Only payments to this payee.
        category: Only payments of this category.
        since: Only payments booked on this date or later, YYYY-MM-DD.
    """
    first = since.isoformat() if since else ""
    return [
        r
        for r in world.rows("transactions")
        if account_id in (None, r["account_id"])
        and payee_id in (None, r["payee_id"])
        and category in (None, r["category"])
        and r["booked_on"] >= first
    ]


@bank.reads
def get_transaction(world: World, transaction_id: str) -> Row:
    """Get one payment.

    Args:
        transaction_id: The transaction's id.
    """
    return world.row("transactions", transaction_id)


@bank.reads
def list_standing_orders(world: World, account_id: str | None = None) -> list[Row]:
    """List payments that are repeated every month, those that were stopped included.

    Args:
        account_id: Only those from this account.
    """
    return [r for r in world.rows("standing_orders") if account_id in (None, r["account_id"])]


@bank.reads
def list_bank_cards(world: World, account_id: str | None = None) -> list[Row]:
    """List bank cards, those that are blocked included.

    Args:
        account_id: Only cards of this account.
    """
    return [r for r in world.rows("bank_cards") if account_id in (None, r["account_id"])]


@bank.writes
def pay(
    world: World,
    account_id: str,
    payee_id: str,
    amount: Amount,
    note: str = "",
) -> Row:
    """Pay somebody from one of the user's accounts, at once; the category is "other" for a start.

    Args:
        account_id: The account that pays.
        payee_id: Who is paid.
        amount: How much, in EUR.
        note: A text for the payee. Default: empty.
    """
    payee, paid = world.row("payees", payee_id), round(amount, 2)
    _withdraw(world, account_id, paid)
    return world.create(
        "transactions",
        account_id=account_id,
        payee_id=payee["id"],
        amount=paid,
        category="other",
        booked_on=world.today,
        disputed=False,
        note=note,
    )


@bank.writes
def move_money(world: World, from_account_id: str, to_account_id: str, amount: Amount) -> Row:
    """Move money between two of the user's own accounts; gives the account that receives it.

    Args:
        from_account_id: The account that the money is taken from.
        to_account_id: The account that the money is put on.
        amount: How much, in EUR.
    """
    if from_account_id == to_account_id:
        raise ToolError("same_account", "The two accounts have to be different.")
    balance, moved = world.row("accounts", to_account_id)["balance"], round(amount, 2)
    _withdraw(world, from_account_id, moved)
    return world.update("accounts", to_account_id, balance=round(balance + moved, 2))


@bank.writes
def dispute_transaction(world: World, transaction_id: str) -> Row:
    """Tell the bank that a payment was not right.

    Args:
        transaction_id: The transaction's id.
    """
    if world.row("transactions", transaction_id)["disputed"]:
        raise ToolError("already_disputed", f"{transaction_id} is disputed already.")
    return world.update("transactions", transaction_id, disputed=True)


@bank.writes
def set_category(world: World, transaction_id: str, category: Category) -> Row:
    """Change what kind of expense a payment is.

    Args:
        transaction_id: The transaction's id.
        category: The new category.
    """
    return world.update("transactions", transaction_id, category=category)


@bank.writes
def create_standing_order(
    world: World,
    account_id: str,
    payee_id: str,
    amount: Amount,
    day_of_month: Annotated[int, Field(ge=1, le=28)],
) -> Row:
    """Pay somebody the same amount every month.

    Args:
        account_id: The account that pays.
        payee_id: Who is paid.
        amount: How much, in EUR.
        day_of_month: On which day of the month.
    """
    return world.create(
        "standing_orders",
        account_id=world.row("accounts", account_id)["id"],
        payee_id=world.row("payees", payee_id)["id"],
        amount=round(amount, 2),
        day_of_month=day_of_month,
        active=True,
    )


@bank.writes
def change_standing_order(world: World, standing_order_id: str, amount: Amount) -> Row:
    """Change the amount of a standing order that is active.

    Args:
        standing_order_id: The standing order's id.
        amount: The new amount in EUR.
    """
    _check_active(world, standing_order_id)
    return world.update("standing_orders", standing_order_id, amount=round(amount, 2))


@bank.writes
def stop_standing_order(world: World, standing_order_id: str) -> Row:
    """Stop a standing order that is active; it stays listed.

    Args:
        standing_order_id: The standing order's id.
    """
    _check_active(world, standing_order_id)
    return world.update("standing_orders", standing_order_id, active=False)


@bank.writes
def block_bank_card(world: World, card_id: str) -> Row:
    """Block a bank card, which cannot be undone.

    Args:
        card_id: The card's id.
    """
    if world.row("bank_cards", card_id)["blocked"]:
        raise ToolError("already_blocked", f"{card_id} is blocked already.")
    return world.update("bank_cards", card_id, blocked=True)


@bank.writes
def set_card_limit(
    world: World, card_id: str, daily_limit: Annotated[int, Field(ge=0, le=10_000)]
) -> Row:
    """Change how much can be spent with a bank card on one day.

    Args:
        card_id: The card's id.
        daily_limit: The new limit in whole EUR.
    """
    if world.row("bank_cards", card_id)["blocked"]:
        raise ToolError("card_blocked", f"{card_id} is blocked.")
    return world.update("bank_cards", card_id, daily_limit=daily_limit)


def _withdraw(world: World, account_id: str, amount: float) -> None:
    balance = world.row("accounts", account_id)["balance"]
    if amount > balance:
        raise ToolError("insufficient_funds", f"{account_id} has only {balance:.2f} EUR.")
    world.update("accounts", account_id, balance=round(balance - amount, 2))


def _check_active(world: World, standing_order_id: str) -> None:
    if not world.row("standing_orders", standing_order_id)["active"]:
        raise ToolError("not_active", f"{standing_order_id} was stopped.")


@bank.without(get_account)
def _(account_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_accounts()), account_id)


@bank.without(get_transaction)
def _(transaction_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_transactions()), transaction_id)


@bank.without(find_payees)
def _(text: str) -> Generator[ToolCall, Any, list[Row]]:
    return [payee for payee in (yield list_payees()) if _is_about(payee, text)]


@bank.without(list_payees)
def _() -> Generator[ToolCall, Any, list[Row]]:
    return list((yield find_payees(text="")))


def _is_about(payee: Row, text: str) -> bool:
    return text.casefold() in f"{payee['name']}\n{payee['email']}".casefold()
