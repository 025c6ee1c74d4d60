"""Tasks about answering, forwarding and writing mails."""

from wildgym.envs.api.services.mail import (
    forward_mail,
    get_mail,
    get_mailbox,
    list_mails,
    mail,
    reply_to_mail,
    send_mail,
    set_auto_reply,
)
from wildgym.envs.api.services.shop import get_customer, get_order, shop
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.mail.finding import (
    amount_in,
    find_mail,
    find_person,
    first_match,
    received,
)
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.scenario import Refusal, Solution


@task(mail)
def forward_one(scene: Scene) -> Request:
    """A word in a rule decides whether it may be done."""
    found = scene.pick("mails", received)
    sealed = scene.policy["sealed_label"]
    label = sealed if scene.rng.chance(0.5) else scene.rng.pick(("internal", "legal", "private"))
    scene.world.put("mails", {**found, "labels": [label]})
    person = scene.pick("address_book", lambda entry: entry["email"] != found["sender"])
    return ask(
        "{person} should see the mail with the subject '{subject}' too.",
        "Forward it.",
        person=person["name"],
        subject=found["subject"],
    )


@forward_one.solution
def _(person: str, subject: str, sealed_label: str) -> Solution:
    found = yield from find_mail(subject)
    if sealed_label in found["labels"]:
        return Refusal(found["sender"])
    entry = yield from find_person(person)
    yield forward_mail(mail_id=found["id"], to=entry["email"])
    return None


@task(mail)
def confirm_amount(scene: Scene) -> Request:
    """Answer a mail with a number that it holds."""
    found = scene.pick("mails", received)
    return ask(
        "Reply to the mail with the subject '{subject}' that I agree.",
        "Your text must repeat the amount that the mail names, and today's date, {today}.",
        subject=found["subject"],
    )


@confirm_amount.solution
def _(subject: str, today: str) -> Solution:
    found = yield from find_mail(subject)
    body = f"I agree to {amount_in(found):.2f} EUR. {today}"
    yield reply_to_mail(mail_id=found["id"], body=body)
    return None


@task(mail)
def accept_cheapest(scene: Scene) -> Request:
    """Compare what several mails say, then answer one of them."""
    for found in scene.sample("mails", 5, lambda m: m["folder"] not in ("sent", "projects")):
        scene.world.put("mails", {**found, "folder": "projects"})
    return ask(
        "Every mail in my projects folder names an amount in EUR.",
        "Reply to the one with the lowest amount, and to no other, that I accept.",
        "Your text must repeat that amount.",
    )


@accept_cheapest.solution
def _() -> Solution:
    mails = []
    for header in (yield list_mails(folder="projects")):
        mails.append((yield get_mail(mail_id=header["id"])))
    cheapest = min(mails, key=amount_in)
    body = f"I accept: {amount_in(cheapest):.2f} EUR."
    yield reply_to_mail(mail_id=cheapest["id"], body=body)
    return None


@task(mail)
def announce_absence(scene: Scene) -> Request:
    """A number in a rule limits how long."""
    days = scene.rng.integer(2, 2 * scene.policy["away_days"])
    return ask(
        "I am away from today on.",
        "Set an automatic reply that runs until {until}.",
        "It must name the email address of {deputy}, who stands in for me.",
        until=shifted(scene.world.today, days),
        deputy=scene.pick("address_book")["name"],
    )


@announce_absence.solution
def _(until: str, deputy: str, away_days: int, today: str) -> Solution:
    if days_between(today, until) > away_days:
        mailbox = yield get_mailbox()
        return Refusal(mailbox["auto_reply_until"])
    entry = yield from find_person(deputy)
    yield set_auto_reply(until=until, text=f"Please write to {entry['email']}.")
    return None


@task(mail, shop)
def mail_order_total(scene: Scene) -> Request:
    """From an order to a mail to its customer."""
    order = scene.pick("orders")
    return ask(
        "Write a mail to the customer who placed order {order_id}.",
        "Its text must contain the order's id and its total in EUR.",
        order_id=order["id"],
    )


@mail_order_total.solution
def _(order_id: str) -> Solution:
    order = yield get_order(order_id=order_id)
    customer = yield get_customer(customer_id=order["customer_id"])
    body = f"The total of order {order_id} is {order['total']:.2f} EUR."
    yield send_mail(to=customer["email"], subject="Your order", body=body)
    return None


@task(mail, shop)
def answer_customer(scene: Scene) -> Request:
    """A mail says which order is meant."""
    order, found = scene.pick("orders"), scene.pick("mails", received)
    customer = scene.world.row("customers", order["customer_id"])
    body = f"Could you tell me when I placed order {order['id']}, and what it came to?"
    changes = {"sender": customer["email"], "subject": "My order", "body": body}
    scene.world.put("mails", {**found, **changes})
    return ask(
        "{customer} asks about an order in the mail with the subject '{subject}'.",
        "Reply to it.",
        "Your text must contain the order's id, the date on which it was placed, and its total.",
        customer=customer["name"],
        subject="My order",
    )


@answer_customer.solution
def _(subject: str) -> Solution:
    found = yield from find_mail(subject)
    order = yield get_order(order_id=first_match(r"order (\S+),", found["body"]))
    body = f"Order {order['id']} of {order['ordered_on']} came to {order['total']:.2f} EUR."
    yield reply_to_mail(mail_id=found["id"], body=body)
    return None
