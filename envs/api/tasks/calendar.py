"""Tasks about the calendar."""

import re
from collections.abc import Generator
from typing import Any

from wildgym.envs.api.dates import days_between, shifted
from wildgym.envs.api.services.calendar import (
    add_attendee,
    book_room,
    calendar,
    cancel_event,
    create_event,
    find_free_slot,
    get_event,
    get_meeting_room,
    list_events,
    list_free_rooms,
    list_meeting_rooms,
    remove_attendee,
    reschedule_event,
    search_events,
    set_duration,
)
from wildgym.envs.api.services.mail import find_in_address_book, mail, search_mails, send_mail
from wildgym.envs.api.services.shop import get_customer, get_order, shop
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Row, ToolCall


@task(calendar)
def date_of_event(scene: Scene) -> Request:
    """Look up one date."""
    event = scene.pick("events", lambda e: e["date"] != scene.world.today)
    return ask("On which date is the event {event_id}?", event_id=event["id"])


@date_of_event.solution
def _(event_id: str) -> Solution:
    event = yield get_event(event_id=event_id)
    return event["date"]


@task(calendar)
def phone_of_room(scene: Scene) -> Request:
    """From a title to an event to its room."""
    event = scene.pick("events", lambda e: e["room_id"] is not None)
    return ask(
        "What is the phone number of the room in which the event '{title}' takes place?",
        title=event["title"],
    )


@phone_of_room.solution
def _(title: str) -> Solution:
    event = yield from _event(title)
    room = yield get_meeting_room(room_id=event["room_id"])
    return room["phone"]


@task(calendar)
def attendees_of_event(scene: Scene) -> Request:
    """Look up a list."""
    event = scene.pick("events", lambda e: len(e["attendees"]) > 1)
    return ask(
        "Tell me the email addresses of all attendees of the event '{title}'.",
        title=event["title"],
    )


@attendees_of_event.solution
def _(title: str) -> Solution:
    event = yield from _event(title)
    return event["attendees"]


@task(calendar)
def booked_minutes(scene: Scene) -> Request:
    """Add up what is listed, but for what was cancelled."""
    day, events = _busy_day(scene, 5)
    scene.world.put("events", {**events[0], "minutes": scene.rng.integer(61, 74)})
    scene.world.put("events", {**events[-1], "status": "cancelled"})
    return ask(
        "How many minutes do the events on {date} take, all in all?",
        "Do not count cancelled ones.",
        date=day,
    )


@booked_minutes.solution
def _(date: str) -> Solution:
    events = yield list_events(date=date, status="confirmed")
    return sum(event["minutes"] for event in events)


@task(calendar)
def largest_event(scene: Scene) -> Request:
    """The largest of several."""
    day, events = _busy_day(scene, scene.rng.integer(4, 6))
    _attended(scene, scene.rng.pick(events), scene.rng.integer(5, 8))
    return ask(
        "Which event on {date} has the most attendees?",
        "Report its id.",
        date=day,
    )


@largest_event.solution
def _(date: str) -> Solution:
    events = yield list_events(date=date)
    return max(events, key=lambda event: len(event["attendees"]))["id"]


@task(calendar)
def first_gap(scene: Scene) -> Request:
    """Find a time that nothing occupies."""
    day, events = _busy_day(scene, 4)
    scene.world.put("events", {**events[0], "minutes": scene.rng.integer(20, 110)})
    return ask(
        "I need {minutes} minutes without an event on {date}, between 09:00 and 18:00.",
        "When could they begin at the earliest?",
        minutes=scene.rng.pick((30, 45, 60)),
        date=day,
    )


@first_gap.solution
def _(minutes: int, date: str) -> Solution:
    return (yield find_free_slot(date=date, minutes=minutes, after="09:00", before="18:00"))


