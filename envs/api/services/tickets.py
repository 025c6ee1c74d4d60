"""A support desk: teams, their agents, tickets, comments."""

from collections.abc import Generator, Sequence
from typing import Any, Literal

from wildgym.envs.api.service import Service, Value, only
from wildgym.envs.dates import shifted
from wildgym.envs.people import Person
from wildgym.tools import Rng, Row, TableType, ToolCall, ToolError, World

tickets = Service(
    "tickets",
    tables={
        "teams": TableType("TEA"),
        "agents": TableType("AGT"),
        "tickets": TableType("TCK", prose=frozenset({"subject"})),
        "comments": TableType("CMT", prose=frozenset({"text"})),
    },
    rules=(
        "Close only tickets that were solved at least {close_days} days ago; for a later one,"
        " report the date on which it was solved.",
        "Assign a ticket to nobody who would then have more than {most_tickets} tickets with the"
        " status 'open'; report that agent's extension instead.",
        "Make a ticket urgent only if it was opened at least {urgent_days} days ago; otherwise"
        " report the date on which it was opened.",
    ),
    values={
        "close_days": Value(7, (3, 4, 5, 9, 11)),
        "most_tickets": Value(5, (3, 4, 6, 7)),
        "urgent_days": Value(6, (3, 4, 8, 9)),
    },
)

Priority = Literal["low", "normal", "high", "urgent"]

_TEAMS = ("Billing", "Network", "Hardware", "Accounts", "Mobile", "Security")
_DAYS_TO_DUE = {"low": 21, "normal": 10, "high": 4, "urgent": 1}
_STATUSES = ("open", "open", "open", "pending", "pending", "solved", "solved", "closed")
_TOPICS = {
    "login": "Cannot log in since the update",
    "invoice": "Last invoice looks wrong",
    "printer": "Nothing comes out of the office printer",
    "vpn": "Connection drops every few minutes",
    "laptop": "Screen stays black after waking up",
    "phone": "Calls are cut off",
    "licence": "Seat missing for a new colleague",
    "backup": "Nightly copy did not run",
}
_COMMENTS = (
    "Still happening today.",
    "Could you send us a screenshot?",
    "Restarting did not help.",
    "Passed on to the vendor.",
    "We are looking into it.",
)


@tickets.world
def generate(rng: Rng, people: Sequence[Person], today: str) -> dict[str, list[Row]]:
    """Draw three teams, their agents, tickets of the last two months, and comments."""
    teams: list[Row] = [
        {"id": f"TEA-{11 + 4 * n}", "name": name, "lead_id": f"AGT-{140 + 9 * n}"}
        for n, name in enumerate(rng.sample(_TEAMS, 3))
    ]
    agents: list[Row] = [
        {
            "id": f"AGT-{140 + 9 * n}",
            "name": person.name,
            "email": person.email,
            "team_id": teams[n % 3]["id"],
            "extension": 10 * rng.integer(200, 899) + n,
            "on_duty": rng.chance(0.75),
        }
        for n, person in enumerate(people[1:8])
    ]
    reported = [_ticket(n, rng, agents, people[8:], today) for n in range(20)]
    return {
        "teams": teams,
        "agents": agents,
        "tickets": reported,
        "comments": [_comment(n, rng, reported) for n in range(10)],
    }


def _ticket(
    n: int, rng: Rng, agents: Sequence[Row], requesters: Sequence[Person], today: str
) -> Row:
    agent, topic, status = rng.pick(agents), rng.pick(tuple(_TOPICS)), rng.pick(_STATUSES)
    priority, age = rng.pick(tuple(_DAYS_TO_DUE)), rng.integer(3, 60)
    solved = status in ("solved", "closed")
    return {
        "id": f"TCK-{3100 + 19 * n}",
        "subject": _TOPICS[topic],
        "tags": [topic, "vip"] if rng.chance(0.2) else [topic],
        "requester": rng.pick(requesters).email,
        "team_id": agent["team_id"],
        "assignee_id": None if status == "open" and rng.chance(0.3) else agent["id"],
        "priority": priority,
        "status": status,
        "opened_on": shifted(today, -age),
        "due_on": shifted(today, _DAYS_TO_DUE[priority] - age),
        "solved_on": shifted(today, -rng.integer(1, age - 1)) if solved else None,
    }


