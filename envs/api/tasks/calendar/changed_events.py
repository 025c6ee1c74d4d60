"""Tasks about moving, shortening and cancelling events."""

from wildgym.envs.api.services.calendar import (
    calendar,
    cancel_event,
    list_events,
    reschedule_event,
    set_duration,
)
from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.calendar.arranging import attended, busy_day, confirmed, find_event
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.scenario import Refusal, Solution


@task(calendar)
def cancel_one(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    event = scene.pick("events", confirmed)
    days = scene.rng.integer(0, 2 * scene.policy["notice_days"] - 1)
    scene.world.put("events", {**event, "date": shifted(scene.world.today, days)})
    return ask("Nobody needs the event '{title}' any more.", "Cancel it.", title=event["title"])


@cancel_one.solution
def _(title: str, notice_days: int, today: str) -> Solution:
    event = yield from find_event(title)
    if days_between(today, event["date"]) < notice_days:
        return Refusal(event["id"])
    yield cancel_event(event_id=event["id"])
    return None


@task(calendar)
def move_day(scene: Scene) -> Request:
    """As many calls as there are events on a day."""
    day, _ = busy_day(scene, scene.rng.integer(6, 7))
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
    day, events = busy_day(scene, scene.rng.integer(4, 6))
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


@task(calendar, mail)
def call_off(scene: Scene) -> Request:
    """Cancel something, and write to everybody whom it concerns."""
    _, (event,) = busy_day(scene, 1)
    attended(scene, event, scene.rng.integer(5, 7))
    return ask(
        "Cancel the event '{title}'.",
        "Then write a mail of its own to each attendee.",
        "The text of each must contain the event's date.",
        title=event["title"],
    )


@call_off.solution
def _(title: str) -> Solution:
    event = yield from find_event(title)
    yield cancel_event(event_id=event["id"])
    for email in event["attendees"]:
        yield send_mail(to=email, subject=title, body=f"We will not meet on {event['date']}.")
    return None
