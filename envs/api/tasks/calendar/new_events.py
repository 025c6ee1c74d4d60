"""Tasks about entering events."""

import re

from wildgym.envs.api.services.calendar import calendar, create_event, find_free_slot
from wildgym.envs.api.services.mail import find_in_address_book, mail, search_mails
from wildgym.envs.api.services.shop import get_customer, get_order, shop
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.calendar.arranging import busy_day, find_event
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Solution


@task(calendar)
def follow_up(scene: Scene) -> Request:
    """Enter an event with what another one tells, at a time that is to be found."""
    day, _ = busy_day(scene, 4)
    return ask(
        "Enter a follow-up to the event '{title}' on {date}, with the same attendees.",
        "It lasts {minutes} minutes and begins as early as possible from 09:00 on, at a time when"
        " nothing else takes place.",
        title=scene.pick("events", lambda e: e["date"] != day)["title"],
        date=day,
        minutes=scene.rng.pick((30, 45, 60)),
    )


@follow_up.solution
def _(title: str, date: str, minutes: int) -> Solution:
    event = yield from find_event(title)
    start = yield find_free_slot(date=date, minutes=minutes)
    yield create_event(
        title=f"{title}: follow-up",
        date=date,
        start=start,
        minutes=minutes,
        attendees=event["attendees"],
    )
    return None


@task(calendar, mail)
def plan_meeting(scene: Scene) -> Request:
    """Look people up, then enter an event with them."""
    first, second = scene.sample("address_book", 2)
    return ask(
        "Enter a meeting with {first} and {second} on {date} at {start}.",
        "It lasts {minutes} minutes.",
        "Their addresses are in my address book.",
        first=first["name"],
        second=second["name"],
        date=shifted(scene.world.today, scene.rng.integer(1, 60)),
        start=f"{scene.rng.integer(8, 18):02}:{scene.rng.pick((0, 15, 30, 45)):02}",
        minutes=5 * scene.rng.integer(3, 24),
    )


@plan_meeting.solution
def _(first: str, second: str, date: str, start: str, minutes: int) -> Solution:
    emails = []
    for name in (first, second):
        found = yield find_in_address_book(text=name)
        emails.append(next(entry["email"] for entry in found if entry["name"] == name))
    yield create_event(title="Meeting", date=date, start=start, minutes=minutes, attendees=emails)
    return None


@task(calendar, mail)
def accept_visit(scene: Scene) -> Request:
    """A mail says when."""
    person = scene.pick("address_book")
    found = scene.pick("mails", lambda m: m["folder"] != "sent")
    day = shifted(scene.world.today, scene.rng.integer(3, 50))
    start = f"{scene.rng.integer(8, 17):02}:{scene.rng.pick((0, 20, 40)):02}"
    changes = {
        "sender": person["email"],
        "subject": "My visit",
        "body": f"I would like to come and see you on {day} at {start}.",
    }
    scene.world.put("mails", {**found, **changes})
    return ask(
        "{person} announces a visit in the mail with the subject '{subject}'.",
        "Enter it as an event of {minutes} minutes, with the sender as the only attendee.",
        person=person["name"],
        subject="My visit",
        minutes=15 * scene.rng.integer(2, 8),
    )


@accept_visit.solution
def _(subject: str, minutes: int) -> Solution:
    mails = yield search_mails(text=subject)
    found = next(m for m in mails if m["subject"] == subject)
    (day,) = re.findall(r"\d{4}-\d\d-\d\d", found["body"])
    (start,) = re.findall(r"\d\d:\d\d", found["body"])
    yield create_event(
        title=subject, date=day, start=start, minutes=minutes, attendees=[found["sender"]]
    )
    return None


@task(calendar, shop)
def call_customer(scene: Scene) -> Request:
    """From an order to its customer, and from a day to a free time."""
    day, _ = busy_day(scene, 4)
    return ask(
        "I want to talk to the customer who placed order {order_id}.",
        "Enter a call of 30 minutes on {date}, with that customer as the only attendee.",
        "It begins as early as possible from 09:00 on, at a time when nothing else takes place.",
        order_id=scene.pick("orders")["id"],
        date=day,
    )


@call_customer.solution
def _(order_id: str, date: str) -> Solution:
    order = yield get_order(order_id=order_id)
    customer = yield get_customer(customer_id=order["customer_id"])
    start = yield find_free_slot(date=date, minutes=30)
    yield create_event(
        title="Call", date=date, start=start, minutes=30, attendees=[customer["email"]]
    )
    return None
