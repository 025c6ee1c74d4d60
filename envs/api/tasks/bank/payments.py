"""Tasks about paying, and moving money between accounts."""

import re

from wildgym.envs.api.services.bank import bank, list_accounts, list_payees, move_money, pay
from wildgym.envs.api.services.mail import mail, search_mails
from wildgym.envs.api.services.shop import list_products, shop
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.bank.finding import find_account, find_payee
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Row


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
    paid = yield from find_payee(payee)
    if amount > transfer_limit:
        return Refusal(paid["iban"])
    paying = yield from find_account(account)
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
    giving = yield from find_account(source)
    if giving["balance"] - amount < least_balance:
        return Refusal(giving["balance"])
    taking = yield from find_account(target)
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
    paying = yield from find_account(account)
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
    paid = yield from find_payee(payee)
    if price > transfer_limit:
        return Refusal(paid["iban"])
    paying = yield from find_account(account)
    yield pay(account_id=paying["id"], payee_id=paid["id"], amount=price)
    return None


def _rich(scene: Scene) -> Row:
    balance = scene.rng.integer(600_000, 950_000) / 100
    return scene.world.put("accounts", {**scene.pick("accounts"), "balance": balance})
