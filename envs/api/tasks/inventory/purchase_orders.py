"""Tasks about purchase orders that are placed already, and their suppliers."""

from wildgym.envs.api.services.inventory import (
    cancel_purchase_order,
    get_purchase_order,
    get_supplier,
    inventory,
    list_purchase_orders,
    list_stock,
    receive_purchase_order,
    set_supplier_status,
)
from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.inventory.finding import find_supplier
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Row


@task(inventory)
def supplier_email(scene: Scene) -> Request:
    """From a purchase order to its supplier."""
    return ask(
        "Something is wrong with purchase order {purchase_order_id}.",
        "Give me the email address of the supplier.",
        purchase_order_id=scene.pick("purchase_orders")["id"],
    )


@supplier_email.solution
def _(purchase_order_id: str) -> Solution:
    order = yield get_purchase_order(purchase_order_id=purchase_order_id)
    supplier = yield get_supplier(supplier_id=order["supplier_id"])
    return supplier["email"]


@task(inventory)
def receive(scene: Scene) -> Request:
    """Change a number, and look it up."""
    order = scene.pick("purchase_orders")
    scene.world.put("purchase_orders", {**order, "status": "placed"})
    return ask(
        "What we ordered as {purchase_order_id} has arrived, so receive it.",
        "How many units of that item does the warehouse that it was delivered to have now?",
        purchase_order_id=order["id"],
    )


@receive.solution
def _(purchase_order_id: str) -> Solution:
    order = yield receive_purchase_order(purchase_order_id=purchase_order_id)
    levels = yield list_stock(warehouse_id=order["warehouse_id"], item_id=order["item_id"])
    return next(level["quantity"] for level in levels)


@task(inventory)
def receive_all(scene: Scene) -> Request:
    """As many calls as there are purchase orders."""
    supplier = scene.pick("suppliers")
    items = scene.world.rows("items", supplier_id=supplier["id"])
    for order in scene.sample("purchase_orders", scene.rng.integer(3, 6)):
        scene.world.put("purchase_orders", _reordered(order, scene.rng.pick(items)))
    return ask(
        "The truck of {supplier} has brought everything that they still owed us.",
        "Receive all their purchase orders that are placed.",
        "Tell me the sum of the totals of these orders, in EUR.",
        supplier=supplier["name"],
    )


@receive_all.solution
def _(supplier: str) -> Solution:
    wanted = yield from find_supplier(supplier)
    orders = yield list_purchase_orders(supplier_id=wanted["id"], status="placed")
    for order in orders:
        yield receive_purchase_order(purchase_order_id=order["id"])
    return round(sum(order["total"] for order in orders), 2)


@task(inventory)
def cancel(scene: Scene) -> Request:
    """A number of days in a rule decides whether it may be done."""
    order = scene.pick("purchase_orders")
    scene.world.put("purchase_orders", _recently_placed(scene, order))
    return ask(
        "We do not need what we ordered as {purchase_order_id} any more.",
        "Cancel that purchase order.",
        purchase_order_id=order["id"],
    )


@cancel.solution
def _(purchase_order_id: str, inventory_cancel_days: int, today: str) -> Solution:
    order = yield get_purchase_order(purchase_order_id=purchase_order_id)
    if days_between(order["placed_on"], today) > inventory_cancel_days:
        return Refusal(order["due_on"])
    yield cancel_purchase_order(purchase_order_id=purchase_order_id)
    return None


@task(inventory)
def drop_supplier(scene: Scene) -> Request:
    """Cancel each purchase order that a rule lets go."""
    supplier = scene.pick("suppliers")
    items = scene.world.rows("items", supplier_id=supplier["id"])
    for order in scene.sample("purchase_orders", scene.rng.integer(5, 8)):
        placed = _recently_placed(scene, order)
        scene.world.put("purchase_orders", _reordered(placed, scene.rng.pick(items)))
    return ask(
        "We no longer buy from {supplier}: block this supplier.",
        "Also cancel each of its placed purchase orders that the rules let you cancel, and leave"
        " the others.",
        "Tell me the supplier's email address.",
        supplier=supplier["name"],
    )


@drop_supplier.solution
def _(supplier: str, inventory_cancel_days: int, today: str) -> Solution:
    wanted = yield from find_supplier(supplier)
    yield set_supplier_status(supplier_id=wanted["id"], status="blocked")
    orders = yield list_purchase_orders(supplier_id=wanted["id"], status="placed")
    for order in orders:
        if days_between(order["placed_on"], today) <= inventory_cancel_days:
            yield cancel_purchase_order(purchase_order_id=order["id"])
    return wanted["email"]


@task(inventory, mail)
def chase_overdue(scene: Scene) -> Request:
    """Write a mail for each purchase order that is late."""
    for n, order in enumerate(scene.sample("purchase_orders", scene.rng.integer(3, 5))):
        due = shifted(scene.world.today, -scene.rng.integer(1, 9))
        placed = {"status": "placed", "placed_on": shifted(due, -10 - n), "due_on": due}
        scene.world.put("purchase_orders", {**order, **placed})
    return ask(
        "Some purchase orders are still placed, though they were due before today.",
        "For each of them, send the supplier a mail of its own with the purchase order's id and"
        " the date on which it was due, as YYYY-MM-DD; wording and subject are up to you.",
        "Report the ids of those purchase orders.",
    )


@chase_overdue.solution
def _(today: str) -> Solution:
    orders = yield list_purchase_orders(status="placed")
    overdue = [order for order in orders if order["due_on"] < today]
    for order in overdue:
        supplier = yield get_supplier(supplier_id=order["supplier_id"])
        body = f"Where is {order['id']}? It was due on {order['due_on']}."
        yield send_mail(to=supplier["email"], subject="Overdue", body=body)
    return [order["id"] for order in overdue]


def _recently_placed(scene: Scene, order: Row) -> Row:
    age = scene.rng.integer(1, 2 * scene.policy["inventory_cancel_days"])
    today = scene.world.today
    due = shifted(today, scene.rng.integer(1, 15))
    return {**order, "status": "placed", "placed_on": shifted(today, -age), "due_on": due}


def _reordered(order: Row, item: Row) -> Row:
    return {
        **order,
        "item_id": item["id"],
        "supplier_id": item["supplier_id"],
        "total": round(item["unit_cost"] * order["quantity"], 2),
        "status": "placed",
    }
