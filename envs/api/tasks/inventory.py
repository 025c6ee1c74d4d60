"""Tasks about stock keeping."""

from collections.abc import Generator
from typing import Any

from wildgym.envs.api.dates import days_between, shifted
from wildgym.envs.api.services.inventory import (
    cancel_purchase_order,
    confirm_stock_transfer,
    find_items,
    get_item,
    get_purchase_order,
    get_supplier,
    inventory,
    list_items,
    list_purchase_orders,
    list_stock,
    list_stock_transfers,
    list_suppliers,
    list_warehouses,
    place_purchase_order,
    receive_purchase_order,
    set_reorder_point,
    set_supplier_status,
    total_stock,
    transfer_stock,
    write_off_stock,
)
from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.services.shop import list_products, set_price, shop
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Row, ToolCall


@task(inventory)
def unit_cost(scene: Scene) -> Request:
    """Look up one number by name."""
    return ask("What does one {item} cost us, in EUR?", item=scene.pick("items")["name"])


@unit_cost.solution
def _(item: str) -> Solution:
    wanted = yield from _find_item(item)
    return wanted["unit_cost"]


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
def item_worth(scene: Scene) -> Request:
    """Multiply a count by a cost."""
    return ask(
        "What are the units of the {item} in all our warehouses worth together, in EUR at unit"
        " cost?",
        item=scene.pick("items")["name"],
    )


@item_worth.solution
def _(item: str) -> Solution:
    wanted = yield from _find_item(item)
    units = yield total_stock(item_id=wanted["id"])
    return round(units * wanted["unit_cost"], 2)


@task(inventory)
def warehouse_worth(scene: Scene) -> Request:
    """Join two listings, and add up."""
    return ask(
        "What is everything in the {warehouse} worth, in EUR at unit cost?",
        "Leave out what is in transit.",
        warehouse=scene.pick("warehouses")["name"],
    )


@warehouse_worth.solution
def _(warehouse: str) -> Solution:
    where = yield from _find_warehouse(warehouse)
    levels = yield list_stock(warehouse_id=where["id"])
    items = yield list_items()
    costs = {item["id"]: item["unit_cost"] for item in items}
    return round(sum(level["quantity"] * costs[level["item_id"]] for level in levels), 2)


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
    wanted = yield from _find_item(item)
    total = round(quantity * wanted["unit_cost"], 2)
    if total > inventory_order_limit:
        return Refusal(total)
    where = yield from _find_warehouse(warehouse)
    order = yield place_purchase_order(
        item_id=wanted["id"], warehouse_id=where["id"], quantity=quantity
    )
    return order["due_on"]


@task(inventory)
def move(scene: Scene) -> Request:
    """A number of units in a rule decides whether it may be done."""
    level = _spare(scene)
    target = scene.pick("warehouses", lambda w: w["id"] != level["warehouse_id"])
    return ask(
        "Transfer {quantity} units of the {item} from the {source} to the {target}.",
        quantity=_near_reserve(scene, level),
        item=scene.world.row("items", level["item_id"])["name"],
        source=scene.world.row("warehouses", level["warehouse_id"])["name"],
        target=target["name"],
    )


@move.solution
def _(quantity: int, item: str, source: str, target: str, inventory_reserve: int) -> Solution:
    wanted = yield from _find_item(item)
    start = yield from _find_warehouse(source)
    levels = yield list_stock(warehouse_id=start["id"], item_id=wanted["id"])
    there = next(level["quantity"] for level in levels)
    if there - quantity < inventory_reserve:
        return Refusal(there)
    goal = yield from _find_warehouse(target)
    yield transfer_stock(
        item_id=wanted["id"],
        from_warehouse_id=start["id"],
        to_warehouse_id=goal["id"],
        quantity=quantity,
    )
    return None


@task(inventory)
def write_off(scene: Scene) -> Request:
    """A number of units in a rule decides; then compute what was lost."""
    level = _spare(scene)
    return ask(
        "A pipe burst in the {warehouse}: write off {quantity} units of the {item} there.",
        "Tell me what they were worth, in EUR at unit cost.",
        warehouse=scene.world.row("warehouses", level["warehouse_id"])["name"],
        quantity=_near_reserve(scene, level),
        item=scene.world.row("items", level["item_id"])["name"],
    )


