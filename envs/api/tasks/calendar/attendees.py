"""Tasks about who comes to events."""

from wildgym.envs.api.services.calendar import add_attendee, calendar, list_events, remove_attendee
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.calendar.arranging import attended, confirmed, find_event
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Refusal, Solution


@task(calendar)
def invite_one(scene: Scene) -> Request:
    """A number in a rule limits how many."""
    event, guest = scene.pick("events", confirmed), scene.rng.pick(scene.people[1:])
    day = shifted(scene.world.today, scene.rng.integer(1, 40))
    size = scene.rng.integer(1, 2 * scene.policy["most_attendees"] - 2)
    attended(scene, {**event, "date": day}, size, without=guest.email)
    return ask(
        "{email} would like to come to the event '{title}'.",
        "Add them.",
        email=guest.email,
        title=event["title"],
    )


@invite_one.solution
def _(email: str, title: str, most_attendees: int) -> Solution:
    event = yield from find_event(title)
    if len(event["attendees"]) >= most_attendees:
        return Refusal(event["date"])
    yield add_attendee(event_id=event["id"], email=email)
    return None


@task(calendar)
def drop_person(scene: Scene) -> Request:
    """As many calls as somebody's events meet two conditions."""
    person = scene.rng.pick(scene.people[1:])
    for n, event in enumerate(scene.sample("events", 9, confirmed)):
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
