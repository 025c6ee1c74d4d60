"""Research: facts about firms, from pages of the public web, into files, mails and deals."""

from wildgym.envs.api.services.crm import close_deal, list_deals, log_activity, move_deal
from wildgym.envs.api.services.mail import send_mail
from wildgym.envs.api.services.tickets import (
    add_comment,
    list_comments,
    search_tickets,
    solve_ticket,
)
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    first,
    number,
    read_policy,
    rows_of,
    write_rows,
)
from wildgym.envs.desk.scene import Scene
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.solving import Part
from wildgym.envs.files.writing import csv_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.envs.web.graph import Entity
from wildgym.envs.web.reading import Found, fact_of

_FACTS = ("founded", "employees")
_TABLE = ("name", *_FACTS)
_REPORT = ("name", *_FACTS, "decision")


@job
def data_request(scene: Scene) -> Drawn:
    """A ticket asks for facts about firms, and for one more firm while they are looked up."""
    rng, world = scene.rng, scene.world
    *firms, added = _firms(scene, 5)
    requester, name = scene.people[9], f"Q{rng.integer(100, 999)}"
    path = scene.file(
        f"research/{name}.csv", csv_text(_TABLE, [(firm.name, "", "") for firm in firms])
    )
    ticket = {
        **scene.pick("tickets", lambda t: t["status"] == "open"),
        **{"id": "TCK-3980", "subject": f"Data request {name}", "tags": ["data"]},
        **{"requester": requester.email, "status": "pending"},
    }
    world.put("tickets", ticket)
    text = f"The firms are in {path}. Please fill in what is empty. The web knows it."
    comment = {
        **{"id": "CMT-780", "ticket_id": ticket["id"], "author": requester.email},
        **{"internal": False, "text": text, "written_on": scene.today},
    }
    world.put("comments", comment)
    scene.arrives(1200, requester, f"About {name}", f"Please add {added.name} as the last row.")
    policy = scene.publish(
        "Data requests",
        "The table is filled in as the web has it: the year of founding, and the number of"
        " employees, plain.",
        "When it is complete, the requester gets one mail with the number of firms, the name of the"
        " firm with the most employees, and how many these are. The ticket gets an internal comment"
        " with the number of all employees of these firms together, and is marked as solved.",
        older={"internal": "public"},
    )
    rows = [(firm.name, *_known(firm)) for firm in (*firms, added)]
    return ask(
        "There is a ticket about the data request {request}: do it, as our policy '{policy}' has"
        " it.",
        "{requester} wants one firm more, and will mail me which: wait for it.",
        "Report the name of the firm that was founded first.",
        request=name,
        policy=policy,
        requester=requester.name,
    ), Aims(
        {"ticket_solved": ("tickets", "comments"), "requester_told": ("mails",)},
        {"table_filled": {path: Csv(_TABLE, rows)}},
    )


def _firms(scene: Scene, count: int) -> list[Entity]:
    """Draw firms of which the web knows all, no two of which are alike."""
    firms = [
        firm
        for firm in scene.graph.of("organisation")
        if firm.facts["type"] == "company" and all(fact in firm.facts for fact in _FACTS)
    ]
    found: list[Entity] = []
    for firm in scene.rng.sample(firms, 3 * count):
        if len(found) < count and all(o.facts[f] != firm.facts[f] for o in found for f in _FACTS):
            found.append(firm)
    return found


def _known(firm: Entity) -> tuple[int, int]:
    """Return when a firm was founded, and how many employees it has."""
    return int(str(firm.facts["founded"])), int(str(firm.facts["employees"]))


@data_request.solution
def _(request: str, policy: str, requester: str) -> Solution:
    (ticket,) = yield search_tickets(text=request)
    (comment,) = yield list_comments(ticket_id=ticket["id"])
    path = next(word for word in comment["text"].split() if word.startswith("shared/"))
    path = path.rstrip(".")
    yield from read_policy(policy)
    names = [row["name"] for row in (yield from rows_of(path))]
    rows = []
    for name in names:
        rows.append((name, *(yield from _looked_up(name))))
    address = yield from email_of(requester)
    letter = yield from awaited(f"About {request}", address)
    added = letter["body"].removeprefix("Please add ").removesuffix(" as the last row.")
    rows.append((added, *(yield from _looked_up(added))))
    yield from write_rows(path, _TABLE, rows)
    name, _, most = max(rows, key=lambda row: int(row[2]))
    body = f"{len(rows)} firms. The largest is {name}, with {most} employees."
    yield send_mail(to=address, subject="Your data request", body=body)
    text = f"Together they have {sum(row[2] for row in rows)} employees."
    yield add_comment(ticket_id=ticket["id"], text=text, internal=True)
    yield solve_ticket(ticket_id=ticket["id"])
    return min(rows, key=lambda row: int(row[1]))[0]


