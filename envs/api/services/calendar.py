"""A calendar: events, who attends them, meeting rooms."""

import datetime
from collections.abc import Generator, Iterable, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from wildgym.envs.api.service import Service, Value, only
from wildgym.envs.dates import shifted
from wildgym.envs.people import Address, Person
from wildgym.tools import Rng, Row, TableType, ToolCall, ToolError, World

calendar = Service(
    "calendar",
    tables={
        "events": TableType("EVT", prose=frozenset({"title"})),
        "meeting_rooms": TableType("MRM"),
    },
    rules=(
        "Cancel or move only events that are at least {notice_days} days away; for a nearer one,"
        " report its id.",
        "Add nobody to an event that has {most_attendees} attendees or more already; report its"
        " date instead.",
        "Book a room only for events of at most {room_minutes} minutes; for a longer one, report"
        " the room's phone number.",
    ),
    values={
        "notice_days": Value(3, (1, 2, 5, 7, 10)),
        "most_attendees": Value(6, (3, 4, 5, 8, 9)),
        "room_minutes": Value(120, (60, 90, 150, 180)),
    },
)

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Minutes = Annotated[int, Field(ge=5, le=600)]
Status = Literal["confirmed", "cancelled"]

_TOPICS = (
    "Budget", "Website", "Harbour", "Hiring", "Garden", "Museum", "Festival", "Library", "Tram",
    "Archive", "Concert", "Kitchen", "Lighting", "Parking", "Catalogue", "Insurance", "Newsletter",
    "Orchard", "Pavilion", "Recycling", "School", "Theatre", "Uniform", "Warehouse", "Workshop",
)  # fmt: skip
_KINDS = ("review", "kickoff", "briefing", "call", "lunch")
_ROOMS = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Larch", "Maple", "Rowan", "Willow")
_STATUSES = ("confirmed", "confirmed", "confirmed", "confirmed", "cancelled")


