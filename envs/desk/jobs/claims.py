"""Claims of customers: each is decided by a policy, answered, and entered into a list."""

import re

from wildgym.envs.api.services.mail import reply_to_mail, search_mails, send_mail
from wildgym.envs.api.services.shop import get_customer, get_order, refund_order
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    number,
    read_policy,
    received,
    rows_of,
    write_rows,
)
from wildgym.envs.desk.scene import Scene, mailed
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.solving import Part
from wildgym.envs.files.writing import csv_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Row

_LIST = ("order", "decision", "amount")
_REASONS = {
    "broken": "It was broken when it came.",
    "wrong": "It is not what I ordered.",
    "late": "It came much too late.",
}


@job
def claims(scene: Scene) -> Drawn:
    """Refund or decline claims by mail, as a policy says; large ones after approval."""
    rng, world = scene.rng, scene.world
    head, days, gold_days = scene.people[13], rng.integer(12, 20), rng.integer(25, 40)
    limit = 10 * rng.integer(15, 30)
    customers = rng.sample([c for c in world.rows("customers") if c["email"] != head.email], 6)
    orders = rng.sample(world.rows("orders"), 6)
    ages = rng.shuffled([3, days - 2, days - 1, days + 3, days + 4, gold_days + 5])
    reasons = rng.shuffled(["broken", "wrong", "broken", "late", "broken", "wrong"])
    large = rng.pick([n for n in range(6) if ages[n] < days and reasons[n] != "late"])
    for n, (order, customer) in enumerate(zip(orders, customers, strict=True)):
        tier = "gold" if ages[n] == days + 3 else "silver"
        world.update("customers", customer["id"], tier=tier)
        total = scene.cents(limit + 10, limit + 300) if n == large else scene.cents(20, limit - 5)
        world.update(
            "orders",
            order["id"],
            customer_id=customer["id"],
            status="delivered",
            total=total,
            delivered_on=shifted(scene.today, -ages[n]),
            ordered_on=shifted(scene.today, -ages[n] - 5),
        )
        letter = f"Claim for {order['id']}", f"{_REASONS[reasons[n]]} I want my money back."
        person = scene.person(customer["email"])
        if n == 5:
            scene.arrives(600, person, *letter)
        else:
            scene.mail(person, *letter, rng.integer(1, 3))
    agreed = rng.chance(0.5)
    said = "refund it" if agreed else "do not refund it"
    id = orders[large]["id"]
    scene.arrives(1800, head, f"Refund of {id}", f"{id}: {said}.", mailed(head, id))
    policy = scene.publish(
        "Claims",
        f"A claim is granted if the goods were broken or wrong, and if they were delivered at most"
        f" {days} days ago; for customers of the tier gold, at most {gold_days} days ago. Otherwise"
        " it is declined.",
        f"A claim that would be granted, for an order of more than {limit} EUR, is put to"
        f" {head.name} first, by a mail with the order's id, who answers within the hour and"
        " decides it.",
        "What is granted is refunded, with 'broken' or 'wrong' as the reason. Every claim gets a"
        " reply to its mail: with the amount that is refunded, or else with the date on which the"
        " order was delivered.",
        older={f"{days} days": f"{days + 40} days"},
    )
    old = [(f"ORD-{4000 + 7 * n}", "declined", 0.0) for n in range(3)]
    path = scene.file("claims/list.csv", csv_text(_LIST, old))
    rows = []
    for n, order in enumerate(orders):
        most = gold_days if ages[n] == days + 3 else days
        granted = ages[n] <= most and reasons[n] != "late" and (n != large or agreed)
        total = world.row("orders", order["id"])["total"]
        rows.append((order["id"], "granted" if granted else "declined", total if granted else 0.0))
    sender = scene.person(customers[5]["email"]).name
    return ask(
        "Decide the claims that customers have sent me: they are the mails whose subject is 'Claim"
        " for' and an order.",
        "Our policy '{policy}' says how.",
        "{sender} has called and will send one more claim: wait for it.",
        "Enter them into {path}, below what is there, sorted by order: with the order's id, granted"
        " or declined, and the amount that is refunded (0.00 if nothing is).",
        "Report what the refunds come to.",
        policy=policy,
        sender=sender,
        path=path,
    ), Aims(
        {"refunded": ("orders", "refunds"), "answered": ("mails",)},
        {"list_continued": {path: Csv(_LIST, [*old, *sorted(rows)])}},
    )


@claims.solution
def _(policy: str, sender: str, path: str, today: str) -> Solution:
    rules = yield from read_policy(policy)
    head = re.findall(r"is put to (.+?) first", rules)[0]
    yield from awaited("Claim for", (yield from email_of(sender)))
    letters = received((yield search_mails(text="Claim for")))
    judged: list[tuple[Row, Row, str]] = []
    for letter in letters:
        order = yield get_order(order_id=letter["subject"].split()[-1])
        customer = yield get_customer(customer_id=order["customer_id"])
        judged.append((letter, order, _granted(letter, order, customer, rules, today)))
    asked = [o for _, o, why in judged if why and o["total"] > number(rules, "more than", "EUR")]
    refused = yield from _refused(asked, head)
    rows = []
    for letter, order, why in judged:
        if why and order["id"] not in refused:
            rows.append((order["id"], "granted", order["total"]))
            yield refund_order(order_id=order["id"], reason=why)
            body = f"We refund {order['total']:.2f} EUR."
        else:
            rows.append((order["id"], "declined", 0.0))
            body = f"We cannot refund what was delivered on {order['delivered_on']}."
        yield reply_to_mail(mail_id=letter["id"], body=body)
    before = yield from rows_of(path)
    yield from write_rows(path, _LIST, [*(tuple(r.values()) for r in before), *sorted(rows)])
    return round(sum(row[2] for row in rows), 2)


def _granted(letter: Row, order: Row, customer: Row, rules: str, today: str) -> str:
    """Return why a claim may be granted; nothing if it may not."""
    gold = "for customers of the tier gold, at most" if customer["tier"] == "gold" else ""
    most = number(rules, gold or "delivered at most", "days")
    in_time = days_between(order["delivered_on"], today) <= most
    (why,) = [why for why, words in _REASONS.items() if words in letter["body"]]
    return why if in_time and why != "late" else ""


def _refused(asked: list[Row], head: str) -> Part[set[str]]:
    """Ask whether orders may be refunded, and return the ids of those that may not."""
    address, refused = (yield from email_of(head)), set()
    for order in asked:
        yield send_mail(to=address, subject="A claim", body=f"May I refund {order['id']}?")
    for order in asked:
        answer = yield from awaited(f"Refund of {order['id']}", address)
        if "not" in answer["body"]:
            refused.add(order["id"])
    return refused
