"""Tasks about booking meeting rooms."""

from wildgym.envs.api.services.calendar import (
    book_room,
    calendar,
    list_free_rooms,
    list_meeting_rooms,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.calendar.arranging import attended, busy_day, find_event
from wildgym.envs.scenario import Refusal, Solution


@task(calendar)
def book_named_room(scene: Scene) -> Request:
    """A number in a rule limits how long."""
    _, (event,) = busy_day(scene, 1)
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
    event = yield from find_event(title)
    rooms = yield list_meeting_rooms()
    wanted = next(r for r in rooms if r["name"] == room)
    if event["minutes"] > room_minutes:
        return Refusal(wanted["phone"])
    yield book_room(event_id=event["id"], room_id=wanted["id"])
    return None


@task(calendar)
def book_smallest_room(scene: Scene) -> Request:
    """The smallest of what meets two conditions."""
    _, (event, other) = busy_day(scene, 2)
    size = scene.rng.integer(2, 5)
    attended(scene, {**event, "minutes": scene.rng.pick((30, 45, 60))}, size)
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
    event = yield from find_event(title)
    rooms = yield list_free_rooms(
        date=event["date"], start=event["start"], minutes=event["minutes"]
    )
    fitting = [room for room in rooms if room["seats"] > len(event["attendees"])]
    smallest = min(fitting, key=lambda room: int(room["seats"]))
    yield book_room(event_id=event["id"], room_id=smallest["id"])
    return smallest["phone"]
