"""A training day: who comes, where they sit, what they eat, and what that costs."""

import math
import re

from wildgym.envs.api.services.bank import find_payees, list_accounts, pay
from wildgym.envs.api.services.calendar import (
    add_attendee,
    book_room,
    list_free_rooms,
    remove_attendee,
    search_events,
)
from wildgym.envs.api.services.mail import search_mails, send_mail
from wildgym.envs.dates import shifted
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    first,
    number,
    read_policy,
    received,
    rows_of,
    write_rows,
)
from wildgym.envs.desk.scene import Scene
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.writing import csv_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution

_SIGNED_UP = ("name", "email", "status")
_SUBJECTS = ("First aid", "Negotiation", "Fire safety", "Spreadsheets", "Rhetoric", "Writing")


@job
def training_day(scene: Scene) -> Drawn:
    """Sign-ups in a file, cancellations by mail, more of them while one works; room and lunch."""
    rng, world = scene.rng, scene.world
    subject, caterer = rng.pick(_SUBJECTS), rng.pick(world.rows("payees"))
    account = world.put("accounts", {**scene.pick("accounts"), "balance": scene.cents(3000, 9500)})
    office = scene.people[13]
    guests = [p for p in scene.people[1:13] if p.email != caterer["email"]][:11]
    day = shifted(scene.today, rng.integer(105, 140))
    world.put(
        "events",
        {
            **{"id": "EVT-1990", "title": f"Training day: {subject}", "date": day},
            **{"start": "09:30", "minutes": 90, "room_id": None, "status": "confirmed"},
            "attendees": sorted(p.email for p in guests[:4]),
        },
    )
    for n, room in enumerate(world.rows("meeting_rooms")):
        world.update("meeting_rooms", room["id"], seats=4 + 3 * n + rng.integer(0, 2))
    status = ["confirmed"] * 8 + ["waiting"] * 3
    early, late = guests[rng.pick((1, 5))], guests[rng.pick((2, 3, 6))]
    text = f"I cannot come to the training day about {subject}."
    scene.mail(early, "Training day: cancellation", text, rng.integer(1, 4))
    scene.mail(guests[8], "Training day: question", f"Is {subject} on the first or second floor?")
    scene.arrives(
        500, late, "Training day: cancellation", f"{subject} has to take place without me, sorry."
    )
    scene.arrives(
        900,
        office,
        "Training day: closed",
        f"The list for {subject} is closed, nothing comes in any more.",
    )
    rows = [(p.name, p.email, s) for p, s in zip(guests, status, strict=True)]
    path = scene.file("training/sign-ups.csv", csv_text(_SIGNED_UP, rows))
    settled = ["confirmed"] * 10 + ["waiting"]
    after = [
        (p.name, p.email, "cancelled" if p in (early, late) else s)
        for p, s in zip(guests, settled, strict=True)
    ]
    price, spare = scene.cents(11, 24), rng.integer(11, 29)
    policy = scene.publish(
        "Training days",
        "Who cancels by mail is marked as cancelled in the list. Places that become free go to"
        " those who wait, in the order of the list: they are marked as confirmed. There are 8"
        " places.",
        "The event in the calendar is attended by those who are confirmed in the end, and nobody"
        " else. It gets the free room with the fewest seats that seats them and the user.",
        f"Lunch is ordered for the number of those who are confirmed and {spare} percent more,"
        f" rounded up, at {price:.2f} EUR each, and paid in advance, with the date of the event as"
        " the note.",
        older={f"{spare} percent": f"{spare + 20} percent", f"{price:.2f}": f"{price + 2:.2f}"},
    )
    code = f"MENU{rng.integer(100, 999)}"
    scene.vanishing(office, "What there is for lunch", f"We take {code} for the training day.")
    return ask(
        "Prepare the training day about {subject}: the list is {path}, and the event is in my"
        " calendar already.",
        "Our policy '{policy}' says how it is done.",
        "People may still cancel; {office} will mail me when the list is closed: wait for that.",
        "Lunch comes from {caterer}, who is paid from my account '{account}', and gets one mail:"
        " how many lunches, for which date, and the code of the menu that I was sent in the mail"
        " 'What there is for lunch'.",
        "Report how many lunches there will be.",
        subject=subject,
        path=path,
        policy=policy,
        office=office.name,
        caterer=caterer["name"],
        account=account["name"],
    ), Aims(
        {
            "event_arranged": ("events",),
            "paid": ("transactions", "accounts"),
            "caterer_told": ("mails",),
        },
        {"list_updated": {path: Csv(_SIGNED_UP, after)}},
    )


@training_day.solution
def _(subject: str, path: str, policy: str, office: str, caterer: str, account: str) -> Solution:
    (told,) = received((yield search_mails(text="What there is for lunch")))
    code = re.findall(r"MENU\d+", told["body"])[0]
    rules = yield from read_policy(policy)
    (event,) = [e for e in (yield search_events(text=subject)) if "Training day" in e["title"]]
    rows = yield from rows_of(path)
    yield from awaited("Training day: closed", (yield from email_of(office)))
    letters = received((yield search_mails(text="Training day: cancellation")))
    away = {letter["sender"] for letter in letters}
    places = int(number(rules, "There are", "places"))
    _settle(rows, away, places)
    yield from write_rows(path, _SIGNED_UP, [tuple(row.values()) for row in rows])
    coming = [row["email"] for row in rows if row["status"] == "confirmed"]
    for email in event["attendees"]:
        if email not in coming:
            yield remove_attendee(event_id=event["id"], email=email)
    for email in coming:
        if email not in event["attendees"]:
            yield add_attendee(event_id=event["id"], email=email)
    day = event["date"]
    free = yield list_free_rooms(date=day, start=event["start"], minutes=event["minutes"])
    fitting = [room for room in free if room["seats"] > len(coming)]
    room = min(fitting, key=lambda room: int(room["seats"]))
    yield book_room(event_id=event["id"], room_id=room["id"])
    more = int(number(rules, "confirmed and", "percent more"))
    lunches = math.ceil(len(coming) * (100 + more) / 100)
    amount = round(lunches * number(rules, "rounded up, at", "EUR"), 2)
    paying = first((yield list_accounts()), name=account)
    (payee,) = yield find_payees(text=caterer)
    yield pay(account_id=paying["id"], payee_id=payee["id"], amount=amount, note=day)
    body = f"We need {lunches} lunches on {day}. The menu is {code}."
    yield send_mail(to=payee["email"], subject="Lunch", body=body)
    return lunches


def _settle(rows: list[dict[str, str]], away: set[str], places: int) -> None:
    """Mark who has cancelled, and let those move up who wait."""
    for row in rows:
        if row["email"] in away:
            row["status"] = "cancelled"
    for row in rows:
        confirmed = sum(other["status"] == "confirmed" for other in rows)
        if row["status"] == "waiting" and confirmed < places:
            row["status"] = "confirmed"
