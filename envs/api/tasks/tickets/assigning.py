"""Tasks about which agent or team takes care of a ticket."""

from collections import Counter
from collections.abc import Sequence

from wildgym.envs.api.services.tickets import (
    assign_ticket,
    find_agents,
    get_ticket,
    list_agents,
    list_teams,
    list_tickets,
    move_ticket,
    search_tickets,
    set_duty,
    tickets,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.tickets.reopening import reopen
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Row


def _occupy(scene: Scene, loads: Sequence[tuple[Row, int]]) -> None:
    """Have each of some agents work on exactly so many tickets, all of them open."""
    for agent, _ in loads:
        for ticket in scene.world.rows("tickets", assignee_id=agent["id"]):
            scene.world.put("tickets", {**ticket, "assignee_id": None})
    agents = [agent for agent, load in loads for _ in range(load)]
    for agent, ticket in zip(agents, scene.sample("tickets", len(agents)), strict=True):
        reopen(scene, ticket, team_id=agent["team_id"], assignee_id=agent["id"])


@task(tickets)
def assign(scene: Scene) -> Request:
    """Count before a limit."""
    agent = scene.pick("agents", lambda a: a["on_duty"])
    most = scene.policy["most_tickets"]
    _occupy(scene, [(agent, scene.rng.integer(most - 3, most + 2))])
    ticket = scene.pick("tickets", lambda t: t["assignee_id"] is None)
    reopen(scene, ticket, team_id=agent["team_id"])
    return ask(
        "Assign ticket {ticket_id} to {agent}.",
        ticket_id=ticket["id"],
        agent=agent["name"],
    )


@assign.solution
def _(ticket_id: str, agent: str, most_tickets: int) -> Solution:
    found = yield find_agents(name=agent)
    assignee = next(a for a in found if a["name"] == agent)
    current = yield list_tickets(assignee_id=assignee["id"], status="open")
    if len(current) + 1 > most_tickets:
        return Refusal(assignee["extension"])
    yield assign_ticket(ticket_id=ticket_id, agent_id=assignee["id"])
    return None


@task(tickets)
def assign_to_idlest(scene: Scene) -> Request:
    """Count per agent, then change."""
    agent = scene.pick("agents", lambda a: a["on_duty"])
    colleagues = [
        (a, scene.rng.integer(1, 3))
        for a in scene.world.rows("agents", team_id=agent["team_id"], on_duty=True)
        if a["id"] != agent["id"]
    ]
    _occupy(scene, [(agent, 0), *colleagues])
    ticket = scene.pick("tickets", lambda t: t["assignee_id"] is None)
    reopen(scene, ticket, team_id=agent["team_id"])
    return ask(
        "Nobody works on ticket {ticket_id} yet.",
        "Of the agents of its team who are on duty, assign it to the one who has the fewest"
        " tickets with the status open.",
        ticket_id=ticket["id"],
    )


@assign_to_idlest.solution
def _(ticket_id: str) -> Solution:
    ticket = yield get_ticket(ticket_id=ticket_id)
    agents = yield list_agents(team_id=ticket["team_id"], on_duty_only=True)
    current = yield list_tickets(team_id=ticket["team_id"], status="open")
    load = Counter(t["assignee_id"] for t in current)
    idlest = min(agents, key=lambda a: load[a["id"]])
    yield assign_ticket(ticket_id=ticket_id, agent_id=idlest["id"])
    return None


@task(tickets)
def hand_over(scene: Scene) -> Request:
    """Everything that one agent has goes to another, if a rule lets it."""
    agent = scene.pick("agents", lambda a: a["on_duty"])
    deputy = scene.pick(
        "agents",
        lambda a: a["on_duty"] and a["team_id"] == agent["team_id"] and a["id"] != agent["id"],
    )
    count = scene.rng.integer(3, 4)
    room = scene.policy["most_tickets"] - count
    _occupy(scene, [(agent, count), (deputy, scene.rng.integer(0, 2 * room + 1))])
    return ask(
        "{agent} has fallen ill.",
        "Assign all of their tickets with the status open to {deputy}, and take {agent} off duty.",
        agent=agent["name"],
        deputy=deputy["name"],
    )


@hand_over.solution
def _(agent: str, deputy: str, most_tickets: int) -> Solution:
    found = yield find_agents(name=agent)
    absent = next(a for a in found if a["name"] == agent)
    found = yield find_agents(name=deputy)
    present = next(a for a in found if a["name"] == deputy)
    left = yield list_tickets(assignee_id=absent["id"], status="open")
    current = yield list_tickets(assignee_id=present["id"], status="open")
    if len(left) + len(current) > most_tickets:
        return Refusal(present["extension"])
    for ticket in left:
        yield assign_ticket(ticket_id=ticket["id"], agent_id=present["id"])
    yield set_duty(agent_id=absent["id"], on_duty=False)
    return None


@task(tickets)
def reroute(scene: Scene) -> Request:
    """Move what is tagged and not there yet."""
    team = scene.pick("teams")
    tag = scene.pick("tickets")["tags"][0]
    elsewhere = scene.sample("tickets", 3, lambda t: t["team_id"] != team["id"])
    for ticket in elsewhere:
        reopen(scene, ticket, tags=[tag])
    return ask(
        "From now on the {team} team takes care of everything with the tag {tag}.",
        "Move the tickets with this tag and the status open there, unless they are there already.",
        "Report the ids of those that you moved.",
        team=team["name"],
        tag=tag,
    )


@reroute.solution
def _(team: str, tag: str) -> Solution:
    teams = yield list_teams()
    owner = next(t for t in teams if t["name"] == team)
    found = yield search_tickets(text=tag)
    moved = []
    for ticket in found:
        elsewhere = ticket["team_id"] != owner["id"]
        if tag in ticket["tags"] and ticket["status"] == "open" and elsewhere:
            yield move_ticket(ticket_id=ticket["id"], team_id=owner["id"])
            moved.append(ticket["id"])
    return moved
