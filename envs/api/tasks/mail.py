"""Tasks about mail."""

import re
from collections.abc import Generator
from typing import Any

from wildgym.envs.api.dates import days_between, shifted
from wildgym.envs.api.services.mail import (
    add_label,
    delete_mail,
    find_in_address_book,
    forward_mail,
    get_mail,
    get_mailbox,
    list_address_book,
    list_mails,
    mail,
    mark_mail,
    move_mail,
    reply_to_mail,
    search_mails,
    send_mail,
    set_auto_reply,
    set_phone,
)
from wildgym.envs.api.services.shop import get_customer, get_order, shop
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Row, ToolCall


@task(mail)
def date_of_mail(scene: Scene) -> Request:
    """Look up one date."""
    found = scene.pick("mails")
    return ask("On which date was the mail {mail_id} sent?", mail_id=found["id"])


@date_of_mail.solution
def _(mail_id: str) -> Solution:
    found = yield get_mail(mail_id=mail_id)
    return found["sent_on"]


@task(mail)
def phone_of_sender(scene: Scene) -> Request:
    """From a subject to its sender's entry in the address book."""
    found = scene.pick("mails", _received)
    return ask(
        "I want to call whoever sent me the mail with the subject '{subject}'.",
        "Which phone number is in my address book?",
        subject=found["subject"],
    )


@phone_of_sender.solution
def _(subject: str) -> Solution:
    found = yield from _mail(subject)
    entry = yield from _person(found["sender"])
    return entry["phone"]


@task(mail)
def last_heard_from(scene: Scene) -> Request:
    """The latest of several."""
    person = scene.pick("address_book")
    for found in scene.sample("mails", 3, _received):
        scene.world.put("mails", {**found, "sender": person["email"]})
    return ask(
        "When did {person} last send me a mail, in whatever folder it is by now?",
        "Report the date.",
        person=person["name"],
    )


@last_heard_from.solution
def _(person: str) -> Solution:
    entry = yield from _person(person)
    mails = yield list_mails()
    return max(m["sent_on"] for m in mails if m["sender"] == entry["email"])


@task(mail)
def sum_of_receipts(scene: Scene) -> Request:
    """Read as many mails as there are, and add up what they say."""
    for found in scene.sample("mails", 8, lambda m: m["folder"] not in ("sent", "receipts")):
        scene.world.put("mails", {**found, "folder": "receipts"})
    return ask(
        "Each mail in my receipts folder names an amount in EUR.",
        "What do these amounts add up to?",
    )


@sum_of_receipts.solution
def _() -> Solution:
    total = 0.0
    for header in (yield list_mails(folder="receipts")):
        found = yield get_mail(mail_id=header["id"])
        total += _amount(found)
    return round(total, 2)


@task(mail)
def archive_read(scene: Scene) -> Request:
    """As many calls as mails meet two conditions."""
    person = scene.pick("address_book")
    for n, found in enumerate(scene.sample("mails", scene.rng.integer(5, 9), _received)):
        changes = {"sender": person["email"], "folder": "inbox", "unread": n % 3 == 2}
        scene.world.put("mails", {**found, **changes})
    return ask(
        "Move every mail from {person} that is in my inbox and that I have read to the archive.",
        "Leave the unread ones where they are.",
        person=person["name"],
    )


@archive_read.solution
def _(person: str) -> Solution:
    entry = yield from _person(person)
    for header in (yield list_mails(folder="inbox")):
        if header["sender"] == entry["email"] and not header["unread"]:
            yield move_mail(mail_id=header["id"], folder="archive")
    return None


