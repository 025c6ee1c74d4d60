"""Tasks about what items cost and are worth."""

from wildgym.envs.api.services.inventory import inventory, list_items, list_stock, total_stock
from wildgym.envs.api.services.shop import list_products, set_price, shop
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.inventory.finding import find_item, find_warehouse
from wildgym.envs.scenario import Solution


@task(inventory)
def unit_cost(scene: Scene) -> Request:
    """Look up one number by name."""
    return ask("What does one {item} cost us, in EUR?", item=scene.pick("items")["name"])


@unit_cost.solution
def _(item: str) -> Solution:
    wanted = yield from find_item(item)
    return wanted["unit_cost"]


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
    wanted = yield from find_item(item)
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
    where = yield from find_warehouse(warehouse)
    levels = yield list_stock(warehouse_id=where["id"])
    items = yield list_items()
    costs = {item["id"]: item["unit_cost"] for item in items}
    return round(sum(level["quantity"] * costs[level["item_id"]] for level in levels), 2)


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
    material = yield from find_item(item)
    products = yield list_products()
    sold = next(p for p in products if p["name"] == product)
    price = round(material["unit_cost"] * (100 + percent) / 100, 2)
    yield set_price(product_id=sold["id"], price=price)
    return price
