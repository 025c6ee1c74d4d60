"""Tasks about running low, and ordering more."""

from wildgym.envs.api.services.inventory import (
    get_item,
    inventory,
    list_items,
    list_stock,
    list_warehouses,
    place_purchase_order,
    set_reorder_point,
    total_stock,
)
from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.inventory.finding import find_item, find_supplier, find_warehouse
from wildgym.envs.scenario import Refusal, Solution


@task(inventory)
def order_item(scene: Scene) -> Request:
    """An amount in a rule decides whether it may be done."""
    item, limit = scene.pick("items"), scene.policy["inventory_order_limit"]
    return ask(
        "Order {quantity} units of the {item} for the {warehouse}.",
        "Tell me the date on which they are due.",
        quantity=int(scene.rng.integer(40, 160) / 100 * limit / item["unit_cost"]),
        item=item["name"],
        warehouse=scene.pick("warehouses")["name"],
    )


@order_item.solution
def _(quantity: int, item: str, warehouse: str, inventory_order_limit: int) -> Solution:
    wanted = yield from find_item(item)
    total = round(quantity * wanted["unit_cost"], 2)
    if total > inventory_order_limit:
        return Refusal(total)
    where = yield from find_warehouse(warehouse)
    order = yield place_purchase_order(
        item_id=wanted["id"], warehouse_id=where["id"], quantity=quantity
    )
    return order["due_on"]


@task(inventory)
def restock(scene: Scene) -> Request:
    """Compare every item with a number of its own, and order what a rule allows."""
    where = scene.pick("warehouses")
    levels = scene.world.rows("stock_levels", warehouse_id=where["id"])
    enough, cheap, *_ = scene.rng.shuffled(levels)
    for level in levels:
        item = scene.world.row("items", level["item_id"])
        most = 200 if level is enough else item["reorder_point"] - 1
        quantity = scene.rng.integer(most - 25, most)
        scene.world.put("stock_levels", {**level, "quantity": quantity})
    cost = scene.rng.integer(150, 400) / 100
    scene.world.put("items", {**scene.world.row("items", cheap["item_id"]), "unit_cost": cost})
    return ask(
        "Of some items the {warehouse} has fewer units than their reorder point.",
        "Place a purchase order for each of them, of as many units as bring it to twice its"
        " reorder point; do not count what is on its way.",
        "Leave out those that the rules do not let you order.",
        "Tell me the sum of the totals of what you ordered, in EUR.",
        warehouse=where["name"],
    )


@restock.solution
def _(warehouse: str, inventory_order_limit: int) -> Solution:
    where = yield from find_warehouse(warehouse)
    levels = yield list_stock(warehouse_id=where["id"])
    spent = 0.0
    for level in levels:
        item = yield get_item(item_id=level["item_id"])
        units = 2 * item["reorder_point"] - level["quantity"]
        total = round(units * item["unit_cost"], 2)
        if level["quantity"] < item["reorder_point"] and total <= inventory_order_limit:
            yield place_purchase_order(item_id=item["id"], warehouse_id=where["id"], quantity=units)
            spent += total
    return round(spent, 2)


@task(inventory)
def set_reorder_points(scene: Scene) -> Request:
    """Compute a number for each item of a supplier."""
    supplier = scene.pick("suppliers")
    for item in scene.sample("items", scene.rng.integer(3, 5)):
        scene.world.put("items", {**item, "supplier_id": supplier["id"]})
    return ask(
        "{supplier} delivers ever later.",
        "For every item of this supplier, set the reorder point to {percent} percent of the units"
        " that all warehouses have of it together, rounded down to whole units.",
        supplier=supplier["name"],
        percent=scene.rng.integer(40, 70),
    )


@set_reorder_points.solution
def _(supplier: str, percent: int) -> Solution:
    wanted = yield from find_supplier(supplier)
    items = yield list_items(supplier_id=wanted["id"])
    for item in items:
        units = yield total_stock(item_id=item["id"])
        yield set_reorder_point(item_id=item["id"], quantity=units * percent // 100)
    return None


@task(inventory, mail)
def tell_manager(scene: Scene) -> Request:
    """Choose the least, and write to who is responsible."""
    return ask(
        "Find the warehouse that has the fewest units of the {item}.",
        "Send its manager a mail with the item's id and the number of units there; wording and"
        " subject are up to you.",
        item=scene.pick("items")["name"],
    )


@tell_manager.solution
def _(item: str) -> Solution:
    wanted = yield from find_item(item)
    levels = yield list_stock(item_id=wanted["id"])
    least = min(levels, key=lambda level: int(level["quantity"]))
    warehouses = yield list_warehouses()
    where = next(w for w in warehouses if w["id"] == least["warehouse_id"])
    body = f"Of {wanted['id']}, only {least['quantity']} units are left."
    yield send_mail(to=where["email"], subject="Low stock", body=body)
    return None
