"""Somebody leaves: tickets are handed over, events go on without them, an account ends."""

from wildgym.envs.api.services.calendar import cancel_event, list_events, remove_attendee
from wildgym.envs.api.services.mail import send_mail
from wildgym.envs.api.services.tickets import (
    assign_ticket,
    find_agents,
    list_agents,
    list_teams,
    list_tickets,
    set_duty,
)
from wildgym.envs.dates import shifted
from wildgym.envs.desk.doing import awaited, first, read_policy, rows_of, write_rows
from wildgym.envs.desk.scene import Scene, Unsuitable
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.solving import Part
from wildgym.envs.files.writing import csv_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Row, World

_ACCOUNTS = ("login", "name", "status", "until")
_HANDED = ("ticket", "to")
_UNSOLVED = ("open", "pending")


@job
def offboarding(scene: Scene) -> Drawn:
    """Hand over the tickets of somebody who leaves, of which another comes in meanwhile."""
    rng, world = scene.rng, scene.world
    team = world.rows("teams")[0]
    lead, leaver, other = world.rows("agents", team_id=team["id"])
    for agent in (lead, leaver, other):
        world.update("agents", agent["id"], on_duty=True)
    for ticket in world.rows("tickets", assignee_id=leaver["id"]):
        world.update("tickets", ticket["id"], assignee_id=other["id"], team_id=team["id"])
    last = shifted(scene.today, rng.integer(2, 4))
    mine = rng.sample([t for t in world.rows("tickets") if t["status"] in _UNSOLVED], 4)
    priorities = rng.shuffled(["urgent", "normal", "high", "low"])
    changes = {"assignee_id": leaver["id"], "team_id": team["id"]}
    for ticket, priority in zip(mine, priorities, strict=True):
        world.update("tickets", ticket["id"], priority=priority, **changes)
    late = {
        **{**mine[0], **changes, "id": "TCK-3980", "priority": rng.pick(("urgent", "low"))},
        **{"subject": "Screen flickers", "status": "open", "opened_on": scene.today},
    }
    scene.happens("ticket", 400, lambda w: _put(w, late))
    text = "From now on, nobody gives me tickets any more; one has just come in."
    scene.arrives(450, scene.person(leaver["email"]), "My last tickets", text)
    ahead = [e for e in world.rows("events") if e["date"] > last and e["status"] == "confirmed"]
    for event in ahead:
        kept = [a for a in event["attendees"] if a != leaver["email"]] or [other["email"]]
        world.update("events", event["id"], attendees=kept)
    if len(ahead) < 3:
        raise Unsuitable("events")
    alone, *together = rng.sample(ahead, 3)
    world.update("events", alone["id"], attendees=[leaver["email"]])
    for event in together:
        whole = sorted({*world.row("events", event["id"])["attendees"], leaver["email"]})
        world.update("events", event["id"], attendees=whole)
    policy = scene.publish(
        "When somebody leaves",
        "Open and pending tickets go to the lead of the team if they are urgent or high, and to the"
        " colleague of the team who is neither leaving nor the lead otherwise. Whoever leaves is"
        " taken off duty then.",
        "Confirmed events after the last day go on without them; one that nobody else attends is"
        " cancelled.",
        "In the list of accounts, the status becomes 'closing', until the last day.",
        older={"urgent or high": "urgent", "'closing'": "'closed'"},
    )
    rows = [
        (person.name.lower().replace(" ", "."), person.name, "active", "")
        for person in scene.people[1:]
    ]
    path = scene.file("staff/logins.csv", csv_text(_ACCOUNTS, rows))
    after = [(*r[:2], "closing", last) if r[1] == leaver["name"] else r for r in rows]
    report = "shared/staff/handover.csv"
    handed = [
        (t["id"], (lead if t["priority"] in ("urgent", "high") else other)["name"])
        for t in (*(world.row("tickets", t["id"]) for t in mine), late)
    ]
    return ask(
        "{leaver} of the team '{team}' leaves; the last day is {last}.",
        "Do all that our policy '{policy}' says. The list of accounts is {path}.",
        "There may still come in tickets for {leaver}, who will mail me when that is over: wait for"
        " it.",
        "Write {report} with the columns ticket (the id) and to (the name of who has it now),"
        " sorted by ticket, and at the end mail the lead how many tickets were handed over, and the"
        " last day.",
        leaver=leaver["name"],
        team=team["name"],
        last=last,
        policy=policy,
        path=path,
        report=report,
    ), Aims(
        {
            "tickets_handed_over": ("tickets",),
            "off_duty": ("agents",),
            "events_changed": ("events",),
            "lead_told": ("mails",),
        },
        {
            "account_closing": {path: Csv(_ACCOUNTS, after)},
            "report_written": {report: Csv(_HANDED, sorted(handed))},
        },
    )


def _put(world: World, ticket: Row) -> None:
    world.put("tickets", ticket)


@offboarding.solution
def _(leaver: str, team: str, last: str, policy: str, path: str, report: str) -> Solution:
    yield from read_policy(policy)
    (leaving,) = yield find_agents(name=leaver)
    lead_id = first((yield list_teams()), name=team)["lead_id"]
    agents = yield list_agents(team_id=leaving["team_id"])
    lead = first(agents, id=lead_id)
    (other,) = [agent for agent in agents if agent["id"] not in (lead_id, leaving["id"])]
    yield from awaited("My last tickets", leaving["email"])
    handed = []
    for ticket in (yield list_tickets(assignee_id=leaving["id"])):
        if ticket["status"] in _UNSOLVED:
            agent = lead if ticket["priority"] in ("urgent", "high") else other
            yield assign_ticket(ticket_id=ticket["id"], agent_id=agent["id"])
            handed.append((ticket["id"], agent["name"]))
    yield set_duty(agent_id=leaving["id"], on_duty=False)
    yield from _leave_events(leaving["email"], last)
    rows = yield from rows_of(path)
    kept = [
        {**row, "status": "closing", "until": last} if row["name"] == leaver else row
        for row in rows
    ]
    yield from write_rows(path, _ACCOUNTS, [tuple(row.values()) for row in kept])
    yield from write_rows(report, _HANDED, sorted(handed))
    body = f"{len(handed)} tickets were handed over. The last day is {last}."
    yield send_mail(to=lead["email"], subject="Handing over", body=body)
    return None


def _leave_events(email: str, last: str) -> Part[None]:
    for event in (yield list_events(attendee=email, status="confirmed")):
        if event["date"] > last and event["attendees"] == [email]:
            yield cancel_event(event_id=event["id"])
        elif event["date"] > last:
            yield remove_attendee(event_id=event["id"], email=email)
