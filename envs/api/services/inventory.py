"""Stock keeping: warehouses, items, stock levels, suppliers, purchase orders, transfers."""

from collections.abc import Generator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from wildgym.envs.api.service import Service, Value, only
from wildgym.envs.dates import shifted
from wildgym.envs.people import CITIES, Person
from wildgym.tools import Rng, Row, TableType, ToolCall, ToolError, World

inventory = Service(
    "inventory",
    tables={
        "warehouses": TableType("WHS"),
        "suppliers": TableType("SPL"),
        "items": TableType("ITM"),
        "stock_levels": TableType("STK"),
        "purchase_orders": TableType("PUR"),
        "stock_transfers": TableType("STF"),
    },
    rules=(
        "Place no purchase order of more than {inventory_order_limit} EUR; if one would come to"
        " more, report what it would come to.",
        "What is transferred or written off must leave at least {inventory_reserve} units of the"
        " item in the warehouse; if it would not, report how many units are there.",
        "A purchase order may be cancelled at most {inventory_cancel_days} days after it was"
        " placed; for an older one, report the date on which it is due.",
    ),
    values={
        "inventory_order_limit": Value(2000, (800, 1200, 1600, 2500, 3000, 4000)),
        "inventory_reserve": Value(20, (5, 10, 15, 25, 30, 35)),
        "inventory_cancel_days": Value(5, (2, 3, 4, 7, 8, 10)),
    },
)

Units = Annotated[int, Field(ge=1, le=10_000)]

_SUPPLIERS = ("Arden", "Boreal", "Cobalt", "Delta", "Everest", "Falcon", "Ginkgo", "Hansa")
_MATERIALS = ("steel", "brass", "rubber", "copper", "nylon", "ceramic")
_PARTS = ("valve", "hinge", "gasket", "bearing", "bracket", "spring", "washer", "pulley")