@write_off.solution
def _(warehouse: str, quantity: int, item: str, inventory_reserve: int) -> Solution:
    wanted = yield from _find_item(item)
    where = yield from _find_warehouse(warehouse)
    levels = yield list_stock(warehouse_id=where["id"], item_id=wanted["id"])
    there = next(level["quantity"] for level in levels)
    if there - quantity < inventory_reserve:
        return Refusal(there)
    yield write_off_stock(warehouse_id=where["id"], item_id=wanted["id"], quantity=quantity)
    return round(quantity * wanted["unit_cost"], 2)


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
def supply_from_fullest(scene: Scene) -> Request:
    """Choose the greatest, and act on it."""
    item, target = scene.pick("items"), scene.pick("warehouses")
    level = scene.pick(
        "stock_levels",
        lambda s: s["item_id"] == item["id"] and s["warehouse_id"] != target["id"],
    )
    scene.world.put("stock_levels", {**level, "quantity": scene.rng.integer(250, 400)})
    return ask(
        "The {target} needs {quantity} units of the {item}.",
        "Transfer them from the warehouse that has the most units of it.",
        "Tell me the email address of that warehouse's manager.",
        target=target["name"],
        quantity=scene.rng.integer(20, 120),
        item=item["name"],
    )


@supply_from_fullest.solution
def _(target: str, quantity: int, item: str) -> Solution:
    wanted = yield from _find_item(item)
    levels = yield list_stock(item_id=wanted["id"])
    fullest = max(levels, key=lambda level: int(level["quantity"]))
    warehouses = yield list_warehouses()
    goal = next(w for w in warehouses if w["name"] == target)
    yield transfer_stock(
        item_id=wanted["id"],
        from_warehouse_id=fullest["warehouse_id"],
        to_warehouse_id=goal["id"],
        quantity=quantity,
    )
    return next(w["email"] for w in warehouses if w["id"] == fullest["warehouse_id"])


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
    wanted = yield from _find_supplier(supplier)
    orders = yield list_purchase_orders(supplier_id=wanted["id"], status="placed")
    for order in orders:
        yield receive_purchase_order(purchase_order_id=order["id"])
    return round(sum(order["total"] for order in orders), 2)


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
    wanted = yield from _find_supplier(supplier)
    yield set_supplier_status(supplier_id=wanted["id"], status="blocked")
    orders = yield list_purchase_orders(supplier_id=wanted["id"], status="placed")
    for order in orders:
        if days_between(order["placed_on"], today) <= inventory_cancel_days:
            yield cancel_purchase_order(purchase_order_id=order["id"])
    return wanted["email"]


@task(inventory)
def confirm_arrivals(scene: Scene) -> Request:
    """Act on what is listed, under a condition."""
    target, days = scene.pick("warehouses"), scene.rng.integer(4, 8)
    day = shifted(scene.world.today, -days)
    for n in range(scene.rng.integer(5, 8)):
        level = scene.pick("stock_levels", lambda s: s["warehouse_id"] != target["id"])
        age = days + n if n < 3 else scene.rng.integer(1, 2 * days)
        scene.world.put("stock_transfers", _sent(scene, level, target, n, age))
    return ask(
        "Everything that was sent to the {warehouse} on {day} or earlier has arrived.",
        "Confirm those transfers that are still in transit, and leave those that were sent later.",
        "Tell me how many units of all items together you confirmed.",
        warehouse=target["name"],
        day=day,
    )


@confirm_arrivals.solution
def _(warehouse: str, day: str) -> Solution:
    where = yield from _find_warehouse(warehouse)
    transfers = yield list_stock_transfers(status="in transit")
    units = 0
    for transfer in transfers:
        if transfer["to_warehouse_id"] == where["id"] and transfer["sent_on"] <= day:
            yield confirm_stock_transfer(transfer_id=transfer["id"])
            units += transfer["quantity"]
    return units