@calendar.world
def generate(rng: Rng, people: Sequence[Person], today: str) -> dict[str, list[Row]]:
    """Draw rooms of different sizes, and events of some weeks, none of which overlap."""
    seats = rng.sample(range(4, 20), 6)
    rooms: list[Row] = [
        {
            "id": f"MRM-{20 + 3 * n}",
            "name": name,
            "seats": seats[n],
            "phone": f"+4940{rng.integer(1_000_000, 9_999_999)}",
        }
        for n, name in enumerate(rng.sample(_ROOMS, 6))
    ]
    emails = [person.email for person in people[1:]]
    times = sorted(rng.sample(range(-40, 100), 20))
    return {
        "events": [
            _event(n, rng, topic, shifted(today, time // 5), time % 5, emails, rooms)
            for n, (topic, time) in enumerate(zip(rng.sample(_TOPICS, 20), times, strict=True))
        ],
        "meeting_rooms": rooms,
    }


def _event(
    n: int, rng: Rng, topic: str, day: str, slot: int, emails: Sequence[str], rooms: Sequence[Row]
) -> Row:
    status = rng.pick(_STATUSES)
    seated = status == "confirmed" and rng.chance(0.5)
    return {
        "id": f"EVT-{1500 + 13 * n}",
        "title": f"{topic} {rng.pick(_KINDS)}",
        "date": day,
        "start": f"{9 + 2 * slot:02}:{15 * rng.integer(0, 2):02}",
        "minutes": 15 * rng.integer(2, 6),
        "attendees": sorted(rng.sample(emails, rng.integer(1, 3))),
        "room_id": rng.pick(rooms)["id"] if seated else None,
        "status": status,
    }


@calendar.reads
def list_events(
    world: World,
    date: datetime.date | None = None,
    attendee: Address | None = None,
    status: Status | None = None,
) -> list[Row]:
    """List the events of the user's calendar, oldest id first.

    Args:
        date: Only events on this date, YYYY-MM-DD.
        attendee: Only events that somebody with this email address attends.
        status: Only events with this status.
    """
    return [
        r
        for r in world.rows("events")
        if (date is None or r["date"] == date.isoformat())
        and (attendee is None or attendee.lower() in r["attendees"])
        and status in (None, r["status"])
    ]


@calendar.reads
def get_event(world: World, event_id: str) -> Row:
    """Get one event.

    Args:
        event_id: The event's id.
    """
    return world.row("events", event_id)


@calendar.reads
def search_events(world: World, text: str) -> list[Row]:
    """Find events, on any date, whose title contains a text.

    Args:
        text: What to look for; upper and lower case are the same.
    """
    return [r for r in world.rows("events") if text.casefold() in r["title"].casefold()]


@calendar.reads
def find_conflicts(world: World, date: datetime.date, start: Clock, minutes: Minutes) -> list[Row]:
    """List the confirmed events that take place at a given time, even if only partly.

    Args:
        date: The date, YYYY-MM-DD.
        start: From when on, HH:MM.
        minutes: For how long.
    """
    return _clashing(world, date.isoformat(), start, minutes)


@calendar.reads
def find_free_slot(
    world: World,
    date: datetime.date,
    minutes: Minutes,
    after: Clock = "09:00",
    before: Clock = "18:00",
) -> str:
    """Find the earliest time on a date, HH:MM, at which no confirmed event is in the way.

    Args:
        date: The date, YYYY-MM-DD.
        minutes: How long the slot has to be.
        after: When it may begin at the earliest, HH:MM. Default: 09:00.
        before: When it has to be over, HH:MM. Default: 18:00.
    """
    events = world.rows("events", date=date.isoformat(), status="confirmed")
    return _first_gap(events, minutes, after, before)


@calendar.reads
def list_meeting_rooms(world: World, least_seats: int = 0) -> list[Row]:
    """List the meeting rooms.

    Args:
        least_seats: Leave out rooms with fewer seats. Default: 0.
    """
    return [r for r in world.rows("meeting_rooms") if r["seats"] >= least_seats]


@calendar.reads
def get_meeting_room(world: World, room_id: str) -> Row:
    """Get one meeting room.

    Args:
        room_id: The room's id.
    """
    return world.row("meeting_rooms", room_id)


@calendar.reads
def list_free_rooms(world: World, date: datetime.date, start: Clock, minutes: Minutes) -> list[Row]:
    """List the meeting rooms that no confirmed event uses at a given time.

    Args:
        date: The date, YYYY-MM-DD.
        start: From when on, HH:MM.
        minutes: For how long.
    """
    taken = {event["room_id"] for event in _clashing(world, date.isoformat(), start, minutes)}
    return [r for r in world.rows("meeting_rooms") if r["id"] not in taken]


@calendar.writes
def create_event(
    world: World,
    title: str,
    date: datetime.date,
    start: Clock,
    minutes: Minutes,
    attendees: list[Address],
) -> Row:
    """Enter an event, without a room; other events at that time are no hindrance.

    Args:
        title: What it is about.
        date: The date, YYYY-MM-DD.
        start: When it begins, HH:MM.
        minutes: How long it lasts.
        attendees: The email addresses of everybody who attends besides the user.
    """
    day = date.isoformat()
    _check_time(world, day, start, minutes)
    return world.create(
        "events",
        title=title,
        date=day,
        start=start,
        minutes=minutes,
        attendees=sorted({attendee.lower() for attendee in attendees}),
        room_id=None,
        status="confirmed",
    )


@calendar.writes
def reschedule_event(world: World, event_id: str, date: datetime.date, start: Clock) -> Row:
    """Move an event to another time; it keeps its room, which has to be free then.

    Args:
        event_id: The event's id.
        date: The new date, YYYY-MM-DD.
        start: When it begins then, HH:MM.
    """
    moved = {**_confirmed(world, event_id), "date": date.isoformat(), "start": start}
    _check_time(world, moved["date"], start, moved["minutes"])
    _check_room(world, moved)
    return world.put("events", moved)


@calendar.writes
def set_duration(world: World, event_id: str, minutes: Minutes) -> Row:
    """Make an event shorter or longer; if it has a room, that has to be free for so long.

    Args:
        event_id: The event's id.
        minutes: How long it lasts.
    """
    changed = {**_confirmed(world, event_id), "minutes": minutes}
    _check_time(world, changed["date"], changed["start"], minutes)
    _check_room(world, changed)
    return world.put("events", changed)


@calendar.writes
def cancel_event(world: World, event_id: str) -> Row:
    """Cancel an event, and give up its room; it stays listed.

    Args:
        event_id: The event's id.
    """
    _confirmed(world, event_id)
    return world.update("events", event_id, status="cancelled", room_id=None)


@calendar.writes
def add_attendee(world: World, event_id: str, email: Address) -> Row:
    """Add somebody to an event.

    Args:
        event_id: The event's id.
        email: The email address of who attends too.
    """
    attendees = _confirmed(world, event_id)["attendees"]
    if email.lower() in attendees:
        raise ToolError("already_there", f"{email} attends {event_id} already.")
    return world.update("events", event_id, attendees=sorted([*attendees, email.lower()]))


@calendar.writes
def remove_attendee(world: World, event_id: str, email: Address) -> Row:
    """Remove somebody from an event.

    Args:
        event_id: The event's id.
        email: The email address of who does not attend any more.
    """
    attendees = _confirmed(world, event_id)["attendees"]
    if email.lower() not in attendees:
        raise ToolError("not_there", f"{email} does not attend {event_id}.")
    return world.update("events", event_id, attendees=[a for a in attendees if a != email.lower()])


@calendar.writes
def book_room(world: World, event_id: str, room_id: str) -> Row:
    """Book a meeting room for an event, in place of one that it had.

    Args:
        event_id: The event's id.
        room_id: The room's id; it has to be free, and to seat all attendees and the user.
    """
    event, room = _confirmed(world, event_id), world.row("meeting_rooms", room_id)
    if room["seats"] <= len(event["attendees"]):
        raise ToolError("too_small", f"{room_id} has only {room['seats']} seats.")
    booked = {**event, "room_id": room_id}
    _check_room(world, booked)
    return world.put("events", booked)


@calendar.writes
def release_room(world: World, event_id: str) -> Row:
    """Give up the room of an event.

    Args:
        event_id: The event's id.
    """
    if _confirmed(world, event_id)["room_id"] is None:
        raise ToolError("no_room", f"{event_id} has no room.")
    return world.update("events", event_id, room_id=None)


def _confirmed(world: World, event_id: str) -> Row:
    event = world.row("events", event_id)
    if event["status"] != "confirmed":
        raise ToolError("wrong_status", f"{event_id} is {event['status']}, not confirmed.")
    return event


def _check_time(world: World, day: str, start: str, minutes: int) -> None:
    if day < world.today:
        raise ToolError("in_the_past", f"{day} is over: today is {world.today}.")
    if _minutes(start) + minutes > 24 * 60:
        raise ToolError("past_midnight", "An event has to end on the day on which it begins.")


def _check_room(world: World, event: Row) -> None:
    at_once = _clashing(world, event["date"], event["start"], event["minutes"])
    for other in at_once:
        if other["id"] != event["id"] and other["room_id"] == event["room_id"] is not None:
            raise ToolError("room_taken", f"{other['id']} has {event['room_id']} at that time.")


def _clashing(world: World, day: str, start: str, minutes: int) -> list[Row]:
    first = _minutes(start)
    return [
        r
        for r in world.rows("events", date=day, status="confirmed")
        if _minutes(r["start"]) < first + minutes and first < _minutes(r["start"]) + r["minutes"]
    ]


def _first_gap(events: Iterable[Row], minutes: int, after: str, before: str) -> str:
    free = _minutes(after)
    for event in sorted(events, key=lambda e: str(e["start"])):
        begins = _minutes(event["start"])
        if begins >= free + minutes:
            break
        free = max(free, begins + event["minutes"])
    if free + minutes > _minutes(before):
        raise ToolError("no_free_slot", f"There are no {minutes} free minutes before {before}.")
    return f"{free // 60:02}:{free % 60:02}"


def _minutes(clock: str) -> int:
    return 60 * int(clock[:2]) + int(clock[3:])


@calendar.without(get_event)
def _(event_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_events()), event_id)


@calendar.without(search_events)
def _(text: str) -> Generator[ToolCall, Any, list[Row]]:
    return [r for r in (yield list_events()) if text.casefold() in r["title"].casefold()]


@calendar.without(find_free_slot)
def _(
    date: str, minutes: int, after: str = "09:00", before: str = "18:00"
) -> Generator[ToolCall, Any, str]:
    events = yield list_events(date=date, status="confirmed")
    return _first_gap(events, minutes, after, before)


@calendar.without(get_meeting_room)
def _(room_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_meeting_rooms()), room_id)


@calendar.without(list_free_rooms)
def _(date: str, start: str, minutes: int) -> Generator[ToolCall, Any, list[Row]]:
    clashing = yield find_conflicts(date=date, start=start, minutes=minutes)
    taken = {event["room_id"] for event in clashing}
    return [room for room in (yield list_meeting_rooms()) if room["id"] not in taken]
