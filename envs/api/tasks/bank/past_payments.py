"""Tasks about disputing and filing payments that were made."""

from wildgym.envs.api.services.bank import (
    bank,
    dispute_transaction,
    get_transaction,
    list_transactions,
    set_category,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.bank.finding import find_payee
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.scenario import Refusal, Solution


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
    paid = yield from find_payee(payee)
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
    paid = yield from find_payee(payee)
    for made in (yield list_transactions(payee_id=paid["id"], since=since)):
        if made["category"] != category:
            yield set_category(transaction_id=made["id"], category=category)
    return None
