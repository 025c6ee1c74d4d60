"""Tasks about the shop."""

from wildgym.envs.api.dates import days_between, shifted
from wildgym.envs.api.services.shop import (
    cancel_order,
    find_customers,
    get_customer,
    get_order,
    get_product,
    list_orders,
    list_products,
    place_order,
    refund_order,
    set_price,
    shop,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Refusal, Solution


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
    customer = scene.pick("customers")
    return ask(
        "What is the total value of all orders of {customer} with the status {status}, in EUR?",
        customer=customer["name"],
        status=scene.pick("orders", lambda o: o["customer_id"] == customer["id"])["status"],
    )


@spent_by_customer.solution
def _(customer: str, status: str) -> Solution:
    found = yield find_customers(name=customer)
    orders = yield list_orders(customer_id=found[0]["id"], status=status)
    return round(sum(order["total"] for order in orders), 2)


@task(shop)
def cancel(scene: Scene) -> Request:
    """A rule decides whether it may be done."""
    order = scene.pick("orders", lambda o: o["status"] in ("processing", "shipped"))
    return ask("Please cancel order {order_id}.", order_id=order["id"])


@cancel.solution
def _(order_id: str) -> Solution:
    order = yield get_order(order_id=order_id)
    if order["status"] != "processing":
        return Refusal(order["ordered_on"])
    yield cancel_order(order_id=order_id)
    return None


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
def buy(scene: Scene) -> Request:
    """Find two things by name, check a limit, and buy."""
    product = scene.pick("products", lambda p: p["stock"] > 0)
    scene.world.put("products", {**product, "stock": scene.rng.integer(25, 60)})
    return ask(
        "{customer} wants {quantity} units of the {product}.",
        "Place the order.",
        customer=scene.pick("customers")["name"],
        product=product["name"],
        quantity=scene.rng.integer(1, scene.policy["most_units"] + 4),
    )


@buy.solution
def _(customer: str, product: str, quantity: int, most_units: int) -> Solution:
    products = yield list_products()
    wanted = next(p for p in products if p["name"] == product)
    if quantity > most_units:
        return Refusal(wanted["price"])
    found = yield find_customers(name=customer)
    yield place_order(customer_id=found[0]["id"], product_id=wanted["id"], quantity=quantity)
    return None


@task(shop)
def cancel_all_processing(scene: Scene) -> Request:
    """As many calls as there are orders."""
    customer = scene.pick("customers")
    orders = scene.sample("orders", scene.rng.integer(3, 6))
    for order in orders:
        scene.world.put("orders", {**order, "customer_id": customer["id"], "status": "processing"})
    return ask(
        "{customer} is moving abroad.",
        "Cancel every order of theirs that is still processing.",
        "Report the ids of the cancelled orders.",
        customer=customer["name"],
    )


@cancel_all_processing.solution
def _(customer: str) -> Solution:
    found = yield find_customers(name=customer)
    orders = yield list_orders(customer_id=found[0]["id"], status="processing")
    for order in orders:
        yield cancel_order(order_id=order["id"])
    return [order["id"] for order in orders]


@task(shop)
def match_price(scene: Scene) -> Request:
    """Compute a new price from an old one."""
    product = scene.pick("products")
    return ask(
        "Lower the price of the {product} by {percent} percent, rounded to cents.",
        "Tell me the new price.",
        product=product["name"],
        percent=scene.rng.integer(3, 40),
    )


@match_price.solution
def _(product: str, percent: int) -> Solution:
    products = yield list_products()
    wanted = next(p for p in products if p["name"] == product)
    before = yield get_product(product_id=wanted["id"])
    after = yield set_price(
        product_id=wanted["id"], price=round(before["price"] * (100 - percent) / 100, 2)
    )
    return after["price"]
