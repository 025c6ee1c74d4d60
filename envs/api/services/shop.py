"""An online shop: customers, products, orders, refunds."""

from collections.abc import Generator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from wildgym.envs.api.service import Service, Value, only
from wildgym.envs.dates import shifted
from wildgym.envs.people import Person
from wildgym.tools import Rng, Row, TableType, ToolCall, ToolError, World

shop = Service(
    "shop",
    tables={
        "customers": TableType("CUS"),
        "products": TableType("PRD"),
        "orders": TableType("ORD"),
        "refunds": TableType("REF", prose=frozenset({"reason"})),
    },
    rules=(
        "Refund only orders that were delivered at most {refund_days} days ago; for an older one,"
        " report its delivery date.",
        "An order may be cancelled only while its status is 'processing'; otherwise report its"
        " order date.",
        "No order may have more than {most_units} units; if one would, report the product's price.",
    ),
    values={
        "refund_days": Value(30, (7, 10, 14, 21, 45, 60)),
        "most_units": Value(10, (4, 5, 6, 8, 15, 20)),
    },
)

_THINGS = (
    "kettle", "lamp", "backpack", "notebook", "keyboard", "headset", "tripod", "blanket",
    "teapot", "monitor", "chair", "drill", "toaster", "router", "thermos", "helmet",
)  # fmt: skip
_STYLES = ("Nord", "Alto", "Vela", "Brisk", "Onda", "Pico", "Terra", "Lumo")
_STATUSES = ("processing", "processing", "shipped", "delivered", "delivered", "cancelled")


@shop.world
def generate(rng: Rng, people: Sequence[Person], today: str) -> dict[str, list[Row]]:
    """Draw customers, a price list, and orders of the last three months."""
    customers: list[Row] = [
        {
            "id": f"CUS-{310 + 7 * n}",
            "name": person.name,
            "email": person.email,
            "city": person.city,
            "tier": rng.pick(("basic", "silver", "gold")),
        }
        for n, person in enumerate(people[1:])
    ]
    products: list[Row] = [
        {
            "id": f"PRD-{2000 + 13 * n}",
            "name": f"{rng.pick(_STYLES)} {thing}",
            "price": rng.integer(500, 25_000) / 100,
            "stock": rng.integer(0, 40),
        }
        for n, thing in enumerate(rng.sample(_THINGS, 12))
    ]
    return {
        "customers": customers,
        "products": products,
        "orders": [_order(n, rng, customers, products, today) for n in range(26)],
        "refunds": [],
    }


def _order(n: int, rng: Rng, customers: Sequence[Row], products: Sequence[Row], today: str) -> Row:
    product, quantity = rng.pick(products), rng.integer(1, 4)
    age = rng.integer(3, 90)
    status = rng.pick(_STATUSES)
    return {
        "id": f"ORD-{5000 + 17 * n}",
        "customer_id": rng.pick(customers)["id"],
        "product_id": product["id"],
        "quantity": quantity,
        "total": round(product["price"] * quantity, 2),
        "status": status,
        "ordered_on": shifted(today, -age),
        "delivered_on": shifted(today, -rng.integer(0, age - 2)) if status == "delivered" else None,
    }


@shop.reads
def list_customers(
    world: World, tier: Literal["basic", "silver", "gold"] | None = None
) -> list[Row]:
    """List the shop's customers.

    Args:
        tier: Only customers of this tier.
    """
    return [r for r in world.rows("customers") if tier in (None, r["tier"])]


@shop.reads
def find_customers(world: World, name: str) -> list[Row]:
    """Find the shop's customers whose name contains a text.

    Args:
        name: Part of a name; upper and lower case are the same.
    """
    return [r for r in world.rows("customers") if name.casefold() in r["name"].casefold()]


@shop.reads
def get_customer(world: World, customer_id: str) -> Row:
    """Get one customer of the shop.

    Args:
        customer_id: The customer's id.
    """
    return world.row("customers", customer_id)


@shop.reads
def list_products(world: World, in_stock_only: bool = False) -> list[Row]:
    """List the shop's products with their prices in EUR.

    Args:
        in_stock_only: Leave out products that are out of stock. Default: false.
    """
    return [r for r in world.rows("products") if r["stock"] or not in_stock_only]


@shop.reads
def get_product(world: World, product_id: str) -> Row:
    """Get one product.

    Args:
        product_id: The product's id.
    """
    return world.row("products", product_id)