def _comment(n: int, rng: Rng, reported: Sequence[Row]) -> Row:
    ticket = rng.pick(reported)
    return {
        "id": f"CMT-{700 + 3 * n}",
        "ticket_id": ticket["id"],
        "author": ticket["requester"],
        "internal": False,
        "text": rng.pick(_COMMENTS),
        "written_on": shifted(ticket["opened_on"], rng.integer(0, 2)),
    }


@tickets.reads
def list_teams(world: World) -> list[Row]:
    """List the support teams. Each has a lead, who is one of its agents."""
    return world.rows("teams")


@tickets.reads
def list_agents(world: World, team_id: str | None = None, on_duty_only: bool = False) -> list[Row]:
    """List the support agents, who are the people that work on tickets.

    Args:
        team_id: Only agents of this team.
        on_duty_only: Leave out agents who are not on duty. Default: false.
    """
    return [
        r
        for r in world.rows("agents")
        if team_id in (None, r["team_id"]) and (r["on_duty"] or not on_duty_only)
    ]


@tickets.reads
def find_agents(world: World, name: str) -> list[Row]:
    """Find the support agents whose name contains a text.

    Args:
        name: Part of a name; upper and lower case are the same.
    """
    return [r for r in world.rows("agents") if name.casefold() in r["name"].casefold()]


@tickets.reads
def get_agent(world: World, agent_id: str) -> Row:
    """Get one support agent.

    Args:
        agent_id: The agent's id.
    """
    return world.row("agents", agent_id)


@tickets.reads
def list_tickets(
    world: World,
    team_id: str | None = None,
    assignee_id: str | None = None,
    status: Literal["open", "pending", "solved", "closed"] | None = None,
) -> list[Row]:
    """List tickets, oldest id first.

    Args:
        team_id: Only tickets of this team.
        assignee_id: Only tickets that this agent works on.
        status: Only tickets with this status.
    """
    return [
        r
        for r in world.rows("tickets")
        if team_id in (None, r["team_id"])
        and assignee_id in (None, r["assignee_id"])
        and status in (None, r["status"])
    ]


@tickets.reads
def search_tickets(world: World, text: str) -> list[Row]:
    """Find the tickets that have a text in their subject or in one of their tags.

    Args:
        text: What to look for; upper and lower case are the same.
    """
    return [r for r in world.rows("tickets") if _mentions(r, text)]


@tickets.reads
def get_ticket(world: World, ticket_id: str) -> Row:
    """Get one ticket.

    Args:
        ticket_id: The ticket's id.
    """
    return world.row("tickets", ticket_id)


@tickets.reads
def list_comments(world: World, ticket_id: str) -> list[Row]:
    """List the comments on one ticket.

    Args:
        ticket_id: The ticket's id.
    """
    return world.rows("comments", ticket_id=world.row("tickets", ticket_id)["id"])


@tickets.writes
def open_ticket(
    world: World, subject: str, requester: str, team_id: str, priority: Priority
) -> Row:
    """Open a ticket, which nobody is assigned to yet. When it is due follows from its priority.

    Args:
        subject: What it is about, in free text.
        requester: The email address of whom it is for.
        team_id: The team that is to work on it.
        priority: How pressing it is.
    """
    return world.create(
        "tickets",
        subject=subject,
        tags=[],
        requester=requester,
        team_id=world.row("teams", team_id)["id"],
        assignee_id=None,
        priority=priority,
        status="open",
        opened_on=world.today,
        due_on=shifted(world.today, _DAYS_TO_DUE[priority]),
        solved_on=None,
    )