@task(inventory)
def clear_warehouse(scene: Scene) -> Request:
    """Do for every item as much as a rule allows."""
    source, target = scene.sample("warehouses", 2)
    return ask(
        "The {source} is to be rebuilt, and its stock goes to the {target}.",
        "Transfer of each item as many units as the rules allow, all units of an item in one"
        " transfer.",
        "Tell me how many units of all items together you transferred.",
        source=source["name"],
        target=target["name"],
    )


@clear_warehouse.solution
def _(source: str, target: str, inventory_reserve: int) -> Solution:
    start = yield from _find_warehouse(source)
    goal = yield from _find_warehouse(target)
    levels = yield list_stock(warehouse_id=start["id"])
    units = 0
    for level in levels:
        spare = level["quantity"] - inventory_reserve
        if spare > 0:
            yield transfer_stock(
                item_id=level["item_id"],
                from_warehouse_id=start["id"],
                to_warehouse_id=goal["id"],
                quantity=spare,
            )
            units += spare
    return units


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
    where = yield from _find_warehouse(warehouse)
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
    wanted = yield from _find_supplier(supplier)
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
    wanted = yield from _find_item(item)
    levels = yield list_stock(item_id=wanted["id"])
    least = min(levels, key=lambda level: int(level["quantity"]))
    warehouses = yield list_warehouses()
    where = next(w for w in warehouses if w["id"] == least["warehouse_id"])
    body = f"Of {wanted['id']}, only {least['quantity']} units are left."
    yield send_mail(to=where["email"], subject="Low stock", body=body)
    return None


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


@task(inventory, shop)
def price_from_cost(scene: Scene) -> Request:
    """Carry a number from one service to another."""
    item = scene.pick("items")
    cents = round(100 * item["unit_cost"])
    # No half cents: how to round them is a matter of taste.
    markups = [percent for percent in range(20, 90) if cents * percent % 100 != 50]
    return ask(
        "The {product} in our shop is made of one {item} from our stock.",
        "Set its price in the shop to the unit cost of that item plus {percent} percent, rounded"
        " to cents.",
        "Tell me the new price.",
        product=scene.pick("products")["name"],
        item=item["name"],
        percent=scene.rng.pick(markups),
    )


@price_from_cost.solution
def _(product: str, item: str, percent: int) -> Solution:
    material = yield from _find_item(item)
    products = yield list_products()
    sold = next(p for p in products if p["name"] == product)
    price = round(material["unit_cost"] * (100 + percent) / 100, 2)
    yield set_price(product_id=sold["id"], price=price)
    return price


def _spare(scene: Scene) -> Row:
    level = scene.pick("stock_levels")
    return scene.world.put("stock_levels", {**level, "quantity": scene.rng.integer(80, 160)})


def _near_reserve(scene: Scene, level: Row) -> int:
    """Draw a number of units that leaves somewhat more or less than the rule asks for."""
    left = int(scene.policy["inventory_reserve"]) + scene.rng.integer(-15, 15)
    return int(level["quantity"]) - left


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


def _sent(scene: Scene, level: Row, target: Row, n: int, age: int) -> Row:
    return {
        "id": f"STF-{970 + 17 * n}",
        "item_id": level["item_id"],
        "from_warehouse_id": level["warehouse_id"],
        "to_warehouse_id": target["id"],
        "quantity": scene.rng.integer(10, 60),
        "sent_on": shifted(scene.world.today, -age),
        "status": "in transit",
    }


def _find_item(name: str) -> Generator[ToolCall, Any, Row]:
    found = yield find_items(name=name)
    return next(item for item in found if item["name"] == name)


def _find_warehouse(name: str) -> Generator[ToolCall, Any, Row]:
    warehouses = yield list_warehouses()
    return next(warehouse for warehouse in warehouses if warehouse["name"] == name)


def _find_supplier(name: str) -> Generator[ToolCall, Any, Row]:
    suppliers = yield list_suppliers()
    return next(supplier for supplier in suppliers if supplier["name"] == name)
