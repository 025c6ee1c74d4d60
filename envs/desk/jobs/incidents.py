"""An incident: what the logs say, a ticket for each cause, and a meeting with those on call."""

import re

from wildgym.envs.api.services.calendar import (
    book_room,
    create_event,
    find_free_slot,
    list_free_rooms,
)
from wildgym.envs.api.services.mail import search_mails, send_mail
from wildgym.envs.api.services.tickets import list_teams, open_ticket
from wildgym.envs.dates import shifted
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    number,
    read_policy,
    read_table,
    received,
    rows_of,
    write_rows,
)
from wildgym.envs.desk.scene import Scene, table
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.solving import shell
from wildgym.envs.files.writing import csv_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Rng
from wildgym.tools.editor import view_file
from wildgym.tools.find import find_files

_HOSTS = ("atlas", "boreas", "castor", "deimos")
_CAUSES = ("disk full", "certificate expired", "connection refused", "out of memory", "bad gateway")
_REPORT = ("cause", "errors")
_ROTA = ("day", "name", "email")


@job
def incident(scene: Scene) -> Drawn:
    """Count errors over logs of which one comes late, open tickets, arrange the meeting."""
    rng, world = scene.rng, scene.world
    date, operator, head = scene.ago(2, 1), scene.people[10], scene.people[13]
    causes = rng.sample(_CAUSES, 4)
    teams = world.rows("teams")
    of_team = {cause: rng.pick(teams)["name"] for cause in causes}
    errors = {cause: 0 for cause in causes[:3]}
    for host in _HOSTS:
        found = {cause: rng.integer(2, 14) for cause in errors}
        for cause, count in found.items():
            errors[cause] += count
        text = _log(rng, date, found)
        if host == _HOSTS[3]:
            path = scene.brings(600, f"incident/{host}.log", text)
            scene.arrives(620, operator, f"Log of {host}", f"It is in {path} now.")
        else:
            scene.file(f"incident/{host}.log", text)
    least = sorted(errors.values())[1]
    listed = scene.publish(
        "Causes and teams",
        table(("cause", "team"), rng.shuffled(list(of_team.items()))),
        older={team["name"]: teams[0]["name"] for team in teams},
    )
    minutes, days = rng.pick((30, 45, 60)), rng.integer(2, 3)
    policy = scene.publish(
        "Incidents",
        "Each cause of errors that the logs of all hosts show gets one ticket, for the user's own"
        " address, with the number of its errors on all hosts together in the subject. Its priority"
        f" is high if these are {least} or more, and normal otherwise.",
        f"A meeting 'Incident' of {minutes} minutes takes place {days} days from today, at the"
        " earliest time at which the user is free, from 09:00 on. Everybody attends who was on call"
        " on the day of the incident, and nobody else besides the user; it gets the free room with"
        " the fewest seats that seats them all. Each of them gets one mail with its date and time.",
        older={f"{least} or more": "5 or more", f"{days} days": f"{days + 4} days"},
    )
    on_call = rng.sample(scene.people[1:10], 3)
    others = [(shifted(date, n), p.name, p.email) for n, p in enumerate(scene.people[3:9], 1)]
    rota = scene.file(
        "incident/on-call.csv",
        csv_text(_ROTA, sorted([*others, *((date, p.name, p.email) for p in on_call)])),
    )
    code = f"INC{rng.integer(1000, 9999)}"
    scene.vanishing(head, "Number of the incident", f"It is filed under {code}.")
    report = "shared/incident/errors.csv"
    return ask(
        "There was an incident on {date}: the logs of four hosts are in {folder}, and {rota} says"
        " who was on call.",
        "Do all that our policy '{policy}' says; '{listed}' says which team has what.",
        "{operator} has to bring the log of the fourth host and will mail me when it is there.",
        "Write {report} with the columns cause and errors, sorted by cause, and mail {head} the"
        " number of all errors together, and the number of the incident that I was sent in the"
        " mail 'Number of the incident'.",
        date=date,
        folder="shared/incident",
        rota=rota,
        policy=policy,
        listed=listed,
        operator=operator.name,
        report=report,
        head=head.name,
    ), Aims(
        {
            "tickets_opened": ("tickets",),
            "meeting_arranged": ("events",),
            "mails_sent": ("mails",),
        },
        {"report_written": {report: Csv(_REPORT, sorted(errors.items()))}},
    )


def _log(rng: Rng, date: str, found: dict[str, int]) -> str:
    lines = [
        *(f"ERROR {cause}" for cause, count in found.items() for _ in range(count)),
        *(f"INFO request {rng.integer(1000, 9999)} served" for _ in range(50)),
    ]
    return "".join(
        f"{date} 14:{n // 60:02}:{n % 60:02} {line}\n" for n, line in enumerate(rng.shuffled(lines))
    )


@incident.solution
def _(
    date: str,
    folder: str,
    rota: str,
    policy: str,
    listed: str,
    operator: str,
    report: str,
    head: str,
    user_email: str,
    today: str,
) -> Solution:
    (told,) = received((yield search_mails(text="Number of the incident")))
    code = re.findall(r"INC\d+", told["body"])[0]
    rules = yield from read_policy(policy)
    teams = {row["cause"]: row["team"] for row in (yield from read_table(listed))}
    on_call = [row["email"] for row in (yield from rows_of(rota)) if row["day"] == date]
    for found in (yield find_files(pattern=f"{folder}/*.log")):
        yield view_file(path=found["path"], last_line=5)
    yield from awaited("Log of", (yield from email_of(operator)))
    counting = "cat $folder/*.log | grep -o 'ERROR .*' | cut -d' ' -f2- | sort | uniq -c"
    errors = {}
    for line in (yield from shell(counting, folder=folder)):
        times, _, cause = line.strip().partition(" ")
        errors[cause] = int(times)
    ids = {team["name"]: team["id"] for team in (yield list_teams())}
    least = number(rules, "high if these are")
    for cause, count in sorted(errors.items()):
        yield open_ticket(
            subject=f"{cause}: {count} errors",
            requester=user_email,
            team_id=ids[teams[cause]],
            priority="high" if count >= least else "normal",
        )
    minutes = int(number(rules, "of", "minutes"))
    day = shifted(today, int(number(rules, "takes place", "days")))
    start = yield find_free_slot(date=day, minutes=minutes)
    event = yield create_event(
        title="Incident", date=day, start=start, minutes=minutes, attendees=on_call
    )
    free = yield list_free_rooms(date=day, start=start, minutes=minutes)
    fitting = [room for room in free if room["seats"] > len(on_call)]
    room = min(fitting, key=lambda room: int(room["seats"]))
    yield book_room(event_id=event["id"], room_id=room["id"])
    for email in on_call:
        yield send_mail(to=email, subject="Incident", body=f"We meet on {day} at {start}.")
    yield from write_rows(report, _REPORT, sorted(errors.items()))
    body = f"There were {sum(errors.values())} errors. The incident is {code}."
    yield send_mail(to=(yield from email_of(head)), subject="Incident", body=body)
    return None
