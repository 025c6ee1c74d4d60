"""Tasks about what tickets there are, and whose."""

from collections import Counter

from wildgym.envs.api.services.tickets import (
    get_agent,
    get_ticket,
    list_teams,
    list_tickets,
    tickets,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.tickets.reopening import reopen
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Solution


@task(tickets)
def requester(scene: Scene) -> Request:
    """Look up one address."""
    return ask(
        "Who reported ticket {ticket_id}?",
        "Give me the email address.",
        ticket_id=scene.pick("tickets")["id"],
    )


@requester.solution
def _(ticket_id: str) -> Solution:
    ticket = yield get_ticket(ticket_id=ticket_id)
    return ticket["requester"]


@task(tickets)
def call_assignee(scene: Scene) -> Request:
    """From a ticket to its agent."""
    ticket = scene.pick("tickets", lambda t: t["assignee_id"] is not None)
    return ask(
        "I want to call whoever works on ticket {ticket_id}.",
        "Which extension is it?",
        ticket_id=ticket["id"],
    )


@call_assignee.solution
def _(ticket_id: str) -> Solution:
    ticket = yield get_ticket(ticket_id=ticket_id)
    agent = yield get_agent(agent_id=ticket["assignee_id"])
    return agent["extension"]


@task(tickets)
def waits_longest(scene: Scene) -> Request:
    """Find the earliest of what is listed."""
    team = scene.pick("teams")
    ticket = scene.pick("tickets", lambda t: t["team_id"] == team["id"])
    # Earlier than any other ticket of the world.
    opened = shifted(scene.world.today, -scene.rng.integer(61, 80))
    reopen(scene, ticket, opened_on=opened, due_on=shifted(opened, scene.rng.integer(1, 21)))
    return ask(
        "Of the tickets of the {team} team with the status open, which one was opened first?",
        "Report its id.",
        team=team["name"],
    )


@waits_longest.solution
def _(team: str) -> Solution:
    teams = yield list_teams()
    owner = next(t for t in teams if t["name"] == team)
    found = yield list_tickets(team_id=owner["id"], status="open")
    return min(found, key=lambda t: t["opened_on"])["id"]


@task(tickets)
def overdue(scene: Scene) -> Request:
    """Report whatever meets a condition."""
    team = scene.pick("teams")
    for ticket in scene.sample("tickets", 2, lambda t: t["team_id"] == team["id"]):
        reopen(scene, ticket, due_on=shifted(scene.world.today, -scene.rng.integer(1, 3)))
    return ask(
        "Which tickets of the {team} team have the status open and were due before today?",
        "Report their ids.",
        team=team["name"],
    )


@overdue.solution
def _(team: str, today: str) -> Solution:
    teams = yield list_teams()
    owner = next(t for t in teams if t["name"] == team)
    found = yield list_tickets(team_id=owner["id"], status="open")
    return [ticket["id"] for ticket in found if ticket["due_on"] < today]


@task(tickets)
def busiest(scene: Scene) -> Request:
    """Count per agent."""
    agent = scene.pick("agents")
    rivals = Counter(
        ticket["assignee_id"]
        for ticket in scene.world.rows("tickets", team_id=agent["team_id"], status="open")
        if ticket["assignee_id"] not in (None, agent["id"])
    )
    others = scene.sample(
        "tickets",
        max(rivals.values(), default=0) + 1,
        lambda t: t["team_id"] != agent["team_id"],
    )
    for ticket in others:
        reopen(scene, ticket, team_id=agent["team_id"], assignee_id=agent["id"])
    return ask(
        "Who in the {team} team works on the most tickets with the status open?",
        "Report that agent's extension.",
        team=scene.world.row("teams", agent["team_id"])["name"],
    )


@busiest.solution
def _(team: str) -> Solution:
    teams = yield list_teams()
    owner = next(t for t in teams if t["name"] == team)
    found = yield list_tickets(team_id=owner["id"], status="open")
    load = Counter(ticket["assignee_id"] for ticket in found if ticket["assignee_id"])
    agent = yield get_agent(agent_id=max(load, key=lambda id: load[id]))
    return agent["extension"]
