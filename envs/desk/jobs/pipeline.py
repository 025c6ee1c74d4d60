"""A review of sales: calls that nobody logged, deals that nobody follows, a customer's word."""

import json

from wildgym.envs.api.services.crm import (
    close_deal,
    list_activities,
    list_deals,
    log_activity,
    reschedule_deal,
)
from wildgym.envs.api.services.mail import send_mail
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.desk.doing import awaited, email_of, first, number, read_policy, rows_of
from wildgym.envs.desk.scene import Scene
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import JsonDocument
from wildgym.envs.files.writing import csv_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools.editor import create_file

_CALLS = ("deal", "kind", "contract")
_RUNNING = ("lead", "qualified", "proposal")


@job
def pipeline_review(scene: Scene) -> Drawn:
    """Log calls from a file, follow up on overdue deals, wait for a customer's decision."""
    rng, world = scene.rng, scene.world
    manager, silent, delay = scene.people[13], rng.integer(30, 50), rng.integer(15, 40)
    deals = world.rows("deals")
    overdue, quiet = rng.shuffled(deals[:7]), set()
    for activity in world.rows("activities"):
        world.update("activities", activity["id"], deal_id=deals[15]["id"])
    for n, deal in enumerate(deals):
        expected = shifted(scene.today, rng.integer(10, 90))
        stage = deal["stage"] if n >= 7 else rng.pick(_RUNNING)
        closed = None if stage in _RUNNING else deal["closed_on"] or scene.ago(30, 3)
        world.update("deals", deal["id"], stage=stage, closed_on=closed, expected_on=expected)
    for n, deal in enumerate(overdue):
        world.update("deals", deal["id"], expected_on=scene.ago(20, 2))
        age = rng.integer(silent + 3, silent + 30) if n < 4 else rng.integer(3, silent - 3)
        quiet |= {deal["id"]} if n < 4 else set()
        row = {"id": f"ACT-{7000 + n}", "deal_id": deal["id"], "kind": "call", "note": "Asked."}
        world.put("activities", {**row, "happened_on": shifted(scene.today, -age)})
    called = [overdue[0], overdue[5], deals[8]]
    calls = [(d["title"], rng.pick(("call", "meeting")), rng.integer(1000, 9999)) for d in called]
    path = scene.file("sales/calls.csv", csv_text(_CALLS, calls))
    signing = overdue[1]
    contact = scene.person(world.row("contacts", signing["contact_id"])["email"])
    signs = rng.chance(0.5)
    said = "we sign" if signs else "we do not sign"
    scene.arrives(900, contact, f"Our decision: {signing['title']}", f"About your offer: {said}.")
    policy = scene.publish(
        "Deals that are overdue",
        "A deal that is neither won nor lost is overdue if the day on which it was expected is"
        " over. Before that is looked at, calls that nobody has logged are.",
        f"An overdue deal whose last activity was more than {silent} days ago is closed as lost,"
        f" and its others are put off: they are expected {delay} days after today.",
        "A customer's decision goes before that: who signs is won, who does not is lost.",
        older={f"{silent} days": f"{silent + 90} days", f"{delay} days": "7 days"},
    )
    decided = {signing["id"]: "won" if signs else "lost"}
    outcome = {**dict.fromkeys(quiet - {overdue[0]["id"]}, "lost"), **decided}
    counts = dict.fromkeys((*_RUNNING, "won", "lost"), 0)
    for deal in world.rows("deals"):
        counts[outcome.get(deal["id"]) or str(deal["stage"])] += 1
    report = "shared/sales/stages.json"
    return ask(
        "Go through our deals in the crm, as our policy '{policy}' has it.",
        "The calls and meetings that nobody has logged yet are in {path}: log them, with the number"
        " of the contract in the note.",
        "{contact} will mail me today whether they sign the deal '{deal}': wait for it.",
        "Write {report}: an object that has the number of deals in each of the stages lead,"
        " qualified, proposal, won and lost.",
        "At the end, mail {manager} how many deals were closed as lost today, and how many were put"
        " off.",
        policy=policy,
        path=path,
        contact=contact.name,
        deal=signing["title"],
        report=report,
        manager=manager.name,
    ), Aims(
        {
            "calls_logged": ("activities",),
            "deals_followed_up": ("deals",),
            "manager_told": ("mails",),
        },
        {"report_written": {report: JsonDocument(counts)}},
    )


@pipeline_review.solution
def _(
    policy: str, path: str, contact: str, deal: str, report: str, manager: str, today: str
) -> Solution:
    rules = yield from read_policy(policy)
    silent, delay = number(rules, "more than", "days ago"), number(rules, "expected", "days after")
    deals = yield list_deals()
    for row in (yield from rows_of(path)):
        called = first(deals, title=row["deal"])
        note = f"Contract {row['contract']}."
        yield log_activity(deal_id=called["id"], kind=row["kind"], note=note)
    letter = yield from awaited(f"Our decision: {deal}", (yield from email_of(contact)))
    signing = first(deals, title=deal)
    outcome = "lost" if "not" in letter["body"] else "won"
    yield close_deal(deal_id=signing["id"], outcome=outcome)
    lost, later = int(outcome == "lost"), 0
    for one in deals:
        due = one["stage"] in _RUNNING and one["expected_on"] < today
        if not due or one["id"] == signing["id"]:
            continue
        days = [a["happened_on"] for a in (yield list_activities(deal_id=one["id"]))]
        if days_between(max(days), today) > silent:
            lost += 1
            yield close_deal(deal_id=one["id"], outcome="lost")
        else:
            later += 1
            yield reschedule_deal(deal_id=one["id"], expected_on=shifted(today, int(delay)))
    counts = dict.fromkeys((*_RUNNING, "won", "lost"), 0)
    for one in (yield list_deals()):
        counts[one["stage"]] += 1
    yield create_file(path=report, text=json.dumps(counts))
    body = f"Closed as lost: {lost}. Put off: {later}."
    yield send_mail(to=(yield from email_of(manager)), subject="Deals", body=body)
    return None
