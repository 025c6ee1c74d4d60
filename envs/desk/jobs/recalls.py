"""A recall: whose orders are concerned, and what becomes of them."""

import re

from wildgym.envs.api.services.mail import send_mail
from wildgym.envs.api.services.shop import (
    cancel_order,
    get_customer,
    list_orders,
    list_products,
    refund_order,
)
from wildgym.envs.api.services.tickets import list_teams, open_ticket
from wildgym.envs.dates import shifted
from wildgym.envs.desk.doing import awaited, email_of, first, read_policy, write_rows
from wildgym.envs.desk.scene import Scene
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution

_LISTED = ("order", "status", "action")
_ACTIONS = {"delivered": "refunded", "processing": "cancelled", "shipped": "written to"}
_STATUSES = ("delivered", "delivered", "processing", "processing", "shipped", "cancelled")


@job
def recall(scene: Scene) -> Drawn:
    """A notice on the intranet recalls what was ordered in some weeks; the weeks grow by mail."""
    rng, world = scene.rng, scene.world
    product, team = scene.pick("products"), rng.pick(world.rows("teams"))
    quality, notice = scene.people[11], f"RC{rng.integer(100, 999)}"
    first_day, last_day = shifted(scene.today, -60), shifted(scene.today, -30)
    later = shifted(last_day, rng.integer(8, 15))
    days = [*(shifted(first_day, rng.integer(0, 30)) for _ in range(5)), shifted(last_day, 4)]
    outside = [shifted(first_day, -rng.integer(1, 20)), shifted(later, rng.integer(1, 12))]
    customers = rng.sample(world.rows("customers"), 6)
    orders = world.rows("orders")
    for order in orders:
        if order["product_id"] == product["id"]:
            other = scene.pick("products", lambda p: p["id"] != product["id"])
            world.update("orders", order["id"], product_id=other["id"])
    chosen = rng.sample(orders, 8)
    statuses = [*rng.shuffled(_STATUSES[:5]), "delivered", "shipped", "delivered"]
    for n, (order, day) in enumerate(zip(chosen, [*days, *outside], strict=True)):
        world.update(
            "orders",
            order["id"],
            product_id=product["id"],
            status=statuses[n],
            ordered_on=day,
            delivered_on=shifted(day, 2) if statuses[n] == "delivered" else None,
            customer_id=customers[n % 6]["id"],
        )
    title = scene.publish(
        f"Recall of the {product['name']}",
        f"Notice {notice}: all orders of the {product['name']} that were placed from {first_day} to"
        f" {last_day}, both days included, are recalled.",
        older={last_day: shifted(last_day, -12), notice: "RC100"},
    )
    policy = scene.publish(
        "Recalls",
        "An order that was delivered is refunded, with the number of the notice as the reason. One"
        " that is processing is cancelled. For one that is shipped nothing is changed. Others are"
        " not concerned.",
        "Every customer who is concerned gets one mail for each order, with the order's id and the"
        " number of the notice.",
        f"The team '{team['name']}' gets one ticket of urgent priority, for the user's own address,"
        " with the number of the notice and the number of orders in the subject.",
        older={"urgent": "low"},
    )
    text = f"It is worse than we thought: {notice} is about all orders up to {later}."
    scene.arrives(700, quality, f"More about {notice}", text)
    report = f"shared/recalls/{notice}.csv"
    kept = sorted((order["id"], statuses[n]) for n, order in enumerate(chosen[:6]))
    rows = [(id, status, _ACTIONS[status]) for id, status in kept]
    return ask(
        "We have to recall the {product}: '{title}' says which orders are concerned, and our policy"
        " '{policy}' what is done.",
        "{quality} is still examining it and will mail me how far it goes: wait for that.",
        "Write {report} with the columns order (the id), status (as it was before you began) and"
        " action (refunded, cancelled, or written to), sorted by order.",
        "Report what the refunds come to.",
        product=product["name"],
        title=title,
        policy=policy,
        quality=quality.name,
        report=report,
    ), Aims(
        {
            "orders_handled": ("orders", "refunds", "products"),
            "customers_told": ("mails",),
            "ticket_opened": ("tickets",),
        },
        {"report_written": {report: Csv(_LISTED, rows)}},
    )


@recall.solution
def _(
    product: str, title: str, policy: str, quality: str, report: str, user_email: str
) -> Solution:
    told = yield from read_policy(title)
    notice = re.findall(r"RC\d+", told)[0]
    begins = re.findall(r"placed from (\S+) to", told)[0]
    rules = yield from read_policy(policy)
    recalled = first((yield list_products()), name=product)
    letter = yield from awaited(f"More about {notice}", (yield from email_of(quality)))
    ends = re.findall(r"up to (\S+)\.", letter["body"])[0]
    rows, refunded = [], 0.0
    for order in (yield list_orders()):
        concerned = order["product_id"] == recalled["id"] and order["status"] in _ACTIONS
        if not concerned or not begins <= order["ordered_on"] <= ends:
            continue
        if order["status"] == "delivered":
            refunded += order["total"]
            yield refund_order(order_id=order["id"], reason=notice)
        elif order["status"] == "processing":
            yield cancel_order(order_id=order["id"])
        customer = yield get_customer(customer_id=order["customer_id"])
        body = f"Your order {order['id']} is recalled by our notice {notice}."
        yield send_mail(to=customer["email"], subject="A recall", body=body)
        rows.append((order["id"], order["status"], _ACTIONS[order["status"]]))
    yield from write_rows(report, _LISTED, sorted(rows))
    team = first((yield list_teams()), name=re.findall(r"The team '(.+?)'", rules)[0])
    subject = f"Recall {notice}: {len(rows)} orders"
    yield open_ticket(subject=subject, requester=user_email, team_id=team["id"], priority="urgent")
    return round(refunded, 2)