@task(mail)
def delete_one(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    found = scene.pick("mails", _received)
    age = scene.rng.integer(1, 2 * scene.policy["keep_days"])
    scene.world.put("mails", {**found, "sent_on": shifted(scene.world.today, -age)})
    return ask(
        "I no longer need the mail with the subject '{subject}'.",
        "Delete it.",
        subject=found["subject"],
    )


@delete_one.solution
def _(subject: str, keep_days: int, today: str) -> Solution:
    found = yield from _mail(subject)
    if days_between(found["sent_on"], today) <= keep_days:
        return Refusal(found["sent_on"])
    yield delete_mail(mail_id=found["id"])
    return None


@task(mail)
def clear_folder(scene: Scene) -> Request:
    """A number in a rule decides about each of many."""
    folder = scene.rng.pick(("projects", "receipts", "travel"))
    for n, found in enumerate(scene.sample("mails", 11, _received)):
        youngest, oldest = (80, 160) if n < 7 else (1, 60) if n < 9 else (1, 7)
        age = scene.rng.integer(youngest, oldest)
        changes = {"folder": folder, "sent_on": shifted(scene.world.today, -age)}
        scene.world.put("mails", {**found, **changes})
    return ask(
        "Delete every mail in my {folder} folder that the rules allow you to delete.",
        "Report the ids of the mails that stay in it.",
        folder=folder,
    )


@clear_folder.solution
def _(folder: str, keep_days: int, today: str) -> Solution:
    kept = []
    for header in (yield list_mails(folder=folder)):
        if days_between(header["sent_on"], today) > keep_days:
            yield delete_mail(mail_id=header["id"])
        else:
            kept.append(header["id"])
    return kept


@task(mail)
def forward_one(scene: Scene) -> Request:
    """A word in a rule decides whether it may be done."""
    found = scene.pick("mails", _received)
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
    found = yield from _mail(subject)
    if sealed_label in found["labels"]:
        return Refusal(found["sender"])
    entry = yield from _person(person)
    yield forward_mail(mail_id=found["id"], to=entry["email"])
    return None


@task(mail)
def confirm_amount(scene: Scene) -> Request:
    """Answer a mail with a number that it holds."""
    found = scene.pick("mails", _received)
    return ask(
        "Reply to the mail with the subject '{subject}' that I agree.",
        "Your text must repeat the amount that the mail names, and today's date, {today}.",
        subject=found["subject"],
    )


@confirm_amount.solution
def _(subject: str, today: str) -> Solution:
    found = yield from _mail(subject)
    body = f"I agree to {_amount(found):.2f} EUR. {today}"
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
    cheapest = min(mails, key=_amount)
    body = f"I accept: {_amount(cheapest):.2f} EUR."
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
    entry = yield from _person(deputy)
    yield set_auto_reply(until=until, text=f"Please write to {entry['email']}.")
    return None


@task(mail)
def flag_expensive(scene: Scene) -> Request:
    """What stands in each of many mails decides what is done with it."""
    person = scene.pick("address_book")
    mails = scene.sample("mails", 7, _received)
    for found in mails:
        changes = {"sender": person["email"], "folder": "inbox", "labels": []}
        scene.world.put("mails", {**found, **changes})
    return ask(
        "Each mail from {person} in my inbox names an amount.",
        "Put the label 'urgent' on those that name more than {limit} EUR, unless they have it.",
        person=person["name"],
        limit=int(sorted(map(_amount, mails))[3]),
    )


@flag_expensive.solution
def _(person: str, limit: int) -> Solution:
    entry = yield from _person(person)
    for header in (yield list_mails(folder="inbox")):
        if header["sender"] != entry["email"] or "urgent" in header["labels"]:
            continue
        found = yield get_mail(mail_id=header["id"])
        if _amount(found) > limit:
            yield add_label(mail_id=header["id"], label="urgent")
    return None


@task(mail)
def mark_group_read(scene: Scene) -> Request:
    """Join two lists."""
    group = scene.pick("address_book")["group"]
    for found in scene.sample("mails", scene.rng.integer(5, 7), _received):
        member = scene.pick("address_book", lambda entry: entry["group"] == group)
        scene.world.put("mails", {**found, "sender": member["email"], "unread": True})
    return ask(
        "Mark every unread mail, in all folders, as read that came from somebody who is in the"
        " group '{group}' of my address book.",
        group=group,
    )


@mark_group_read.solution
def _(group: str) -> Solution:
    senders = [entry["email"] for entry in (yield list_address_book(group=group))]
    for header in (yield list_mails(unread_only=True)):
        if header["sender"] in senders:
            yield mark_mail(mail_id=header["id"], unread=False)
    return None


@task(mail)
def note_new_phone(scene: Scene) -> Request:
    """Carry a number from a mail into the address book."""
    person, found = scene.pick("address_book"), scene.pick("mails", _received)
    body = f"Hello, from now on my phone number is +4989{scene.rng.integer(10**6, 10**7 - 1)}."
    changes = {"sender": person["email"], "subject": "New phone number", "body": body}
    scene.world.put("mails", {**found, **changes})
    return ask(
        "{person} wrote me a mail with the subject '{subject}'.",
        "Put the number that it names into my address book.",
        person=person["name"],
        subject="New phone number",
    )


@note_new_phone.solution
def _(person: str, subject: str) -> Solution:
    found = yield from _mail(subject)
    entry = yield from _person(person)
    yield set_phone(entry_id=entry["id"], phone=_first(r"\+\d+", found["body"]))
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
    order, found = scene.pick("orders"), scene.pick("mails", _received)
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
    found = yield from _mail(subject)
    order = yield get_order(order_id=_first(r"order (\S+),", found["body"]))
    body = f"Order {order['id']} of {order['ordered_on']} came to {order['total']:.2f} EUR."
    yield reply_to_mail(mail_id=found["id"], body=body)
    return None


def _mail(subject: str) -> Generator[ToolCall, Any, Row]:
    found = yield search_mails(text=subject)
    return next(m for m in found if m["subject"] == subject)


def _person(text: str) -> Generator[ToolCall, Any, Row]:
    found = yield find_in_address_book(text=text)
    return next(entry for entry in found if text in (entry["name"], entry["email"]))


def _received(row: Row) -> bool:
    return bool(row["folder"] != "sent")


def _amount(row: Row) -> float:
    return float(_first(r"([\d.]+) EUR", row["body"]))


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, f"nothing like {pattern} in {text!r}"
    return found[found.re.groups]
