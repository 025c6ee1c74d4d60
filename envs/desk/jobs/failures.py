"""Failures: a ticket names a job, its cause is in the code, its damage in the files."""

import re

from wildgym.envs.api.services.mail import send_mail
from wildgym.envs.api.services.tickets import (
    add_comment,
    list_comments,
    search_tickets,
    set_priority,
    solve_ticket,
)
from wildgym.envs.dates import shifted
from wildgym.envs.desk.doing import awaited, email_of, first, number, read_policy, read_table
from wildgym.envs.desk.repository import repair
from wildgym.envs.desk.scene import Scene, table
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.solving import Part
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Rng
from wildgym.tools.editor import view_file
from wildgym.tools.find import find_files, search_text

_JOBS = ("nightly-export", "price-feed", "mail-digest", "stock-sync", "address-check")
_LEVELS = ("normal", "high", "urgent")


@job
def failing_job(scene: Scene) -> Drawn:
    """A ticket names a failing job: repair its code, count its damage, tell whom it concerns."""
    rng, code = scene.rng, scene.repository()
    name, owner, requester = rng.pick(_JOBS), scene.colleague(), scene.people[9]
    nights = [shifted(scene.today, -n) for n in range(6, 0, -1)]
    lost = {night: rng.integer(300, 2900) for night in rng.sample(nights, 4)}
    for night in nights:
        scene.file(f"logs/{name}/{night}.log", _log(rng, night, lost.get(night)))
    drill = rng.pick(sorted(lost))
    total = sum(rows for night, rows in lost.items() if night != drill)
    call, observed, expected = code.shown
    ticket = scene.world.put(
        "tickets",
        {
            **scene.pick("tickets", lambda t: t["status"] == "open"),
            **{"subject": f"The job {name} fails", "tags": ["jobs"], "priority": "low"},
            **{"requester": requester.email, "id": "TCK-3990", "assignee_id": None},
        },
    )
    report = f"It comes from {code.package}: {call} gives {observed}, where {expected} is right."
    comment = {
        **{"id": "CMT-790", "ticket_id": ticket["id"], "author": requester.email},
        **{"internal": False, "text": report, "written_on": scene.today},
    }
    scene.world.put("comments", comment)
    low, high = total - rng.integer(100, 900), total + rng.integer(100, 900)
    if rng.chance(0.5):
        low, high = low - 1000, total - rng.integer(10, 90)
    policy = scene.publish(
        "Failed jobs",
        "The log of each night says how many rows were not written. Their sum over all nights that"
        " were no drill decides the priority of the ticket:"
        f" {_LEVELS[0]} up to {low} rows, {_LEVELS[1]} up to {high} rows, {_LEVELS[2]} above.",
        "Once the cause is repaired, the ticket gets a public comment with that sum, whoever owns"
        " the job's data is told the sum by mail, and the ticket is marked as solved.",
        older={f"{high} rows": f"{low + 1} rows"},
    )
    owners = rng.shuffled([owner, *scene.rng.sample(scene.people[9:], 4)])[:5]
    others = rng.shuffled([other for other in _JOBS if other != name])
    listed = [
        (name, owner.name),
        *zip(others, [p.name for p in owners if p != owner], strict=False),
    ]
    title = scene.publish(
        "Owners of data",
        table(("job", "owner"), rng.shuffled(listed)),
        older={owner.name: owners[-1].name},
    )
    scene.arrives(
        800,
        requester,
        f"Drills of {name}",
        f"I have looked it up: the night of {drill} was a drill.",
    )
    return ask(
        "The job {name} fails, and there is a ticket about it.",
        "Repair the cause in repo/, and go on as our policy '{policy}' has it; '{title}' says who"
        " owns what.",
        "{requester} is looking up which night was a drill, and will mail me that: wait for it.",
        "Report the sum of the rows that were not written.",
        name=name,
        policy=policy,
        title=title,
        requester=requester.name,
        defect=code.name,
    ), Aims({"ticket_solved": ("tickets", "comments"), "owner_told": ("mails",)})


def _log(rng: Rng, night: str, lost: int | None) -> str:
    batches = [
        f"{night} 03:{n:02}:{rng.integer(10, 59)} INFO batch {rng.integer(100, 999)}:"
        f" {rng.integer(200, 4000)} rows written"
        for n in range(12)
    ]
    last = "INFO done" if lost is None else f"ERROR {lost} rows not written"
    return "\n".join([*batches, f"{night} 03:14:07 {last}"]) + "\n"


@failing_job.solution
def _(name: str, policy: str, title: str, requester: str, defect: str) -> Solution:
    (ticket,) = yield search_tickets(text=name)
    yield list_comments(ticket_id=ticket["id"])
    rules = yield from read_policy(policy)
    owner = first((yield from read_table(title)), job=name)["owner"]
    lost = yield from _lost(name)
    yield from repair(defect)
    told = yield from awaited(f"Drills of {name}", (yield from email_of(requester)))
    drill = re.findall(r"night of (\S+)", told["body"])[0]
    total = sum(rows for night, rows in lost.items() if night != drill)
    levels = re.findall(r"(\w+) up to (\d+) rows", rules)
    level = next((level for level, most in levels if total <= int(most)), _LEVELS[2])
    yield set_priority(ticket_id=ticket["id"], priority=level)
    text = f"The cause is repaired; {total} rows were not written."
    yield add_comment(ticket_id=ticket["id"], text=text, internal=False)
    yield send_mail(to=(yield from email_of(owner)), subject=f"The job {name}", body=text)
    yield solve_ticket(ticket_id=ticket["id"])
    return total


def _lost(name: str) -> Part[dict[str, int]]:
    yield find_files(pattern=f"shared/logs/{name}/*")
    lost = {}
    for found in (yield search_text(text="rows not written", pattern=f"shared/logs/{name}/*")):
        yield view_file(path=found["path"])
        lost[found["text"][:10]] = int(number(found["text"], "ERROR"))
    return lost
