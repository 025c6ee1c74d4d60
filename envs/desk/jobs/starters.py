"""Somebody new: events, a room, tickets, an account, a mail with what was told only once."""

import re

from wildgym.envs.api.services.calendar import (
    book_room,
    create_event,
    list_free_rooms,
)
from wildgym.envs.api.services.mail import search_mails, send_mail
from wildgym.envs.api.services.tickets import list_teams, open_ticket
from wildgym.envs.dates import shifted
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    first,
    read_policy,
    read_table,
    received,
    rows_of,
    write_rows,
)
from wildgym.envs.desk.scene import Scene, table
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.writing import csv_text
from wildgym.envs.people import cast
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution

_ACCOUNTS = ("login", "name", "group", "since")
_STARTERS = ("name", "email", "department", "starts_on")
_DEPARTMENTS = ("sales", "support", "finance", "design", "platform", "logistics")
_EQUIPMENT = ("laptop", "phone", "badge", "headset", "monitor", "key card")


@job
def onboarding(scene: Scene) -> Drawn:
    """Events, a room, tickets, an account for somebody new, whose mentor is named meanwhile."""
    rng, world = scene.rng, scene.world
    known = {person.name.split()[-1] for person in scene.people}
    strangers = [p for p in cast(rng, scene.split, 25) if p.name.split()[-1] not in known]
    new, *others = strangers[:5]
    manager, mentor, clerk = scene.people[9], scene.people[10], scene.people[12]
    starts = shifted(scene.today, rng.integer(110, 140))
    department = rng.pick(_DEPARTMENTS)
    starters = [(p.name, p.email, rng.pick(_DEPARTMENTS), scene.ago(300, 20)) for p in others] + [
        (new.name, new.email, department, starts)
    ]
    people = scene.file("staff/starters.csv", csv_text(_STARTERS, rng.shuffled(starters)))
    groups = {name: f"grp-{rng.integer(100, 999)}" for name in _DEPARTMENTS}
    listed = scene.publish(
        "Groups of departments",
        table(("department", "group"), list(groups.items())),
        older={group: f"{group}-old" for group in groups.values()},
    )
    accounts = [
        (_login(p.name), p.name, groups[rng.pick(_DEPARTMENTS)], scene.ago(900, 100))
        for p in scene.people[1:9]
    ]
    path = scene.file("staff/accounts.csv", csv_text(_ACCOUNTS, accounts))
    things = rng.sample(_EQUIPMENT, 3)
    teams = world.rows("teams")
    needed = "; ".join(
        f"the team '{team['name']}' about '{thing}'"
        for team, thing in zip(teams, things, strict=True)
    )
    start, minutes = (
        f"{rng.integer(9, 11):02}:{rng.pick(('00', '15', '30'))}",
        rng.pick((45, 60, 75)),
    )
    policy = scene.publish(
        "First day",
        f"On the first day there is an event 'Welcome' at {start}, for {minutes} minutes, which the"
        " new colleague, the manager and the mentor attend. It gets the free room with the fewest"
        " seats that seats them and the user.",
        f"Three tickets of normal priority are opened for the new colleague's address: {needed}."
        " What it is about is the subject.",
        "The login is the first letter of the first name and the whole last name, in small letters,"
        " and the account belongs to the group of the department, since the first day.",
        older={f"at {start}": "at 08:00", "normal priority": "low priority"},
    )
    code = f"WLAN{rng.integer(10_000, 99_999)}"
    scene.vanishing(clerk, "Access for guests", f"Until there is an account, {code} opens the net.")
    text = f"{mentor.name} will be the mentor."
    scene.arrives(700, manager, f"Mentor of {new.name}", text)
    row = (_login(new.name), new.name, groups[department], starts)
    return ask(
        "{name} starts soon, and is in {people}.",
        "Prepare all that our policy '{policy}' says; '{listed}' says which group it is.",
        "The manager is {manager}, who will mail me who the mentor is: wait for it.",
        "Add the account as the last row of {path}.",
        "At the end, write two mails: to {name}, with the date and time of the event, the login,"
        " and the code that I was sent in the mail 'Access for guests'; and to the mentor, with the"
        " date and time of the event.",
        name=new.name,
        people=people,
        policy=policy,
        listed=listed,
        manager=manager.name,
        path=path,
    ), Aims(
        {
            "event_arranged": ("events",),
            "tickets_opened": ("tickets",),
            "mails_sent": ("mails",),
        },
        {"account_entered": {path: Csv(_ACCOUNTS, [*accounts, row])}},
    )


def _login(name: str) -> str:
    given, family = name.lower().split()
    return f"{given[0]}{family}"


@onboarding.solution
def _(name: str, people: str, policy: str, listed: str, manager: str, path: str) -> Solution:
    (told,) = received((yield search_mails(text="Access for guests")))
    code = re.findall(r"WLAN\d+", told["body"])[0]
    new = first((yield from rows_of(people)), name=name)
    rules = yield from read_policy(policy)
    start, minutes = re.findall(r"at (\d\d:\d\d), for (\d+) minutes", rules)[0]
    groups = {row["department"]: row["group"] for row in (yield from read_table(listed))}
    head = yield from email_of(manager)
    letter = yield from awaited(f"Mentor of {name}", head)
    mentor = yield from email_of(re.findall(r"(.+?) will be the mentor", letter["body"])[0])
    guests, day = [new["email"], head, mentor], new["starts_on"]
    event = yield create_event(
        title="Welcome", date=day, start=start, minutes=int(minutes), attendees=guests
    )
    free = yield list_free_rooms(date=day, start=start, minutes=int(minutes))
    fitting = [room for room in free if room["seats"] > len(guests)]
    room = min(fitting, key=lambda room: int(room["seats"]))
    yield book_room(event_id=event["id"], room_id=room["id"])
    teams = {team["name"]: team["id"] for team in (yield list_teams())}
    for team, thing in re.findall(r"the team '(.+?)' about '(.+?)'", rules):
        yield open_ticket(
            subject=thing, requester=new["email"], team_id=teams[team], priority="normal"
        )
    accounts = yield from rows_of(path)
    kept = [tuple(account.values()) for account in accounts]
    login = _login(name)
    row = (login, name, groups[new["department"]], day)
    yield from write_rows(path, _ACCOUNTS, [*kept, row])
    body = f"Welcome! We meet on {day} at {start}. Your login is {login}; until then, {code}."
    yield send_mail(to=new["email"], subject="Your first day", body=body)
    body = f"You are the mentor of {name}. We meet on {day} at {start}."
    yield send_mail(to=mentor, subject="A new colleague", body=body)
    return None