@tickets.writes
def assign_ticket(world: World, ticket_id: str, agent_id: str) -> Row:
    """Assign an open or pending ticket to an agent of its team who is on duty.

    Args:
        ticket_id: The ticket's id.
        agent_id: Who is to work on it.
    """
    ticket, agent = _unsolved(world, ticket_id), world.row("agents", agent_id)
    if agent["team_id"] != ticket["team_id"]:
        raise ToolError("wrong_team", f"{agent_id} is not in the team {ticket['team_id']}.")
    if not agent["on_duty"]:
        raise ToolError("off_duty", f"{agent_id} is not on duty.")
    return world.update("tickets", ticket_id, assignee_id=agent_id)


@tickets.writes
def move_ticket(world: World, ticket_id: str, team_id: str) -> Row:
    """Move an open or pending ticket to another team; nobody is assigned to it any more.

    Args:
        ticket_id: The ticket's id.
        team_id: The team that is to work on it.
    """
    ticket, team = _unsolved(world, ticket_id), world.row("teams", team_id)
    if ticket["team_id"] == team["id"]:
        raise ToolError("same_team", f"{ticket_id} is with the team {team_id} already.")
    return world.update("tickets", ticket_id, team_id=team_id, assignee_id=None)


@tickets.writes
def set_priority(world: World, ticket_id: str, priority: Priority) -> Row:
    """Change the priority of an open or pending ticket; when it is due stays as it is.

    Args:
        ticket_id: The ticket's id.
        priority: The new priority.
    """
    return world.update("tickets", _unsolved(world, ticket_id)["id"], priority=priority)


@tickets.writes
def add_comment(world: World, ticket_id: str, text: str, internal: bool) -> Row:
    """Comment on a ticket that is not closed.

    Args:
        ticket_id: The ticket's id.
        text: The comment, in free text.
        internal: Whether it is hidden from the requester; otherwise it is public.
    """
    if world.row("tickets", ticket_id)["status"] == "closed":
        raise ToolError("wrong_status", f"{ticket_id} is closed.")
    return world.create(
        "comments",
        ticket_id=ticket_id,
        author="assistant",
        internal=internal,
        text=text,
        written_on=world.today,
    )


@tickets.writes
def solve_ticket(world: World, ticket_id: str) -> Row:
    """Mark an open or pending ticket as solved today.

    Args:
        ticket_id: The ticket's id.
    """
    ticket = _unsolved(world, ticket_id)
    return world.update("tickets", ticket["id"], status="solved", solved_on=world.today)


@tickets.writes
def close_ticket(world: World, ticket_id: str) -> Row:
    """Close a solved ticket for good.

    Args:
        ticket_id: The ticket's id.
    """
    ticket = world.row("tickets", ticket_id)
    if ticket["status"] != "solved":
        raise ToolError("wrong_status", f"{ticket_id} is {ticket['status']}, not solved.")
    return world.update("tickets", ticket_id, status="closed")


@tickets.writes
def set_duty(world: World, agent_id: str, on_duty: bool) -> Row:
    """Put an agent on duty or take them off it; their tickets stay with them.

    Args:
        agent_id: The agent's id.
        on_duty: Whether they are on duty from now on.
    """
    return world.update("agents", agent_id, on_duty=on_duty)


def _unsolved(world: World, ticket_id: str) -> Row:
    ticket = world.row("tickets", ticket_id)
    if ticket["status"] not in ("open", "pending"):
        raise ToolError("wrong_status", f"{ticket_id} is {ticket['status']} already.")
    return ticket


def _mentions(ticket: Row, text: str) -> bool:
    return any(text.casefold() in part.casefold() for part in (ticket["subject"], *ticket["tags"]))


@tickets.without(get_ticket)
def _(ticket_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_tickets()), ticket_id)


@tickets.without(get_agent)
def _(agent_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_agents()), agent_id)


@tickets.without(search_tickets)
def _(text: str) -> Generator[ToolCall, Any, list[Row]]:
    return [ticket for ticket in (yield list_tickets()) if _mentions(ticket, text)]
