"""Prices: a supplier's list on the intranet, a margin that changes, a delivery that comes in."""

import math

from wildgym.envs.api.services.mail import send_mail
from wildgym.envs.api.services.shop import list_products, set_price
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    number,
    read_policy,
    read_table,
    rows_of,
    write_rows,
)
from wildgym.envs.desk.scene import Scene, table
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.writing import csv_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import World

_LIST = ("product", "price", "since")


@job
def price_update(scene: Scene) -> Drawn:
    """New prices from a list on the intranet; the margin changes, and so does what is in stock."""
    rng, world = scene.rng, scene.world
    products = rng.shuffled(world.rows("products"))
    store, head, manager = scene.people[9], scene.people[10], scene.people[11]
    for n, product in enumerate(products):
        stock = 0 if n < 4 else rng.integer(3, 40)
        world.update("products", product["id"], price=scene.cents(40, 250), stock=stock)
    delivered, units = products[0], rng.integer(10, 40)
    margin = rng.integer(21, 38)
    later = margin + rng.pick((-4, -3, 3, 4, 5))
    costs = {p["name"]: scene.cents(20, 180) for p in products[:10]}
    listed = scene.publish(
        "Purchase prices",
        table(("product", "EUR"), rng.shuffled([(n, f"{cost:.2f}") for n, cost in costs.items()])),
        older={f"{cost:.2f}": f"{cost * 0.93:.2f}" for cost in costs.values()},
    )
    policy = scene.publish(
        "Prices in the shop",
        "The price of a product is its purchase price and the margin on that. It is rounded up to"
        " whole EUR, and 5 cents are taken off that.",
        "Prices are changed only of products that are in stock and that have a purchase price on"
        " the list. A product that has the right price already stays as it is.",
        older={"rounded up": "rounded down", "5 cents": "1 cent"},
    )
    scene.happens("delivery", 500, lambda w: _deliver(w, delivered["id"], units))
    text = f"The delivery of {delivered['name']} is booked in."
    scene.arrives(510, store, "Delivery booked in", text)
    scene.arrives(1300, head, "Margin", f"Make the margin {later} percent after all.")
    before = {p["name"]: p["price"] for p in world.rows("products")}
    new = {
        p["name"]: _price(costs[p["name"]], later)
        for p in products[:10]
        if p == delivered or products.index(p) >= 4
    }
    since = scene.ago(300, 100)
    rows = [(name, price, since) for name, price in sorted(before.items())]
    path = scene.file("shop/prices.csv", csv_text(_LIST, rows))
    after = [
        (name, new.get(name, price), scene.today if name in new else since)
        for name, price, _ in rows
    ]
    return ask(
        "Bring the prices of our shop up to date: the purchase prices are on '{listed}', and the"
        " policy is '{policy}'.",
        "The margin is {margin} percent; {head} may still change it, and will mail me either way.",
        "{store} is booking a delivery in at the moment and will mail me when that is done: what"
        " comes in with it counts as in stock.",
        "Bring {path} up to date as well, where the date is the day on which a price was changed.",
        "At the end, mail {manager} how many prices were changed, and the margin.",
        listed=listed,
        policy=policy,
        margin=margin,
        head=head.name,
        store=store.name,
        path=path,
        manager=manager.name,
    ), Aims(
        {"prices_set": ("products",), "manager_told": ("mails",)},
        {"list_updated": {path: Csv(_LIST, after)}},
    )


def _price(cost: float, margin: int) -> float:
    # In cents, where nothing is lost on the way.
    return math.ceil(round(100 * cost) * (100 + margin) / 10_000) - 0.05


def _deliver(world: World, product: str, units: int) -> None:
    world.update("products", product, stock=world.row("products", product)["stock"] + units)


@price_update.solution
def _(
    listed: str,
    policy: str,
    margin: int,
    head: str,
    store: str,
    path: str,
    manager: str,
    today: str,
) -> Solution:
    yield from read_policy(policy)
    costs = {row["product"]: float(row["EUR"]) for row in (yield from read_table(listed))}
    yield from awaited("Delivery booked in", (yield from email_of(store)))
    told = yield from awaited("Margin", (yield from email_of(head)))
    margin = int(number(told["body"], "margin", "percent"))
    new = {}
    for product in (yield list_products(in_stock_only=True)):
        name = product["name"]
        if name in costs and product["price"] != _price(costs[name], margin):
            new[name] = _price(costs[name], margin)
            yield set_price(product_id=product["id"], price=new[name])
    rows = yield from rows_of(path)
    kept = [
        (
            r["product"],
            new.get(r["product"], float(r["price"])),
            today if r["product"] in new else r["since"],
        )
        for r in rows
    ]
    yield from write_rows(path, _LIST, kept)
    body = f"{len(new)} prices were changed. The margin is {margin} percent."
    yield send_mail(to=(yield from email_of(manager)), subject="Prices", body=body)
    return None
