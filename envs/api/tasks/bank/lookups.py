"""Tasks about looking up accounts, payees and payments."""

from wildgym.envs.api.services.bank import bank, get_account, list_payees, list_transactions
from wildgym.envs.api.services.mail import find_in_address_book, mail, send_mail
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.bank.finding import find_account, find_payee
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Solution


@task(bank)
def balance_of_account(scene: Scene) -> Request:
    """Look up one number."""
    account = scene.pick("accounts")
    return ask("What is the balance of account {account_id}?", account_id=account["id"])


@balance_of_account.solution
def _(account_id: str) -> Solution:
    account = yield get_account(account_id=account_id)
    return account["balance"]


@task(bank)
def iban_of_payee(scene: Scene) -> Request:
    """Look up one entry by name."""
    return ask("Tell me the IBAN of {payee}.", payee=scene.pick("payees")["name"])


@iban_of_payee.solution
def _(payee: str) -> Solution:
    paid = yield from find_payee(payee)
    return paid["iban"]


@task(bank)
def spent_since(scene: Scene) -> Request:
    """Add up what meets three conditions."""
    made = scene.pick("transactions")
    return ask(
        "How much did I pay from my account '{account}' in the category '{category}' since {since},"
        " that day included?",
        "Report the sum in EUR.",
        account=scene.world.row("accounts", made["account_id"])["name"],
        category=made["category"],
        since=shifted(made["booked_on"], -scene.rng.integer(0, 12)),
    )


@spent_since.solution
def _(account: str, category: str, since: str) -> Solution:
    paying = yield from find_account(account)
    made = yield list_transactions(account_id=paying["id"], category=category, since=since)
    return round(sum(t["amount"] for t in made), 2)


@task(bank)
def payee_of_largest(scene: Scene) -> Request:
    """The largest of several, and then who it went to."""
    largest = scene.pick("transactions")
    amount = scene.rng.integer(40_100, 60_000) / 100
    scene.world.put("transactions", {**largest, "amount": amount})
    return ask(
        "To whom did the largest payment from my account '{account}' go?",
        "Report the IBAN of that payee.",
        account=scene.world.row("accounts", largest["account_id"])["name"],
    )


@payee_of_largest.solution
def _(account: str) -> Solution:
    paying = yield from find_account(account)
    made = yield list_transactions(account_id=paying["id"])
    largest = max(made, key=lambda t: t["amount"])
    payees = yield list_payees()
    return next(p["iban"] for p in payees if p["id"] == largest["payee_id"])


@task(bank, mail)
def mail_balance(scene: Scene) -> Request:
    """Look a number up and write it to somebody."""
    return ask(
        "Write a mail to {person}, who is in my address book.",
        "Its text must contain the balance of my account '{account}' in EUR.",
        person=scene.pick("address_book")["name"],
        account=scene.pick("accounts")["name"],
    )


@mail_balance.solution
def _(person: str, account: str) -> Solution:
    asked = yield from find_account(account)
    found = yield find_in_address_book(text=person)
    to = next(entry["email"] for entry in found if entry["name"] == person)
    yield send_mail(to=to, subject="Balance", body=f"{asked['balance']:.2f} EUR")
    return None