@task(calendar)
def follow_up(scene: Scene) -> Request:
    """Enter an event with what another one tells, at a time that is to be found."""
    day, _ = _busy_day(scene, 4)
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
    event = yield from _event(title)
    start = yield find_free_slot(date=date, minutes=minutes)
    yield create_event(
        title=f"{title}: follow-up",
        date=date,
        start=start,
        minutes=minutes,
        attendees=event["attendees"],
    )
    return None


@task(calendar)
def cancel_one(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    event = scene.pick("events", _confirmed)
    days = scene.rng.integer(0, 2 * scene.policy["notice_days"] - 1)
    scene.world.put("events", {**event, "date": shifted(scene.world.today, days)})
    return ask("Nobody needs the event '{title}' any more.", "Cancel it.", title=event["title"])


@cancel_one.solution
def _(title: str, notice_days: int, today: str) -> Solution:
    event = yield from _event(title)
    if days_between(today, event["date"]) < notice_days:
        return Refusal(event["id"])
    yield cancel_event(event_id=event["id"])
    return None


@task(calendar)
def invite_one(scene: Scene) -> Request:
    """A number in a rule limits how many."""
    event, guest = scene.pick("events", _confirmed), scene.rng.pick(scene.people[1:])
    day = shifted(scene.world.today, scene.rng.integer(1, 40))
    size = scene.rng.integer(1, 2 * scene.policy["most_attendees"] - 2)
    _attended(scene, {**event, "date": day}, size, without=guest.email)
    return ask(
        "{email} would like to come to the event '{title}'.",
        "Add them.",
        email=guest.email,
        title=event["title"],
    )


@invite_one.solution
def _(email: str, title: str, most_attendees: int) -> Solution:
    event = yield from _event(title)
    if len(event["attendees"]) >= most_attendees:
        return Refusal(event["date"])
    yield add_attendee(event_id=event["id"], email=email)
    return None


@task(calendar)
def book_named_room(scene: Scene) -> Request:
    """A number in a rule limits how long."""
    _, (event,) = _busy_day(scene, 1)
    minutes = 15 * scene.rng.integer(2, 2 * scene.policy["room_minutes"] // 15)
    scene.world.put("events", {**event, "minutes": minutes})
    return ask(
        "The event '{title}' is to take place in the room {room}.",
        "Book it.",
        title=event["title"],
        room=scene.pick("meeting_rooms")["name"],
    )


@book_named_room.solution
def _(title: str, room: str, room_minutes: int) -> Solution:
    event = yield from _event(title)
    rooms = yield list_meeting_rooms()
    wanted = next(r for r in rooms if r["name"] == room)
    if event["minutes"] > room_minutes:
        return Refusal(wanted["phone"])
    yield book_room(event_id=event["id"], room_id=wanted["id"])
    return None


@task(calendar)
def book_smallest_room(scene: Scene) -> Request:
    """The smallest of what meets two conditions."""
    _, (event, other) = _busy_day(scene, 2)
    size = scene.rng.integer(2, 5)
    _attended(scene, {**event, "minutes": scene.rng.pick((30, 45, 60))}, size)
    room = scene.pick("meeting_rooms", lambda r: r["seats"] > size)
    scene.world.put("events", {**other, "start": event["start"], "room_id": room["id"]})
    return ask(
        "Book the smallest room for the event '{title}' that is free then and has a seat for each"
        " attendee and one for me.",
        "Report the room's phone number.",
        title=event["title"],
    )


@book_smallest_room.solution
def _(title: str) -> Solution:
    event = yield from _event(title)
    rooms = yield list_free_rooms(
        date=event["date"], start=event["start"], minutes=event["minutes"]
    )
    fitting = [room for room in rooms if room["seats"] > len(event["attendees"])]
    smallest = min(fitting, key=lambda room: int(room["seats"]))
    yield book_room(event_id=event["id"], room_id=smallest["id"])
    return smallest["phone"]


@task(calendar)
def move_day(scene: Scene) -> Request:
    """As many calls as there are events on a day."""
    day, _ = _busy_day(scene, scene.rng.integer(6, 7))
    return ask(
        "I cannot work on {date}.",
        "Move all events of that day that are not cancelled to {other}, each at the same time of"
        " day as before.",
        date=day,
        other=shifted(day, scene.rng.integer(1, 6)),
    )


@move_day.solution
def _(date: str, other: str) -> Solution:
    for event in (yield list_events(date=date, status="confirmed")):
        yield reschedule_event(event_id=event["id"], date=other, start=event["start"])
    return None


@task(calendar)
def shorten_day(scene: Scene) -> Request:
    """A condition on each event of a day."""
    day, events = _busy_day(scene, scene.rng.integer(4, 6))
    for event in events[:2]:
        scene.world.put("events", {**event, "minutes": 15 * scene.rng.integer(5, 7)})
    return ask(
        "No event on {date} should last longer than {most} minutes.",
        "Shorten those that do to {most} minutes, but leave cancelled ones as they are.",
        date=day,
        most=scene.rng.pick((40, 50, 60, 70)),
    )


@shorten_day.solution
def _(date: str, most: int) -> Solution:
    for event in (yield list_events(date=date, status="confirmed")):
        if event["minutes"] > most:
            yield set_duration(event_id=event["id"], minutes=most)
    return None


@task(calendar)
def drop_person(scene: Scene) -> Request:
    """As many calls as somebody's events meet two conditions."""
    person = scene.rng.pick(scene.people[1:])
    for n, event in enumerate(scene.sample("events", 9, _confirmed)):
        days = scene.rng.integer(1, 20) if n < 7 else -scene.rng.integer(1, 8)
        attendees = sorted({*event["attendees"], person.email})
        changes = {"date": shifted(scene.world.today, days), "attendees": attendees}
        scene.world.put("events", {**event, **changes, "room_id": None})
    return ask(
        "{email} has left us.",
        "Remove them from all events after today, {today}, that are not cancelled.",
        email=person.email,
    )


@drop_person.solution
def _(email: str, today: str) -> Solution:
    for event in (yield list_events(attendee=email, status="confirmed")):
        if event["date"] > today:
            yield remove_attendee(event_id=event["id"], email=email)
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
def call_off(scene: Scene) -> Request:
    """Cancel something, and write to everybody whom it concerns."""
    _, (event,) = _busy_day(scene, 1)
    _attended(scene, event, scene.rng.integer(5, 7))
    return ask(
        "Cancel the event '{title}'.",
        "Then write a mail of its own to each attendee.",
        "The text of each must contain the event's date.",
        title=event["title"],
    )


@call_off.solution
def _(title: str) -> Solution:
    event = yield from _event(title)
    yield cancel_event(event_id=event["id"])
    for email in event["attendees"]:
        yield send_mail(to=email, subject=title, body=f"We will not meet on {event['date']}.")
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
    day, _ = _busy_day(scene, 4)
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


def _busy_day(scene: Scene, count: int) -> tuple[str, list[Row]]:
    """Put some confirmed events, the first at nine, on a day that had none before."""
    day = shifted(scene.world.today, scene.rng.integer(30, 60))
    events = []
    for n, event in enumerate(scene.sample("events", count, _confirmed)):
        start = f"{9 + 2 * n:02}:{15 * scene.rng.integer(0, 2) if n else 0:02}"
        changes = {"date": day, "start": start, "room_id": None}
        events.append(scene.world.put("events", {**event, **changes}))
    return day, events


def _attended(scene: Scene, event: Row, size: int, without: str = "") -> Row:
    emails = [person.email for person in scene.people[1:] if person.email != without]
    attendees = sorted(scene.rng.sample(emails, size))
    return scene.world.put("events", {**event, "attendees": attendees})


def _event(title: str) -> Generator[ToolCall, Any, Row]:
    found = yield search_events(text=title)
    return next(event for event in found if event["title"] == title)


def _confirmed(row: Row) -> bool:
    return bool(row["status"] == "confirmed")