@inventory.world
def generate(rng: Rng, people: Sequence[Person], today: str) -> dict[str, list[Row]]:
    """Draw what three warehouses hold, and what was ordered and transferred lately."""
    warehouses: list[Row] = [
        {
            "id": f"WHS-{11 + 4 * n}",
            "name": f"{city} warehouse",
            "manager": manager.name,
            "email": manager.email,
        }
        for n, (city, manager) in enumerate(zip(rng.sample(CITIES, 3), people[1:4], strict=True))
    ]
    suppliers: list[Row] = [
        {
            "id": f"SPL-{70 + 3 * n}",
            "name": f"{name} Supplies",
            "email": f"orders@{name.lower()}{rng.integer(10, 99)}.example",
            "lead_days": rng.integer(4, 20),
            "status": "active",
        }
        for n, name in enumerate(rng.sample(_SUPPLIERS, 3))
    ]
    items: list[Row] = [
        {
            "id": f"ITM-{1500 + 21 * n}",
            "name": f"{rng.pick(_MATERIALS)} {part}",
            "supplier_id": suppliers[n % 3]["id"],
            "unit_cost": rng.integer(150, 6_000) / 100,
            "reorder_point": rng.integer(30, 90),
        }
        for n, part in enumerate(rng.sample(_PARTS, 6))
    ]
    stock_levels: list[Row] = [
        {
            "id": f"STK-{3000 + 8 * n}",
            "warehouse_id": warehouses[n // 6]["id"],
            "item_id": items[n % 6]["id"],
            "quantity": quantity,
        }
        # No two are equal: the greatest and the least is always one.
        for n, quantity in enumerate(rng.sample(range(25, 220), 18))
    ]
    return {
        "warehouses": warehouses,
        "suppliers": suppliers,
        "items": items,
        "stock_levels": stock_levels,
        "purchase_orders": [_purchase_order(n, rng, items, warehouses, today) for n in range(9)],
        "stock_transfers": [_transfer(n, rng, items, warehouses, today) for n in range(3)],
    }


def _purchase_order(
    n: int, rng: Rng, items: Sequence[Row], warehouses: Sequence[Row], today: str
) -> Row:
    item, quantity, age = rng.pick(items), rng.integer(20, 150), rng.integer(2, 40)
    return {
        "id": f"PUR-{6200 + 29 * n}",
        "item_id": item["id"],
        "supplier_id": item["supplier_id"],
        "warehouse_id": rng.pick(warehouses)["id"],
        "quantity": quantity,
        "total": round(item["unit_cost"] * quantity, 2),
        "status": rng.pick(("placed", "placed", "received", "cancelled")),
        "placed_on": shifted(today, -age),
        "due_on": shifted(today, rng.integer(4, 20) - age),
    }


def _transfer(n: int, rng: Rng, items: Sequence[Row], warehouses: Sequence[Row], today: str) -> Row:
    source, target = rng.sample(warehouses, 2)
    return {
        "id": f"STF-{900 + 17 * n}",
        "item_id": rng.pick(items)["id"],
        "from_warehouse_id": source["id"],
        "to_warehouse_id": target["id"],
        "quantity": rng.integer(10, 60),
        "sent_on": shifted(today, -rng.integer(1, 9)),
        "status": rng.pick(("in transit", "arrived")),
    }


@inventory.reads
def list_warehouses(world: World) -> list[Row]:
    """List all warehouses with their managers."""
    return world.rows("warehouses")


@inventory.reads
def list_suppliers(world: World) -> list[Row]:
    """List all suppliers, with the days that they take to deliver."""
    return world.rows("suppliers")


@inventory.reads
def get_supplier(world: World, supplier_id: str) -> Row:
    """Get one supplier.

    Args:
        supplier_id: The supplier's id.
    """
    return world.row("suppliers", supplier_id)


@inventory.reads
def list_items(world: World, supplier_id: str | None = None) -> list[Row]:
    """List items. Costs are in EUR; below its reorder point an item should be ordered again.

    Args:
        supplier_id: Only items of this supplier.
    """
    return [r for r in world.rows("items") if supplier_id in (None, r["supplier_id"])]


@inventory.reads
def find_items(world: World, name: str) -> list[Row]:
    """Find items whose name contains a text.

    Args:
        name: Part of a name; upper and lower case are the same.
    """
    return [r for r in world.rows("items") if name.casefold() in r["name"].casefold()]


@inventory.reads
def get_item(world: World, item_id: str) -> Row:
    """Get one item.

    Args:
        item_id: The item's id.
    """
    return world.row("items", item_id)


@inventory.reads
def list_stock(
    world: World, warehouse_id: str | None = None, item_id: str | None = None
) -> list[Row]:
    """List how many units of each item are in each warehouse.

    Args:
        warehouse_id: Only what is in this warehouse.
        item_id: Only this item.
    """
    return [
        r
        for r in world.rows("stock_levels")
        if warehouse_id in (None, r["warehouse_id"]) and item_id in (None, r["item_id"])
    ]


@inventory.reads
def total_stock(world: World, item_id: str) -> int:
    """Count the units of an item in all warehouses together.

    Args:
        item_id: The item's id.
    """
    item = world.row("items", item_id)
    return sum(r["quantity"] for r in world.rows("stock_levels", item_id=item["id"]))


@inventory.reads
def list_purchase_orders(
    world: World,
    supplier_id: str | None = None,
    status: Literal["placed", "received", "cancelled"] | None = None,
) -> list[Row]:
    """List purchase orders, totals in EUR.

    Args:
        supplier_id: Only orders from this supplier.
        status: Only orders with this status.
    """
    return [
        r
        for r in world.rows("purchase_orders")
        if supplier_id in (None, r["supplier_id"]) and status in (None, r["status"])
    ]


@inventory.reads
def get_purchase_order(world: World, purchase_order_id: str) -> Row:
    """Get one purchase order.

    Args:
        purchase_order_id: The purchase order's id.
    """
    return world.row("purchase_orders", purchase_order_id)


@inventory.reads
def list_stock_transfers(
    world: World, status: Literal["in transit", "arrived"] | None = None
) -> list[Row]:
    """List transfers between warehouses.

    Args:
        status: Only transfers with this status.
    """
    return [r for r in world.rows("stock_transfers") if status in (None, r["status"])]


@inventory.writes
def place_purchase_order(world: World, item_id: str, warehouse_id: str, quantity: Units) -> Row:
    """Order units of an item from its supplier, who must be active.

    Args:
        item_id: What is ordered.
        warehouse_id: Where it is delivered.
        quantity: How many units.
    """
    item, warehouse = world.row("items", item_id), world.row("warehouses", warehouse_id)
    supplier = world.row("suppliers", item["supplier_id"])
    if supplier["status"] != "active":
        raise ToolError("supplier_blocked", f"{supplier['id']} takes no orders at present.")
    return world.create(
        "purchase_orders",
        item_id=item_id,
        supplier_id=supplier["id"],
        warehouse_id=warehouse["id"],
        quantity=quantity,
        total=round(item["unit_cost"] * quantity, 2),
        status="placed",
        placed_on=world.today,
        due_on=shifted(world.today, supplier["lead_days"]),
    )


@inventory.writes
def receive_purchase_order(world: World, purchase_order_id: str) -> Row:
    """Take in what was ordered: its units are added to the warehouse's stock.

    Args:
        purchase_order_id: The purchase order's id.
    """
    order = _placed(world, purchase_order_id)
    _add(world, order["warehouse_id"], order["item_id"], order["quantity"])
    return world.update("purchase_orders", order["id"], status="received")


@inventory.writes
def cancel_purchase_order(world: World, purchase_order_id: str) -> Row:
    """Cancel a purchase order that was not received yet.

    Args:
        purchase_order_id: The purchase order's id.
    """
    order = _placed(world, purchase_order_id)
    return world.update("purchase_orders", order["id"], status="cancelled")


@inventory.writes
def transfer_stock(
    world: World, item_id: str, from_warehouse_id: str, to_warehouse_id: str, quantity: Units
) -> Row:
    """Send units of an item to another warehouse; they are in transit until confirmed.

    Args:
        item_id: What is sent.
        from_warehouse_id: The warehouse that sends.
        to_warehouse_id: The warehouse that receives.
        quantity: How many units.
    """
    if from_warehouse_id == to_warehouse_id:
        raise ToolError("same_warehouse", "A transfer goes to another warehouse.")
    target = world.row("warehouses", to_warehouse_id)
    _add(world, from_warehouse_id, item_id, -quantity)
    return world.create(
        "stock_transfers",
        item_id=item_id,
        from_warehouse_id=from_warehouse_id,
        to_warehouse_id=target["id"],
        quantity=quantity,
        sent_on=world.today,
        status="in transit",
    )


@inventory.writes
def confirm_stock_transfer(world: World, transfer_id: str) -> Row:
    """Confirm that a transfer arrived: its units are added to the receiving warehouse's stock.

    Args:
        transfer_id: The transfer's id.
    """
    transfer = world.row("stock_transfers", transfer_id)
    if transfer["status"] != "in transit":
        raise ToolError("wrong_status", f"{transfer_id} has arrived already.")
    _add(world, transfer["to_warehouse_id"], transfer["item_id"], transfer["quantity"])
    return world.update("stock_transfers", transfer_id, status="arrived")


@inventory.writes
def write_off_stock(world: World, warehouse_id: str, item_id: str, quantity: Units) -> Row:
    """Take units of an item out of a warehouse's stock, because they are lost or broken.

    Args:
        warehouse_id: Where they were.
        item_id: What they are.
        quantity: How many units.
    """
    return _add(world, warehouse_id, item_id, -quantity)


@inventory.writes
def set_reorder_point(
    world: World, item_id: str, quantity: Annotated[int, Field(ge=0, le=10_000)]
) -> Row:
    """Change below which stock an item should be ordered again.

    Args:
        item_id: The item's id.
        quantity: The new reorder point, in units.
    """
    return world.update("items", item_id, reorder_point=quantity)


@inventory.writes
def set_supplier_status(
    world: World, supplier_id: str, status: Literal["active", "blocked"]
) -> Row:
    """Block a supplier, or make it active again.

    Args:
        supplier_id: The supplier's id.
        status: The new status.
    """
    return world.update("suppliers", supplier_id, status=status)


def _placed(world: World, purchase_order_id: str) -> Row:
    order = world.row("purchase_orders", purchase_order_id)
    if order["status"] != "placed":
        raise ToolError("wrong_status", f"{purchase_order_id} is {order['status']}, not placed.")
    return order


def _add(world: World, warehouse_id: str, item_id: str, quantity: int) -> Row:
    """Change one stock level by a number of units."""
    warehouse, item = world.row("warehouses", warehouse_id), world.row("items", item_id)
    [level] = world.rows("stock_levels", warehouse_id=warehouse["id"], item_id=item["id"])
    if level["quantity"] + quantity < 0:
        raise ToolError("not_enough_stock", f"Only {level['quantity']} units are there.")
    return world.update("stock_levels", level["id"], quantity=level["quantity"] + quantity)


@inventory.without(get_purchase_order)
def _(purchase_order_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_purchase_orders()), purchase_order_id)


@inventory.without(get_item)
def _(item_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_items()), item_id)


@inventory.without(find_items)
def _(name: str) -> Generator[ToolCall, Any, list[Row]]:
    items = yield list_items()
    return [item for item in items if name.casefold() in item["name"].casefold()]


@inventory.without(total_stock)
def _(item_id: str) -> Generator[ToolCall, Any, int]:
    item = only((yield list_items()), item_id)
    levels = yield list_stock(item_id=item["id"])
    return sum(level["quantity"] for level in levels)
