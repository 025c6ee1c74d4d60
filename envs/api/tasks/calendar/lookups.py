"""Tasks about looking up events and free time."""

from wildgym.envs.api.services.calendar import (
    calendar,
    find_free_slot,
    get_event,
    get_meeting_room,
    list_events,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.calendar.arranging import attended, busy_day, find_event
from wildgym.envs.scenario import Solution


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
    event = yield from find_event(title)
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
    event = yield from find_event(title)
    return event["attendees"]


@task(calendar)
def booked_minutes(scene: Scene) -> Request:
    """Add up what is listed, but for what was cancelled."""
    day, events = busy_day(scene, 5)
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
    day, events = busy_day(scene, scene.rng.integer(4, 6))
    attended(scene, scene.rng.pick(events), scene.rng.integer(5, 8))
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
    day, events = busy_day(scene, 4)
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
