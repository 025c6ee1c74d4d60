"""Tasks about placing, changing and cancelling orders."""

from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.services.shop import (
    cancel_order,
    change_quantity,
    find_customers,
    get_customer,
    get_order,
    get_product,
    list_orders,
    list_products,
    place_order,
    shop,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Refusal, Solution


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
def buy(scene: Scene) -> Request:
    """Find two things by name, check a limit, and buy."""
    product = scene.pick("products")
    scene.world.put("products", {**product, "stock": scene.rng.integer(25, 60)})
    return ask(
        "{customer} wants {quantity} units of the {product}.",
        "Place the order.",
        customer=scene.pick("customers")["name"],
        product=product["name"],
        quantity=scene.rng.integer(1, 2 * scene.policy["most_units"]),
    )


@buy.solution
def _(customer: str, product: str, quantity: int, most_units: int) -> Solution:
    products = yield list_products()
    wanted = next(p for p in products if p["name"] == product)
    if quantity > most_units:
        return Refusal(wanted["price"])
    found = yield find_customers(name=customer)
    buyer = next(c for c in found if c["name"] == customer)
    yield place_order(customer_id=buyer["id"], product_id=wanted["id"], quantity=quantity)
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
    buyer = next(c for c in found if c["name"] == customer)
    orders = yield list_orders(customer_id=buyer["id"], status="processing")
    for order in orders:
        yield cancel_order(order_id=order["id"])
    return [order["id"] for order in orders]


@task(shop)
def change_units(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    order = scene.pick("orders")
    product = scene.world.row("products", order["product_id"])
    most = scene.policy["most_units"]
    scene.world.put("products", {**product, "stock": scene.rng.integer(25, 60)})
    scene.world.put("orders", {**order, "status": "processing", "delivered_on": None})
    return ask(
        "Make it {quantity} units in order {order_id}.",
        "Tell me the new total.",
        order_id=order["id"],
        quantity=order["quantity"] + scene.rng.integer(1, 2 * (most - order["quantity"])),
    )


@change_units.solution
def _(order_id: str, quantity: int, most_units: int) -> Solution:
    if quantity > most_units:
        order = yield get_order(order_id=order_id)
        product = yield get_product(product_id=order["product_id"])
        return Refusal(product["price"])
    changed = yield change_quantity(order_id=order_id, quantity=quantity)
    return changed["total"]


@task(shop, mail)
def announce_delay(scene: Scene) -> Request:
    """Write to everybody who waits for a product."""
    product = scene.pick("products")
    orders = scene.sample("orders", scene.rng.integer(3, 4))
    customers = scene.sample("customers", len(orders))
    for order, customer in zip(orders, customers, strict=True):
        waiting = {"status": "processing", "delivered_on": None}
        owned = {"customer_id": customer["id"], "product_id": product["id"]}
        total = round(product["price"] * order["quantity"], 2)
        scene.world.put("orders", {**order, **waiting, **owned, "total": total})
    return ask(
        "The {product} is late: it will not be shipped before {day}.",
        "For every order of it with the status processing, send one mail to the customer, with the"
        " order's id and that date, written as it is here.",
        product=product["name"],
        day=shifted(scene.world.today, scene.rng.integer(5, 30)),
    )


@announce_delay.solution
def _(product: str, day: str) -> Solution:
    products = yield list_products()
    late = next(p for p in products if p["name"] == product)
    orders = yield list_orders(status="processing")
    for order in orders:
        if order["product_id"] == late["id"]:
            customer = yield get_customer(customer_id=order["customer_id"])
            yield send_mail(
                to=customer["email"],
                subject=f"Your order {order['id']} is late",
                body=f"It will not be shipped before {day}.",
            )
    return None
