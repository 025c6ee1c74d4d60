"""Tasks about moving stock between warehouses, and writing it off."""

from wildgym.envs.api.services.inventory import (
    confirm_stock_transfer,
    inventory,
    list_stock,
    list_stock_transfers,
    list_warehouses,
    transfer_stock,
    write_off_stock,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.inventory.finding import find_item, find_warehouse
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Row


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
    wanted = yield from find_item(item)
    start = yield from find_warehouse(source)
    levels = yield list_stock(warehouse_id=start["id"], item_id=wanted["id"])
    there = next(level["quantity"] for level in levels)
    if there - quantity < inventory_reserve:
        return Refusal(there)
    goal = yield from find_warehouse(target)
    yield transfer_stock(
        item_id=wanted["id"],
        from_warehouse_id=start["id"],
        to_warehouse_id=goal["id"],
        quantity=quantity,
    )
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
    wanted = yield from find_item(item)
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
    start = yield from find_warehouse(source)
    goal = yield from find_warehouse(target)
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
    where = yield from find_warehouse(warehouse)
    transfers = yield list_stock_transfers(status="in transit")
    units = 0
    for transfer in transfers:
        if transfer["to_warehouse_id"] == where["id"] and transfer["sent_on"] <= day:
            yield confirm_stock_transfer(transfer_id=transfer["id"])
            units += transfer["quantity"]
    return units


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
    wanted = yield from find_item(item)
    where = yield from find_warehouse(warehouse)
    levels = yield list_stock(warehouse_id=where["id"], item_id=wanted["id"])
    there = next(level["quantity"] for level in levels)
    if there - quantity < inventory_reserve:
        return Refusal(there)
    yield write_off_stock(warehouse_id=where["id"], item_id=wanted["id"], quantity=quantity)
    return round(quantity * wanted["unit_cost"], 2)


def _spare(scene: Scene) -> Row:
    level = scene.pick("stock_levels")
    return scene.world.put("stock_levels", {**level, "quantity": scene.rng.integer(80, 160)})


def _near_reserve(scene: Scene, level: Row) -> int:
    """Draw a number of units that leaves somewhat more or less than the rule asks for."""
    left = int(scene.policy["inventory_reserve"]) + scene.rng.integer(-15, 15)
    return int(level["quantity"]) - left


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