@shop.reads
def list_orders(
    world: World,
    customer_id: str | None = None,
    status: Literal["processing", "shipped", "delivered", "cancelled", "refunded"] | None = None,
) -> list[Row]:
    """List orders, oldest id first.

    Args:
        customer_id: Only orders of this customer.
        status: Only orders with this status.
    """
    return [
        r
        for r in world.rows("orders")
        if customer_id in (None, r["customer_id"]) and status in (None, r["status"])
    ]


@shop.reads
def get_order(world: World, order_id: str) -> Row:
    """Get one order.

    Args:
        order_id: The order's id.
    """
    return world.row("orders", order_id)


@shop.writes
def place_order(
    world: World,
    customer_id: str,
    product_id: str,
    quantity: Annotated[int, Field(ge=1, le=100)],
) -> Row:
    """Order a product for a customer; takes it out of stock.

    Args:
        customer_id: Who orders.
        product_id: What is ordered.
        quantity: How many units.
    """
    customer, product = world.row("customers", customer_id), world.row("products", product_id)
    if product["stock"] < quantity:
        raise ToolError("out_of_stock", f"Only {product['stock']} units of {product_id} are left.")
    world.update("products", product_id, stock=product["stock"] - quantity)
    return world.create(
        "orders",
        customer_id=customer["id"],
        product_id=product_id,
        quantity=quantity,
        total=round(product["price"] * quantity, 2),
        status="processing",
        ordered_on=world.today,
        delivered_on=None,
    )


@shop.writes
def cancel_order(world: World, order_id: str) -> Row:
    """Cancel an order that was not shipped yet, and put its units back into stock.

    Args:
        order_id: The order's id.
    """
    order = world.row("orders", order_id)
    if order["status"] != "processing":
        raise ToolError("wrong_status", f"{order_id} is {order['status']}, not processing.")
    product = world.row("products", order["product_id"])
    world.update("products", product["id"], stock=product["stock"] + order["quantity"])
    return world.update("orders", order_id, status="cancelled")


@shop.writes
def change_quantity(
    world: World, order_id: str, quantity: Annotated[int, Field(ge=1, le=100)]
) -> Row:
    """Change the units of an order that was not shipped yet; its total follows today's price.

    Args:
        order_id: The order's id.
        quantity: How many units it is to have.
    """
    order = world.row("orders", order_id)
    if order["status"] != "processing":
        raise ToolError("wrong_status", f"{order_id} is {order['status']}, not processing.")
    product = world.row("products", order["product_id"])
    left = product["stock"] + order["quantity"] - quantity
    if left < 0:
        raise ToolError("out_of_stock", f"Only {product['stock']} more units are left.")
    world.update("products", product["id"], stock=left)
    return world.update(
        "orders", order_id, quantity=quantity, total=round(product["price"] * quantity, 2)
    )


@shop.writes
def refund_order(world: World, order_id: str, reason: str = "") -> Row:
    """Refund the whole total of a delivered order.

    Args:
        order_id: The order's id.
        reason: Why, in free text. Default: empty.
    """
    order = world.row("orders", order_id)
    if order["status"] != "delivered":
        raise ToolError("wrong_status", f"{order_id} is {order['status']}, not delivered.")
    world.update("orders", order_id, status="refunded")
    return world.create("refunds", order_id=order_id, amount=order["total"], reason=reason)


@shop.writes
def set_price(
    world: World, product_id: str, price: Annotated[float, Field(gt=0, le=100_000)]
) -> Row:
    """Change the price of a product; earlier orders keep theirs.

    Args:
        product_id: The product's id.
        price: The new price in EUR.
    """
    return world.update("products", product_id, price=round(price, 2))


@shop.writes
def restock_product(
    world: World, product_id: str, units: Annotated[int, Field(ge=1, le=1000)]
) -> Row:
    """Add units of a product to its stock.

    Args:
        product_id: The product's id.
        units: How many units come in.
    """
    product = world.row("products", product_id)
    return world.update("products", product_id, stock=product["stock"] + units)


@shop.without(get_order)
def _(order_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_orders()), order_id)


@shop.without(get_product)
def _(product_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_products()), product_id)


@shop.without(find_customers)
def _(name: str) -> Generator[ToolCall, Any, list[Row]]:
    customers = yield list_customers()
    return [customer for customer in customers if name.casefold() in customer["name"].casefold()]
