"""Tasks about writing to agents because of their tickets."""

from wildgym.envs.api.services.mail import mail, send_mail
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


@task(tickets, mail)
def tell_lead(scene: Scene) -> Request:
    """From a ticket over its team to somebody to write to."""
    return ask(
        "Let the lead of the team that is in charge of ticket {ticket_id} know who reported it:"
        " send them a mail with the ticket's id and the requester's email address.",
        ticket_id=scene.pick("tickets")["id"],
    )


@tell_lead.solution
def _(ticket_id: str) -> Solution:
    ticket = yield get_ticket(ticket_id=ticket_id)
    teams = yield list_teams()
    owner = next(t for t in teams if t["id"] == ticket["team_id"])
    lead = yield get_agent(agent_id=owner["lead_id"])
    yield send_mail(
        to=lead["email"],
        subject=f"Ticket {ticket_id}",
        body=f"It was reported by {ticket['requester']}.",
    )
    return None


@task(tickets, mail)
def remind_assignees(scene: Scene) -> Request:
    """Write to whoever is late, once for each ticket."""
    team = scene.pick("teams")
    agents = scene.world.rows("agents", team_id=team["id"])
    for ticket in scene.sample("tickets", scene.rng.integer(3, 5)):
        reopen(
            scene,
            ticket,
            team_id=team["id"],
            assignee_id=scene.rng.pick(agents)["id"],
            due_on=shifted(scene.world.today, -scene.rng.integer(1, 5)),
        )
    return ask(
        "For each ticket of the {team} team that has the status open and was due before today,"
        " send a mail of its own to the agent who works on it, with the ticket's id and the date"
        " on which it was due, as YYYY-MM-DD.",
        "Leave out tickets that nobody works on.",
        team=team["name"],
    )


@remind_assignees.solution
def _(team: str, today: str) -> Solution:
    teams = yield list_teams()
    owner = next(t for t in teams if t["name"] == team)
    found = yield list_tickets(team_id=owner["id"], status="open")
    for ticket in found:
        if ticket["due_on"] < today and ticket["assignee_id"]:
            agent = yield get_agent(agent_id=ticket["assignee_id"])
            yield send_mail(
                to=agent["email"],
                subject=f"Ticket {ticket['id']} is late",
                body=f"It was due on {ticket['due_on']}.",
            )
    return None
