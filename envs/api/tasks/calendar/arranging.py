"""Arranging events for a task, and finding one."""

from collections.abc import Generator
from typing import Any

from wildgym.envs.api.services.calendar import search_events
from wildgym.envs.api.task import Scene
from wildgym.envs.dates import shifted
from wildgym.tools import Row, ToolCall


def busy_day(scene: Scene, count: int) -> tuple[str, list[Row]]:
    """Put some confirmed events, the first at nine, on a day that had none before."""
    day = shifted(scene.world.today, scene.rng.integer(30, 60))
    events = []
    for n, event in enumerate(scene.sample("events", count, confirmed)):
        start = f"{9 + 2 * n:02}:{15 * scene.rng.integer(0, 2) if n else 0:02}"
        changes = {"date": day, "start": start, "room_id": None}
        events.append(scene.world.put("events", {**event, **changes}))
    return day, events


def attended(scene: Scene, event: Row, size: int, without: str = "") -> Row:
    """Draw the attendees of an event, never the one `without`."""
    emails = [person.email for person in scene.people[1:] if person.email != without]
    attendees = sorted(scene.rng.sample(emails, size))
    return scene.world.put("events", {**event, "attendees": attendees})


def find_event(title: str) -> Generator[ToolCall, Any, Row]:
    """Find an event by its exact title."""
    found = yield search_events(text=title)
    return next(event for event in found if event["title"] == title)


def confirmed(row: Row) -> bool:
    """Return whether an event is confirmed."""
    return bool(row["status"] == "confirmed")
