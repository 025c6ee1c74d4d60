"""Tasks about tickets from the first day to the last: opening, solving, closing."""

from wildgym.envs.api.services.tickets import (
    add_comment,
    close_ticket,
    get_ticket,
    list_comments,
    list_teams,
    list_tickets,
    open_ticket,
    set_priority,
    solve_ticket,
    tickets,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.tickets.reopening import reopen
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.scenario import Refusal, Solution


@task(tickets)
def wind_up(scene: Scene) -> Request:
    """Two changes, one with a number in free text."""
    ticket = scene.pick("tickets", lambda t: t["status"] in ("open", "pending"))
    return ask(
        "The replacement for ticket {ticket_id} is on its way.",
        "Add a public comment with the parcel number {parcel}, and mark the ticket as solved.",
        ticket_id=ticket["id"],
        parcel=scene.rng.integer(10_000_000, 99_999_999),
    )


@wind_up.solution
def _(ticket_id: str, parcel: int) -> Solution:
    text = f"The replacement is on its way; the parcel number is {parcel}."
    yield add_comment(ticket_id=ticket_id, text=text, internal=False)
    yield solve_ticket(ticket_id=ticket_id)
    return None


@task(tickets)
def follow_up(scene: Scene) -> Request:
    """Make something new for somebody who is known from elsewhere."""
    return ask(
        "Whoever reported ticket {ticket_id} has another problem.",
        "Open a new ticket for them with the {team} team, with the priority {priority} and a"
        " subject that mentions {ticket_id}.",
        "Tell me when it is due.",
        ticket_id=scene.pick("tickets")["id"],
        team=scene.pick("teams")["name"],
        priority=scene.rng.pick(("low", "normal", "high")),
    )


@follow_up.solution
def _(ticket_id: str, team: str, priority: str) -> Solution:
    before = yield get_ticket(ticket_id=ticket_id)
    teams = yield list_teams()
    owner = next(t for t in teams if t["name"] == team)
    made = yield open_ticket(
        subject=f"Follow-up to {ticket_id}",
        requester=before["requester"],
        team_id=owner["id"],
        priority=priority,
    )
    return made["due_on"]


@task(tickets)
def make_urgent(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    ticket = scene.pick("tickets")
    age = scene.rng.integer(1, 2 * scene.policy["urgent_days"] - 2)
    opened = shifted(scene.world.today, -age)
    reopen(scene, ticket, priority="normal", opened_on=opened, due_on=shifted(opened, 10))
    return ask(
        "{requester} is losing patience.",
        "Make ticket {ticket_id} urgent.",
        requester=ticket["requester"],
        ticket_id=ticket["id"],
    )


@make_urgent.solution
def _(ticket_id: str, urgent_days: int, today: str) -> Solution:
    ticket = yield get_ticket(ticket_id=ticket_id)
    if days_between(ticket["opened_on"], today) < urgent_days:
        return Refusal(ticket["opened_on"])
    yield set_priority(ticket_id=ticket_id, priority="urgent")
    return None


@task(tickets)
def solve_silent(scene: Scene) -> Request:
    """Look into each of several, and change some of them twice."""
    team = scene.pick("teams")
    waiting = scene.sample("tickets", 5)
    for ticket in waiting:
        pending = {"status": "pending", "solved_on": None}
        scene.world.put("tickets", {**ticket, **pending, "team_id": team["id"]})
    for comment in scene.world.rows("comments"):
        # Two tickets at least stay without one.
        commented = scene.rng.pick(waiting[2:])
        scene.world.put("comments", {**comment, "ticket_id": commented["id"]})
    return ask(
        "Go through the tickets of the {team} team with the status pending.",
        "To each on which there is no comment at all, add a public comment which says that it can"
        " be reopened until {day}, with the date written like this, and mark it as solved.",
        "Report the ids of the tickets that you marked as solved.",
        team=team["name"],
        day=shifted(scene.world.today, scene.rng.integer(10, 40)),
    )


@solve_silent.solution
def _(team: str, day: str) -> Solution:
    teams = yield list_teams()
    owner = next(t for t in teams if t["name"] == team)
    waiting = yield list_tickets(team_id=owner["id"], status="pending")
    solved = []
    for ticket in waiting:
        comments = yield list_comments(ticket_id=ticket["id"])
        if not comments:
            text = f"Solved, we believe. It can be reopened until {day}."
            yield add_comment(ticket_id=ticket["id"], text=text, internal=False)
            yield solve_ticket(ticket_id=ticket["id"])
            solved.append(ticket["id"])
    return solved


@task(tickets)
def close(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    ticket = scene.pick("tickets")
    age = scene.rng.integer(1, 2 * scene.policy["close_days"] - 2)
    solved = shifted(scene.world.today, -age)
    opened = shifted(solved, -scene.rng.integer(1, 9))
    scene.world.put(
        "tickets", {**ticket, "status": "solved", "opened_on": opened, "solved_on": solved}
    )
    return ask("Please close ticket {ticket_id}.", ticket_id=ticket["id"])


@close.solution
def _(ticket_id: str, close_days: int, today: str) -> Solution:
    ticket = yield get_ticket(ticket_id=ticket_id)
    if days_between(ticket["solved_on"], today) < close_days:
        return Refusal(ticket["solved_on"])
    yield close_ticket(ticket_id=ticket_id)
    return None


@task(tickets)
def close_old(scene: Scene) -> Request:
    """Do what the rules allow, and leave the rest."""
    team = scene.pick("teams")
    for n, ticket in enumerate(scene.sample("tickets", 6)):
        # The first may be closed whatever the limit is.
        age = scene.rng.integer(25, 40) if n == 0 else scene.rng.integer(1, 14)
        solved = shifted(scene.world.today, -age)
        opened = shifted(solved, -scene.rng.integer(1, 9))
        dates = {"opened_on": opened, "solved_on": solved}
        scene.world.put("tickets", {**ticket, **dates, "team_id": team["id"], "status": "solved"})
    return ask(
        "Tidy up: close those solved tickets of the {team} team that the rules let you close, and"
        " no others.",
        "Report their ids.",
        team=team["name"],
    )


@close_old.solution
def _(team: str, close_days: int, today: str) -> Solution:
    teams = yield list_teams()
    owner = next(t for t in teams if t["name"] == team)
    found = yield list_tickets(team_id=owner["id"], status="solved")
    old = [t for t in found if days_between(t["solved_on"], today) >= close_days]
    for ticket in old:
        yield close_ticket(ticket_id=ticket["id"])
    return [ticket["id"] for ticket in old]
