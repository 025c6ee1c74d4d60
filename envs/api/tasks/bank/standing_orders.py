"""Tasks about standing orders."""

from wildgym.envs.api.services.bank import (
    bank,
    change_standing_order,
    create_standing_order,
    list_accounts,
    list_standing_orders,
    stop_standing_order,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.bank.finding import find_payee
from wildgym.envs.scenario import Solution


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
    paid = yield from find_payee(payee)
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
