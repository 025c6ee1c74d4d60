"""A release: a defect is repaired, approved, written up, and announced to whom it concerns."""

import re

from wildgym.envs.api.services.calendar import create_event
from wildgym.envs.api.services.crm import find_contacts
from wildgym.envs.api.services.mail import reply_to_mail, search_mails, send_mail
from wildgym.envs.api.services.tickets import add_comment, search_tickets, solve_ticket
from wildgym.envs.dates import shifted
from wildgym.envs.desk.doing import awaited, email_of, number, read_policy, received, rows_of
from wildgym.envs.desk.repository import repair
from wildgym.envs.desk.scene import Scene, mailed
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Text
from wildgym.envs.files.writing import csv_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools.editor import insert_lines, view_file

_USERS = ("name", "uses", "since")


@job
def release(scene: Scene) -> Drawn:
    """Repair what a customer met, have the release approved, write it up, tell the customers."""
    rng, world, code = scene.rng, scene.world, scene.repository()
    package = code.package
    contacts = world.rows("contacts")
    lead, clerk = scene.people[12], scene.people[13]
    using = rng.sample(contacts[:11], 3)
    reporter = scene.person(using[0]["email"])
    call, observed, expected = code.shown
    scene.mail(
        reporter,
        f"Trouble with {package}",
        f"With your release, {call} gives {observed}. We need {expected}.",
    )
    major, minor, patch = rng.integer(1, 5), rng.integer(0, 9), rng.integer(0, 8)
    before, version = f"{major}.{minor}.{patch}", f"{major}.{minor}.{patch + 1}"
    history = [
        *(f"# Releases of {package}", ""),
        *(f"## {before} ({scene.ago(90, 30)})", "", "- Faster start.", ""),
        *(f"## {major}.{minor}.0 ({scene.ago(400, 200)})", "", "- First of its series."),
    ]
    log = scene.file(f"releases/{package}.md", "\n".join(history) + "\n")
    others = [(c["name"], "something else", scene.ago(900, 90)) for c in contacts[11:]]
    rows = [*((c["name"], package, scene.ago(900, 90)) for c in using), *others]
    users = scene.file("releases/customers.csv", csv_text(_USERS, rng.shuffled(rows)))
    ticket = {
        **scene.pick("tickets", lambda t: t["status"] == "open"),
        **{"id": "TCK-3970", "subject": f"Defect of {package}", "tags": ["release"]},
        **{"requester": reporter.email, "status": "pending"},
    }
    world.put("tickets", ticket)
    days, start = rng.integer(3, 9), f"{rng.integer(9, 16):02}:30"
    policy = scene.publish(
        "Releases",
        "A release that only repairs something adds 1 to the last part of the version. Before"
        f" anything else is done about it, {lead.name} has to agree: ask by a mail with the new"
        " version, the answer comes within the hour, and names the number of the approval.",
        "It gets a section of its own above the others in the list of releases, with the new"
        " version and today's date in its heading, written like the others, and one point: the"
        " number of the approval, and nothing else.",
        f"It comes out {days} days from today: that is an event 'Release' in the calendar, at"
        f" {start} for 30 minutes, which {lead.name} attends alone.",
        "All customers who use the package get one mail with the new version and the date on which"
        " it comes out: whoever reported the defect as a reply to the mail, the others as a new"
        " one. The ticket gets a public comment with the new version, and is marked as solved.",
        older={f"{days} days": f"{days + 5} days", f"at {start}": "at 08:00"},
    )
    approval = f"AP{rng.integer(1000, 9999)}"
    text = f"{version} is fine. The approval is {approval}."
    scene.arrives(2000, lead, f"Release {version}", text, mailed(lead, version))
    key = f"KEY{rng.integer(10_000, 99_999)}"
    scene.vanishing(clerk, "Key for signing", f"The next release is signed with {key}.")
    after = [*history[:2], f"## {version} ({scene.today})", "", f"- {approval}", "", *history[2:]]
    return ask(
        "{reporter} has mailed me about a defect of {package}, and there is a ticket about it.",
        "Repair it in repo/, and bring out a release as our policy '{policy}' has it: the list of"
        " releases is {log}, and {users} says which customers use what.",
        "At the end, mail {clerk} the new version, the number of the approval, and the key that I"
        " was sent in the mail 'Key for signing'.",
        reporter=reporter.name,
        package=package,
        policy=policy,
        log=log,
        users=users,
        clerk=clerk.name,
        defect=code.name,
    ), Aims(
        {
            "ticket_solved": ("tickets", "comments"),
            "event_entered": ("events",),
            "mails_sent": ("mails",),
        },
        {"release_written_up": {log: Text(tuple(after))}},
    )


@release.solution
def _(
    reporter: str,
    package: str,
    policy: str,
    log: str,
    users: str,
    clerk: str,
    defect: str,
    today: str,
) -> Solution:
    (told,) = received((yield search_mails(text="Key for signing")))
    key = re.findall(r"KEY\d+", told["body"])[0]
    (letter,) = received((yield search_mails(text=f"Trouble with {package}")))
    (ticket,) = yield search_tickets(text=package)
    rules = yield from read_policy(policy)
    history = yield view_file(path=log)
    before = re.findall(r"## (\S+) \(", history["text"])[0]
    *series, patch = before.split(".")
    version = ".".join([*series, str(int(patch) + 1)])
    yield from repair(defect)
    lead = yield from email_of(re.findall(r"done about it, (.+?) has to agree", rules)[0])
    yield send_mail(to=lead, subject="Release", body=f"May I bring out {version}?")
    answer = yield from awaited(f"Release {version}", lead)
    approval = re.findall(r"AP\d+", answer["body"])[0]
    section = f"## {version} ({today})\n\n- {approval}\n\n"
    yield insert_lines(path=log, after_line=2, text=section)
    day = shifted(today, int(number(rules, "comes out", "days from today")))
    start = re.findall(r"at (\d\d:\d\d)", rules)[0]
    yield create_event(title="Release", date=day, start=start, minutes=30, attendees=[lead])
    body = f"{version} comes out on {day}."
    for row in (yield from rows_of(users)):
        if row["uses"] == package and row["name"] == reporter:
            yield reply_to_mail(mail_id=letter["id"], body=body)
        elif row["uses"] == package:
            (contact,) = yield find_contacts(name=row["name"])
            yield send_mail(to=contact["email"], subject="A release", body=body)
    yield add_comment(ticket_id=ticket["id"], text=f"Repaired in {version}.", internal=False)
    yield solve_ticket(ticket_id=ticket["id"])
    body = f"{version}: {approval}, {key}."
    yield send_mail(to=(yield from email_of(clerk)), subject="A release", body=body)
    return None
