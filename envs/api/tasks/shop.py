"""Tasks about the shop."""

from wildgym.envs.api.dates import days_between, shifted
from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.services.shop import (
    cancel_order,
    change_quantity,
    find_customers,
    get_customer,
    get_order,
    get_product,
    list_customers,
    list_orders,
    list_products,
    place_order,
    refund_order,
    restock_product,
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
def match_price(scene: Scene) -> Request:
    """Compute a new price from an old one."""
    product = scene.pick("products")
    # A price in whole EUR, so that there is nothing to round.
    scene.world.put("products", {**product, "price": float(scene.rng.integer(5, 250))})
    return ask(
        "Lower the price of the {product} by {percent} percent.",
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


@task(shop)
def restock(scene: Scene) -> Request:
    """As many calls as there are products that run low."""
    fewest = scene.rng.integer(5, 12)
    for product in scene.sample("products", scene.rng.integer(7, 9)):
        scene.world.put("products", {**product, "stock": scene.rng.integer(0, fewest - 1)})
    return ask(
        "Restock every product of which fewer than {fewest} units are left to exactly {units}"
        " units.",
        fewest=fewest,
        units=scene.rng.integer(20, 60),
    )


@restock.solution
def _(fewest: int, units: int) -> Solution:
    products = yield list_products()
    for product in products:
        if product["stock"] < fewest:
            yield restock_product(product_id=product["id"], units=units - product["stock"])
    return None


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
