"""Tasks about looking up orders and their customers."""

from wildgym.envs.api.services.shop import (
    find_customers,
    get_customer,
    get_order,
    list_customers,
    list_orders,
    shop,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Solution


@task(shop)
def order_total(scene: Scene) -> Request:
    """Look up one number."""
    order = scene.pick("orders")
    return ask("How much did order {order_id} cost?", order_id=order["id"])


@order_total.solution
def _(order_id: str) -> Solution:
    order = yield get_order(order_id=order_id)
    return order["total"]


@task(shop)
def customer_email(scene: Scene) -> Request:
    """From an order to its customer."""
    order = scene.pick("orders")
    return ask(
        "I need to write to whoever placed order {order_id}.",
        "Give me the email address.",
        order_id=order["id"],
    )


@customer_email.solution
def _(order_id: str) -> Solution:
    order = yield get_order(order_id=order_id)
    customer = yield get_customer(customer_id=order["customer_id"])
    return customer["email"]


@task(shop)
def spent_by_customer(scene: Scene) -> Request:
    """Add up what is listed."""
    order = scene.pick("orders")
    return ask(
        "What is the total value of all orders of {customer} with the status {status}, in EUR?",
        customer=scene.world.row("customers", order["customer_id"])["name"],
        status=order["status"],
    )


@spent_by_customer.solution
def _(customer: str, status: str) -> Solution:
    found = yield find_customers(name=customer)
    buyer = next(c for c in found if c["name"] == customer)
    orders = yield list_orders(customer_id=buyer["id"], status=status)
    return round(sum(order["total"] for order in orders), 2)


@task(shop)
def sales_to_tier(scene: Scene) -> Request:
    """Add up over several customers."""
    order = scene.pick("orders")
    return ask(
        "What is the total value of all orders with the status {status} that were placed by"
        " customers of the tier {tier}, in EUR?",
        status=order["status"],
        tier=scene.world.row("customers", order["customer_id"])["tier"],
    )


@sales_to_tier.solution
def _(status: str, tier: str) -> Solution:
    customers = yield list_customers(tier=tier)
    total = 0.0
    for customer in customers:
        orders = yield list_orders(customer_id=customer["id"], status=status)
        total += sum(order["total"] for order in orders)
    return round(total, 2)
