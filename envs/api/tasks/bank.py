"""Tasks about the bank."""

import re
from collections.abc import Generator
from typing import Any

from wildgym.envs.api.dates import days_between, shifted
from wildgym.envs.api.services.bank import (
    bank,
    block_bank_card,
    change_standing_order,
    create_standing_order,
    dispute_transaction,
    find_payees,
    get_account,
    get_transaction,
    list_accounts,
    list_bank_cards,
    list_payees,
    list_standing_orders,
    list_transactions,
    move_money,
    pay,
    set_card_limit,
    set_category,
    stop_standing_order,
)
from wildgym.envs.api.services.mail import find_in_address_book, mail, search_mails, send_mail
from wildgym.envs.api.services.shop import list_products, shop
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Row, ToolCall


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
    paid = yield from _payee(payee)
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
    paying = yield from _account(account)
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
    paying = yield from _account(account)
    made = yield list_transactions(account_id=paying["id"])
    largest = max(made, key=lambda t: t["amount"])
    payees = yield list_payees()
    return next(p["iban"] for p in payees if p["id"] == largest["payee_id"])


@task(bank)
def pay_somebody(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    account = _rich(scene)
    return ask(
        "Pay {amount} EUR to {payee} from my account '{account}'.",
        amount=scene.rng.integer(10, 2 * scene.policy["transfer_limit"]),
        payee=scene.pick("payees")["name"],
        account=account["name"],
    )


@pay_somebody.solution
def _(amount: int, payee: str, account: str, transfer_limit: int) -> Solution:
    paid = yield from _payee(payee)
    if amount > transfer_limit:
        return Refusal(paid["iban"])
    paying = yield from _account(account)
    yield pay(account_id=paying["id"], payee_id=paid["id"], amount=amount)
    return None


@task(bank)
def move_between(scene: Scene) -> Request:
    """What would be left decides whether it may be done."""
    source, target = scene.sample("accounts", 2)
    whole = scene.rng.integer(500, 900)
    left = scene.rng.integer(0, 2 * scene.policy["least_balance"])
    balance = (100 * whole + scene.rng.integer(1, 99)) / 100
    scene.world.put("accounts", {**source, "balance": balance})
    return ask(
        "Move {amount} EUR from my account '{source}' to my account '{target}'.",
        amount=whole - left,
        source=source["name"],
        target=target["name"],
    )


@move_between.solution
def _(amount: int, source: str, target: str, least_balance: int) -> Solution:
    giving = yield from _account(source)
    if giving["balance"] - amount < least_balance:
        return Refusal(giving["balance"])
    taking = yield from _account(target)
    yield move_money(from_account_id=giving["id"], to_account_id=taking["id"], amount=amount)
    return None


@task(bank)
def fill_up(scene: Scene) -> Request:
    """Compute an amount from a balance."""
    source = _rich(scene)
    target = scene.pick("accounts", lambda account: account["id"] != source["id"])
    balance = (100 * scene.rng.integer(200, 900) + scene.rng.integer(1, 99)) / 100
    scene.world.put("accounts", {**target, "balance": balance})
    return ask(
        "Fill up my account '{target}' from my account '{source}'.",
        "Afterwards its balance is to be exactly {level} EUR.",
        "Report the amount that you moved.",
        target=target["name"],
        source=source["name"],
        level=scene.rng.integer(1_000, 3_000),
    )


@fill_up.solution
def _(target: str, source: str, level: int) -> Solution:
    accounts = yield list_accounts()
    ids = {account["name"]: account["id"] for account in accounts}
    amount = round(level - next(a["balance"] for a in accounts if a["name"] == target), 2)
    yield move_money(from_account_id=ids[source], to_account_id=ids[target], amount=amount)
    return amount


@task(bank)
def sweep(scene: Scene) -> Request:
    """The same computation for each of several accounts."""
    return ask(
        "On each of my accounts but '{target}', leave exactly {rest} EUR.",
        "Move what is above that to '{target}'.",
        "Report the balance of '{target}' afterwards.",
        target=scene.pick("accounts")["name"],
        rest=scene.rng.integer(500, 1_500),
    )


@sweep.solution
def _(target: str, rest: int) -> Solution:
    accounts = yield list_accounts()
    filled = next(account for account in accounts if account["name"] == target)
    for account in accounts:
        if account["id"] != filled["id"] and account["balance"] > rest:
            amount = round(account["balance"] - rest, 2)
            filled = yield move_money(
                from_account_id=account["id"], to_account_id=filled["id"], amount=amount
            )
    return filled["balance"]


@task(bank)
def dispute_one(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    made = scene.pick("transactions")
    age = scene.rng.integer(1, 2 * scene.policy["dispute_days"])
    booked_on = shifted(scene.world.today, -age)
    scene.world.put("transactions", {**made, "booked_on": booked_on})
    return ask(
        "I never ordered what was paid for with {transaction_id}.",
        "Dispute it.",
        "Report the amount.",
        transaction_id=made["id"],
    )


@dispute_one.solution
def _(transaction_id: str, dispute_days: int, today: str) -> Solution:
    made = yield get_transaction(transaction_id=transaction_id)
    if days_between(made["booked_on"], today) > dispute_days:
        return Refusal(made["booked_on"])
    yield dispute_transaction(transaction_id=transaction_id)
    return made["amount"]


@task(bank)
def dispute_payee(scene: Scene) -> Request:
    """A number in a rule decides about each of many."""
    payee = scene.pick("payees")
    for n, made in enumerate(scene.sample("transactions", 10)):
        youngest, oldest = (1, 7) if n < 6 else (8, 60) if n < 8 else (61, 90)
        booked_on = shifted(scene.world.today, -scene.rng.integer(youngest, oldest))
        changes = {"payee_id": payee["id"], "booked_on": booked_on}
        scene.world.put("transactions", {**made, **changes})
    return ask(
        "{payee} has cheated me.",
        "Dispute every payment to that payee that the rules allow you to dispute.",
        "Report the ids of those payments that are too old.",
        payee=payee["name"],
    )


@dispute_payee.solution
def _(payee: str, dispute_days: int, today: str) -> Solution:
    paid = yield from _payee(payee)
    too_old = []
    for made in (yield list_transactions(payee_id=paid["id"])):
        if days_between(made["booked_on"], today) > dispute_days:
            too_old.append(made["id"])
        else:
            yield dispute_transaction(transaction_id=made["id"])
    return too_old


@task(bank)
def file_payments(scene: Scene) -> Request:
    """As many calls as there are payments since a date."""
    payee = scene.pick("payees")
    made = scene.sample("transactions", scene.rng.integer(5, 8))
    for transaction in made:
        changes = {"payee_id": payee["id"], "category": "other"}
        scene.world.put("transactions", {**transaction, **changes})
    return ask(
        "File every payment to {payee} that was booked on {since} or later under '{category}'.",
        payee=payee["name"],
        since=sorted(transaction["booked_on"] for transaction in made)[1],
        category=scene.rng.pick(("food", "home", "leisure", "transport")),
    )


@file_payments.solution
def _(payee: str, since: str, category: str) -> Solution:
    paid = yield from _payee(payee)
    for made in (yield list_transactions(payee_id=paid["id"], since=since)):
        if made["category"] != category:
            yield set_category(transaction_id=made["id"], category=category)
    return None


@task(bank)
def block_all(scene: Scene) -> Request:
    """Do something to all that it was not done to yet."""
    for card in scene.sample("bank_cards", 2):
        scene.world.put("bank_cards", {**card, "blocked": False})
    return ask(
        "I have lost my purse.",
        "Block every bank card of mine that is not blocked yet.",
        "Report the ids of the cards that you blocked.",
    )


@block_all.solution
def _() -> Solution:
    cards = yield list_bank_cards()
    lost = [card["id"] for card in cards if not card["blocked"]]
    for id in lost:
        yield block_bank_card(card_id=id)
    return lost


@task(bank)
def lower_limits(scene: Scene) -> Request:
    """Two conditions on each of several cards."""
    most = 50 * scene.rng.integer(6, 16)
    for card in scene.sample("bank_cards", 2):
        limit = most + 50 * scene.rng.integer(1, 8)
        scene.world.put("bank_cards", {**card, "blocked": False, "daily_limit": limit})
    return ask(
        "No bank card of mine that is not blocked should have a daily limit above {most} EUR.",
        "Set those that have a higher one to {most} EUR, and leave the others.",
        most=most,
    )


@lower_limits.solution
def _(most: int) -> Solution:
    for card in (yield list_bank_cards()):
        if not card["blocked"] and card["daily_limit"] > most:
            yield set_card_limit(card_id=card["id"], daily_limit=most)
    return None


@task(bank)
def raise_standing_orders(scene: Scene) -> Request:
    """Compute a new amount for each of several."""
    payee = scene.pick("payees")
    for order in scene.sample("standing_orders", scene.rng.integer(2, 4)):
        changes = {"payee_id": payee["id"], "active": True}
        scene.world.put("standing_orders", {**order, **changes})
    return ask(
        "Everything that {payee} does for me has become dearer.",
        "Raise each active standing order to that payee by {more} EUR.",
        payee=payee["name"],
        more=scene.rng.integer(2, 30),
    )


@raise_standing_orders.solution
def _(payee: str, more: int) -> Solution:
    paid = yield from _payee(payee)
    for order in (yield list_standing_orders()):
        if order["payee_id"] == paid["id"] and order["active"]:
            amount = round(order["amount"] + more, 2)
            yield change_standing_order(standing_order_id=order["id"], amount=amount)
    return None


@task(bank)
def move_standing_orders(scene: Scene) -> Request:
    """Stop and create again, for each of several."""
    old, new = scene.sample("accounts", 2)
    for order in scene.sample("standing_orders", 4):
        changes = {"account_id": old["id"], "active": True}
        scene.world.put("standing_orders", {**order, **changes})
    return ask(
        "I am going to close my account '{old}'.",
        "Stop every active standing order of it, and create each anew for my account '{new}', with"
        " the same payee, amount and day of the month.",
        old=old["name"],
        new=new["name"],
    )


@move_standing_orders.solution
def _(old: str, new: str) -> Solution:
    accounts = yield list_accounts()
    ids = {account["name"]: account["id"] for account in accounts}
    for order in (yield list_standing_orders(account_id=ids[old])):
        if order["active"]:
            yield stop_standing_order(standing_order_id=order["id"])
            yield create_standing_order(
                account_id=ids[new],
                payee_id=order["payee_id"],
                amount=order["amount"],
                day_of_month=order["day_of_month"],
            )
    return None


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
    asked = yield from _account(account)
    found = yield find_in_address_book(text=person)
    to = next(entry["email"] for entry in found if entry["name"] == person)
    yield send_mail(to=to, subject="Balance", body=f"{asked['balance']:.2f} EUR")
    return None


@task(bank, mail)
def pay_bills(scene: Scene) -> Request:
    """Each of several mails says how much to pay; who sent it, to whom."""
    account = _rich(scene)
    mails = scene.sample("mails", scene.rng.integer(5, 7), lambda m: m["folder"] != "sent")
    for n, found in enumerate(mails):
        number = 10_000 + 1_000 * n + scene.rng.integer(0, 999)
        amount = scene.rng.integer(2_000, 24_000) / 100
        changes = {
            "sender": scene.pick("payees")["email"],
            "subject": f"Bill {number}",
            "body": f"For my services I ask you for {amount:.2f} EUR.",
        }
        scene.world.put("mails", {**found, **changes})
    return ask(
        "Pay all my bills from my account '{account}'.",
        "They are the mails whose subject is 'Bill' and a number.",
        "Each is to be paid to the payee who sent it, with its number in the payment's note.",
        account=account["name"],
    )


@pay_bills.solution
def _(account: str) -> Solution:
    paying = yield from _account(account)
    payees = {payee["email"]: payee for payee in (yield list_payees())}
    for found in (yield search_mails(text="Bill")):
        if re.fullmatch(r"Bill \d+", found["subject"]):
            amount = float(found["body"].split()[-2])
            payee = payees[found["sender"]]
            note = found["subject"]
            yield pay(account_id=paying["id"], payee_id=payee["id"], amount=amount, note=note)
    return None


@task(bank, shop)
def pay_price(scene: Scene) -> Request:
    """A looked-up price meets a number in a rule."""
    account, product = _rich(scene), scene.pick("products")
    price = scene.rng.integer(1_000, 200 * scene.policy["transfer_limit"]) / 100
    scene.world.put("products", {**product, "price": price})
    return ask(
        "{payee} has bought a {product} for me, at the shop's present price.",
        "Pay that to {payee} from my account '{account}'.",
        payee=scene.pick("payees")["name"],
        product=product["name"],
        account=account["name"],
    )


@pay_price.solution
def _(payee: str, product: str, account: str, transfer_limit: int) -> Solution:
    products = yield list_products()
    price = next(p["price"] for p in products if p["name"] == product)
    paid = yield from _payee(payee)
    if price > transfer_limit:
        return Refusal(paid["iban"])
    paying = yield from _account(account)
    yield pay(account_id=paying["id"], payee_id=paid["id"], amount=price)
    return None


def _rich(scene: Scene) -> Row:
    balance = scene.rng.integer(600_000, 950_000) / 100
    return scene.world.put("accounts", {**scene.pick("accounts"), "balance": balance})


def _account(name: str) -> Generator[ToolCall, Any, Row]:
    accounts = yield list_accounts()
    return next(account for account in accounts if account["name"] == name)


def _payee(name: str) -> Generator[ToolCall, Any, Row]:
    found = yield find_payees(text=name)
    return next(payee for payee in found if payee["name"] == name)