def _looked_up(name: str) -> Part[tuple[int, int]]:
    """Look up when a firm was founded, and how many employees it has."""
    firm = Found("organisation", name)
    founded, employees = (
        (yield from fact_of(firm, "founded")),
        (yield from fact_of(firm, "employees")),
    )
    return int(str(founded)), int(str(employees))


@job
def partner_check(scene: Scene) -> Drawn:
    """Firms that want to be partners are checked against the web and a policy with exceptions."""
    rng, world = scene.rng, scene.world
    firms = _firms(scene, 4)
    head, clerk = scene.people[10], scene.people[12]
    for n, (deal, firm) in enumerate(zip(world.rows("deals"), firms, strict=False)):
        title = f"Partnership with {firm.name}"
        changes = {"title": title, "stage": "lead", "closed_on": None, "value": 4_000 + 317 * n}
        world.update("deals", deal["id"], **changes)
    years, sizes = (sorted(known) for known in zip(*map(_known, firms), strict=True))
    year, size = rng.integer(years[1], years[2] - 1) + 1, sizes[1]
    spared = rng.pick([f for f in firms if _known(f)[1] < size])
    policy = scene.publish(
        "Partners",
        f"We become partners of firms that were founded before {year} and that have at least {size}"
        " employees; both have to hold.",
        "A partnership that may go on is moved to the stage 'proposal'; one that may not is closed"
        " as lost. For each, a call is logged with the year of founding in its note.",
        older={f"before {year}": f"before {year - 30}"},
    )
    scene.arrives(
        900, head, "An exception", f"The number of employees does not matter for {spared.name}."
    )
    report = "shared/partners/checked.csv"
    rows = []
    for firm in firms:
        founded, employees = _known(firm)
        fits = founded < year and (employees >= size or firm is spared)
        rows.append((firm.name, founded, employees, "proposal" if fits else "lost"))
    return ask(
        "There are deals at the stage 'lead' in the crm that are named 'Partnership with' a firm."
        " Check these firms on the web, as our policy '{policy}' has it, and do with the deals what"
        " it says.",
        "{head} is about to allow an exception and will mail me: wait for it before you decide"
        " anything.",
        "Write {report} with the columns name (of the firm), founded, employees and decision"
        " (proposal or lost), sorted by name.",
        "At the end, mail {clerk} what the deals that may go on are worth together, in EUR.",
        policy=policy,
        head=head.name,
        report=report,
        clerk=clerk.name,
    ), Aims(
        {
            "deals_decided": ("deals",),
            "calls_logged": ("activities",),
            "clerk_told": ("mails",),
        },
        {"report_written": {report: Csv(_REPORT, sorted(rows))}},
    )


@partner_check.solution
def _(policy: str, head: str, report: str, clerk: str) -> Solution:
    rules = yield from read_policy(policy)
    year, size = number(rules, "founded before"), number(rules, "have at least")
    deals = [d for d in (yield list_deals(stage="lead")) if d["title"].startswith("Partnership")]
    found = {}
    for deal in deals:
        name = deal["title"].removeprefix("Partnership with ")
        found[name] = yield from _looked_up(name)
    letter = yield from awaited("An exception", (yield from email_of(head)))
    rows, worth = [], 0
    for name, (founded, employees) in sorted(found.items()):
        deal = first(deals, title=f"Partnership with {name}")
        fits = founded < year and (employees >= size or letter["body"].endswith(f" for {name}."))
        if fits:
            worth += deal["value"]
            yield move_deal(deal_id=deal["id"], stage="proposal")
        else:
            yield close_deal(deal_id=deal["id"], outcome="lost")
        yield log_activity(deal_id=deal["id"], kind="call", note=f"Founded in {founded}.")
        rows.append((name, founded, employees, "proposal" if fits else "lost"))
    yield from write_rows(report, _REPORT, rows)
    body = f"The deals that go on are worth {worth} EUR."
    yield send_mail(to=(yield from email_of(clerk)), subject="Partners", body=body)
    return None
