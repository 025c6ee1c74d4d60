"""Stock-taking: what was counted against what the books say, and what to order then."""

import json
import re

from wildgym.envs.api.services.inventory import (
    list_items,
    list_stock,
    list_warehouses,
    place_purchase_order,
    write_off_stock,
)
from wildgym.envs.api.services.mail import send_mail
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    first,
    number,
    read_policy,
    read_table,
    rows_of,
)
from wildgym.envs.desk.scene import Scene, Unsuitable, mailed, table
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import JsonDocument
from wildgym.envs.files.solving import Part
from wildgym.envs.files.writing import csv_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Row
from wildgym.tools.editor import create_file


@job
def stock_taking(scene: Scene) -> Drawn:
    """Counts in a file, packs on the intranet, approvals and a second count by mail."""
    rng, world = scene.rng, scene.world
    warehouse, items = rng.pick(world.rows("warehouses")), world.rows("items")
    manager, buyer = scene.person(warehouse["email"]), scene.people[10]
    levels = {s["item_id"]: s for s in world.rows("stock_levels", warehouse_id=warehouse["id"])}
    short = rng.sample(items, 3)
    packs, counted = {}, {}
    for item in items:
        low = item in short
        booked = rng.integer(20, item["reorder_point"]) if low else item["reorder_point"] + 40
        world.update("stock_levels", levels[item["id"]]["id"], quantity=booked)
        world.update("items", item["id"], unit_cost=scene.cents(2, 19))
        counted[item["name"]] = booked - (rng.integer(2, 15) if low or rng.chance(0.4) else 0)
        packs[item["name"]] = rng.pick((6, 8, 12, 20, 24))
    items = world.rows("items")
    again = rng.pick(short)["name"]
    path = scene.file(
        f"stock/count-{warehouse['name'].split()[0].lower()}.csv",
        csv_text(("item", "counted"), rng.shuffled(list(counted.items()))),
    )
    counted[again] -= rng.integer(1, 4)
    scene.arrives(
        800,
        manager,
        "Second count",
        f"We have counted the {again} again: there are {counted[again]}.",
    )
    listed = scene.publish(
        "Pack sizes",
        table(("item", "units in a pack"), rng.shuffled(list(packs.items()))),
        older={"steel": "iron"},
    )
    ordered = _orders(items, counted, packs)
    costs = {i["name"]: round(i["unit_cost"] * ordered.get(i["name"], 0), 2) for i in items}
    costs = {name: cost for name, cost in costs.items() if cost}
    limit = int(sorted(costs.values())[1]) + 1
    large = max(costs, key=lambda name: costs[name])
    agreed = rng.chance(0.5)
    answer = "yes, order it." if agreed else "no, we wait with that."
    if costs[large] <= limit:
        raise Unsuitable("two orders that cost the same")
    scene.arrives(1800, buyer, f"Order of {large}", f"{large}: {answer}", mailed(buyer, large))
    if not agreed:
        del ordered[large]
    policy = scene.publish(
        "Stock-taking",
        "Where fewer units were counted than the books say, the difference is written off.",
        "An item of which less than its reorder point is there after that is ordered, so many whole"
        " packs that at least twice its reorder point will be there, and no more packs than that"
        " takes. What is on order already does not count.",
        f"An order that comes to more than {limit} EUR is placed only if {buyer.name} agrees: ask"
        " by mail, one mail for each item, with the item's name in the text. An answer comes within"
        " the hour.",
        older={"twice": "three times"},
    )
    report = "shared/stock/orders.json"
    return ask(
        "The {warehouse} was counted, and what they found is in {path}.",
        "Put the books right and order what has to be ordered for that warehouse, as our policy"
        " '{policy}' has it; '{listed}' says how items are packed.",
        "{manager} has one of the items counted again and will mail me the number, which is the one"
        " that counts.",
        "Write {report}: an object that has the units by the name of each item that you ordered.",
        "Report how many units were written off in all.",
        warehouse=warehouse["name"],
        path=path,
        policy=policy,
        listed=listed,
        manager=manager.name,
        report=report,
    ), Aims(
        {
            "written_off": ("stock_levels",),
            "ordered": ("purchase_orders",),
            "asked": ("mails",),
        },
        {"report_written": {report: JsonDocument(ordered)}},
    )


@stock_taking.solution
def _(warehouse: str, path: str, policy: str, listed: str, manager: str, report: str) -> Solution:
    place = first((yield list_warehouses()), name=warehouse)
    items = yield list_items()
    stock = yield list_stock(warehouse_id=place["id"])
    booked = {level["item_id"]: level["quantity"] for level in stock}
    counted = {row["item"]: int(row["counted"]) for row in (yield from rows_of(path))}
    packs = {r["item"]: int(r["units in a pack"]) for r in (yield from read_table(listed))}
    rules = yield from read_policy(policy)
    limit, buyer = (
        number(rules, "comes to more than"),
        re.findall(r"only if (.+?) agrees", rules)[0],
    )
    address = yield from email_of(buyer)
    letter = yield from awaited("Second count", (yield from email_of(manager)))
    again = re.findall(r"counted the (.+?) again", letter["body"])[0]
    counted[again] = int(number(letter["body"], "there are"))
    lost = 0
    for item in items:
        off = booked[item["id"]] - counted[item["name"]]
        if off > 0:
            lost += off
            yield write_off_stock(warehouse_id=place["id"], item_id=item["id"], quantity=off)
    orders = _orders(items, counted, packs)
    costs = {i["name"]: i["unit_cost"] * orders.get(i["name"], 0) for i in items}
    refused = yield from _refused([name for name in costs if costs[name] > limit], address)
    orders = {name: units for name, units in orders.items() if name not in refused}
    for item in items:
        units = orders.get(item["name"])
        if units:
            yield place_purchase_order(item_id=item["id"], warehouse_id=place["id"], quantity=units)
    yield create_file(path=report, text=json.dumps(orders))
    return lost


def _orders(items: list[Row], there: dict[str, int], packs: dict[str, int]) -> dict[str, int]:
    """Return how many units have to be ordered of what."""
    orders = {}
    for item in items:
        name, left = item["name"], there[item["name"]]
        if left < item["reorder_point"]:
            pack = packs[name]
            orders[name] = pack * -(-(2 * item["reorder_point"] - left) // pack)
    return orders


def _refused(names: list[str], address: str) -> Part[set[str]]:
    """Ask whether items may be ordered, and return those that may not."""
    refused = set()
    for name in names:
        yield send_mail(to=address, subject="An order", body=f"May I order {name}?")
    for name in names:
        answer = yield from awaited(f"Order of {name}", address)
        if "yes" not in answer["body"]:
            refused.add(name)
    return refused
