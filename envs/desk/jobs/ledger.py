"""An audit: a ledger in files against what the bank has booked."""

import re

from wildgym.envs.api.services.bank import (
    dispute_transaction,
    list_accounts,
    list_payees,
    list_transactions,
    set_category,
)
from wildgym.envs.api.services.mail import search_mails, send_mail
from wildgym.envs.api.services.tickets import list_teams, open_ticket
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    first,
    number,
    read_policy,
    received,
    rows_of,
    write_rows,
)
from wildgym.envs.desk.scene import Scene
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.writing import csv_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution

_LEDGER = ("booked_on", "payee", "amount", "category")
_MISSING = ("booked_on", "payee", "amount")
_CATEGORIES = ("food", "home", "leisure", "transport")


@job
def audit(scene: Scene) -> Drawn:
    """Compare a ledger with the bank: dispute, correct, list what is missing; entries come late."""
    rng, world = scene.rng, scene.world
    account, *_ = world.rows("accounts")
    payees = world.rows("payees")
    least, team = 10 * rng.integer(8, 15), rng.pick(world.rows("teams"))
    clerk, auditor = scene.people[12], scene.people[11]
    unknown, wrong = {3, 6, 11, 13}, {2, 9, 14}
    booked = []
    for n, found in enumerate(world.rows("transactions")[:15]):
        low, high = (least + 5, least + 300) if n % 2 else (8, least - 5)
        changes = {
            **{"account_id": account["id"], "payee_id": rng.pick(payees)["id"]},
            **{"booked_on": scene.ago(28, 2), "amount": scene.cents(low, high)},
            **{"category": rng.pick(_CATEGORIES), "disputed": False},
        }
        booked.append(world.put("transactions", {**found, **changes}))
    for found in world.rows("transactions")[15:]:
        world.update("transactions", found["id"], account_id=world.rows("accounts")[1]["id"])
    names = {payee["id"]: payee["name"] for payee in payees}
    entries = []
    for n, found in enumerate(booked):
        others = [c for c in _CATEGORIES if c != found["category"]]
        category = rng.pick(others) if n in wrong else found["category"]
        entries.append((found["booked_on"], names[found["payee_id"]], found["amount"], category))
    late = [entries[6]]
    lost = [
        (scene.ago(28, 2), rng.pick(payees)["name"], scene.cents(20, 300), rng.pick(_CATEGORIES))
        for _ in range(2)
    ]
    kept = rng.shuffled([e for n, e in enumerate(entries) if n not in unknown] + lost)
    ledger = scene.file("ledger/current.csv", csv_text(_LEDGER, kept))
    scene.brings(500, "ledger/late-entries.csv", csv_text(_LEDGER, late))
    scene.arrives(
        520, clerk, "Late entries", "They are in shared/ledger/late-entries.csv now, and count too."
    )
    policy = scene.publish(
        "Audits of the ledger",
        "An entry and a transaction are the same if date, payee and amount are. Where categories"
        " differ, the bank gets that of the ledger.",
        f"A transaction that is in no ledger is disputed if it is more than {least} EUR; less than"
        " that is left alone.",
        "An entry that the bank does not have is listed as missing. If there is any, the team"
        f" '{team['name']}' gets a ticket of high priority, for the user's own address, with their"
        " number in the subject.",
        older={f"{least} EUR": "5 EUR"},
    )
    code = f"AU{rng.integer(1000, 9999)}"
    scene.vanishing(auditor, "Opening of the audit", f"This audit has the number {code}.")
    report = "shared/ledger/missing.csv"
    rows = sorted(entry[:3] for entry in lost)
    return ask(
        "Audit the account '{account}': compare its transactions with {ledger}, as our policy"
        " '{policy}' has it.",
        "{clerk} has a few late entries and will mail me where they are: wait for it.",
        "Write {report} with the columns booked_on, payee and amount of the entries that are"
        " missing, sorted by date.",
        "At the end, mail {auditor} how many transactions were disputed, how many categories were"
        " changed, how many entries are missing, and the number of the audit that I was sent in the"
        " mail 'Opening of the audit'.",
        account=account["name"],
        ledger=ledger,
        policy=policy,
        clerk=clerk.name,
        report=report,
        auditor=auditor.name,
    ), Aims(
        {
            "transactions_put_right": ("transactions",),
            "ticket_opened": ("tickets",),
            "auditor_told": ("mails",),
        },
        {"report_written": {report: Csv(_MISSING, rows, ordered=False)}},
    )


@audit.solution
def _(
    account: str, ledger: str, policy: str, clerk: str, report: str, auditor: str, user_email: str
) -> Solution:
    (told,) = received((yield search_mails(text="Opening of the audit")))
    code = re.findall(r"AU\d+", told["body"])[0]
    rules = yield from read_policy(policy)
    least, team = number(rules, "more than", "EUR"), re.findall(r"the team '(.+?)'", rules)[0]
    paying = first((yield list_accounts()), name=account)
    payees = {payee["id"]: payee["name"] for payee in (yield list_payees())}
    entries = yield from rows_of(ledger)
    letter = yield from awaited("Late entries", (yield from email_of(clerk)))
    entries += yield from rows_of(re.findall(r"shared/\S+\.csv", letter["body"])[0])
    left = {(e["booked_on"], e["payee"], float(e["amount"])): e["category"] for e in entries}
    disputed = changed = 0
    for found in (yield list_transactions(account_id=paying["id"])):
        known = left.pop((found["booked_on"], payees[found["payee_id"]], found["amount"]), None)
        if known is None and found["amount"] > least:
            disputed += 1
            yield dispute_transaction(transaction_id=found["id"])
        elif known not in (None, found["category"]):
            changed += 1
            yield set_category(transaction_id=found["id"], category=known)
    missing = sorted(left)
    if missing:
        asked = first((yield list_teams()), name=team)
        subject = f"{len(missing)} entries are missing at the bank"
        yield open_ticket(
            subject=subject, requester=user_email, team_id=asked["id"], priority="high"
        )
    yield from write_rows(report, _MISSING, missing)
    body = f"Disputed: {disputed}. Categories: {changed}. Missing: {len(missing)}. Audit {code}."
    yield send_mail(to=(yield from email_of(auditor)), subject="Audit", body=body)
    return None
