"""Tasks about prices and stock."""

from wildgym.envs.api.services.shop import (
    get_product,
    list_products,
    restock_product,
    set_price,
    shop,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Solution


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
