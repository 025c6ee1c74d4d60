"""Tasks about refunds."""

from wildgym.envs.api.services.shop import (
    find_customers,
    get_order,
    list_orders,
    refund_order,
    shop,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.scenario import Refusal, Solution


@task(shop)
def refund(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    order = scene.pick("orders", lambda o: o["status"] == "delivered")
    age = scene.rng.integer(2, 2 * scene.policy["refund_days"])
    delivered = shifted(scene.world.today, -age)
    scene.world.put(
        "orders",
        {**order, "delivered_on": delivered, "ordered_on": shifted(delivered, -4)},
    )
    return ask(
        "{customer} is not happy with order {order_id}.",
        "Refund it.",
        "Tell me the amount.",
        order_id=order["id"],
        customer=scene.world.row("customers", order["customer_id"])["name"],
    )


@refund.solution
def _(order_id: str, refund_days: int, today: str) -> Solution:
    order = yield get_order(order_id=order_id)
    if days_between(order["delivered_on"], today) > refund_days:
        return Refusal(order["delivered_on"])
    made = yield refund_order(order_id=order_id)
    return made["amount"]


@task(shop)
def refund_returns(scene: Scene) -> Request:
    """Do what the rules allow, and leave the rest."""
    customer = scene.pick("customers")
    for n, order in enumerate(scene.sample("orders", 5)):
        # The first may be refunded whatever the limit is.
        age = scene.rng.integer(1, 6 if n == 0 else 2 * scene.policy["refund_days"])
        delivered = shifted(scene.world.today, -age)
        scene.world.put(
            "orders",
            {
                **order,
                "customer_id": customer["id"],
                "status": "delivered",
                "ordered_on": shifted(delivered, -4),
                "delivered_on": delivered,
            },
        )
    return ask(
        "{customer} has sent everything back that was ever delivered.",
        "Refund those of the delivered orders that the rules let you refund, and no others.",
        "Tell me the sum of these refunds.",
        customer=customer["name"],
    )


@refund_returns.solution
def _(customer: str, refund_days: int, today: str) -> Solution:
    found = yield find_customers(name=customer)
    buyer = next(c for c in found if c["name"] == customer)
    orders = yield list_orders(customer_id=buyer["id"], status="delivered")
    amounts = []
    for order in orders:
        if days_between(order["delivered_on"], today) <= refund_days:
            made = yield refund_order(order_id=order["id"])
            amounts.append(made["amount"])
    return round(sum(amounts), 2)
