"""Tasks about support tickets."""

from collections import Counter
from collections.abc import Sequence

from wildgym.envs.api.dates import days_between, shifted
from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.services.tickets import (
    add_comment,
    assign_ticket,
    close_ticket,
    find_agents,
    get_agent,
    get_ticket,
    list_agents,
    list_comments,
    list_teams,
    list_tickets,
    move_ticket,
    open_ticket,
    search_tickets,
    set_duty,
    set_priority,
    solve_ticket,
    tickets,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Json, Row


def _reopen(scene: Scene, ticket: Row, **changes: Json) -> None:
    """Make a ticket an open one."""
    scene.world.put("tickets", {**ticket, "status": "open", "solved_on": None, **changes})


def _occupy(scene: Scene, loads: Sequence[tuple[Row, int]]) -> None:
    """Have each of some agents work on exactly so many tickets, all of them open."""
    for agent, _ in loads:
        for ticket in scene.world.rows("tickets", assignee_id=agent["id"]):
            scene.world.put("tickets", {**ticket, "assignee_id": None})
    agents = [agent for agent, load in loads for _ in range(load)]
    for agent, ticket in zip(agents, scene.sample("tickets", len(agents)), strict=True):
        _reopen(scene, ticket, team_id=agent["team_id"], assignee_id=agent["id"])


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
    _reopen(scene, ticket, opened_on=opened, due_on=shifted(opened, scene.rng.integer(1, 21)))
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
        _reopen(scene, ticket, due_on=shifted(scene.world.today, -scene.rng.integer(1, 3)))
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
        _reopen(scene, ticket, team_id=agent["team_id"], assignee_id=agent["id"])
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
def make_urgent(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    ticket = scene.pick("tickets")
    age = scene.rng.integer(1, 2 * scene.policy["urgent_days"] - 2)
    opened = shifted(scene.world.today, -age)
    _reopen(scene, ticket, priority="normal", opened_on=opened, due_on=shifted(opened, 10))
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
def assign(scene: Scene) -> Request:
    """Count before a limit."""
    agent = scene.pick("agents", lambda a: a["on_duty"])
    most = scene.policy["most_tickets"]
    _occupy(scene, [(agent, scene.rng.integer(most - 3, most + 2))])
    ticket = scene.pick("tickets", lambda t: t["assignee_id"] is None)
    _reopen(scene, ticket, team_id=agent["team_id"])
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
    _reopen(scene, ticket, team_id=agent["team_id"])
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
def reroute(scene: Scene) -> Request:
    """Move what is tagged and not there yet."""
    team = scene.pick("teams")
    tag = scene.pick("tickets")["tags"][0]
    elsewhere = scene.sample("tickets", 3, lambda t: t["team_id"] != team["id"])
    for ticket in elsewhere:
        _reopen(scene, ticket, tags=[tag])
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
        _reopen(
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
