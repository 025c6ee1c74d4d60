"""Contracts in files against standing orders: what changes, what ends, what is missing."""

import re

from wildgym.envs.api.services.bank import (
    change_standing_order,
    create_standing_order,
    list_accounts,
    list_payees,
    list_standing_orders,
    stop_standing_order,
)
from wildgym.envs.api.services.mail import search_mails, send_mail
from wildgym.envs.dates import shifted
from wildgym.envs.desk.amounts import WHOLE, share
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    first,
    number,
    read_policy,
    received,
    write_rows,
)
from wildgym.envs.desk.scene import Scene
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.solving import Part
from wildgym.envs.files.writing import ini_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Json
from wildgym.tools.editor import view_file
from wildgym.tools.find import find_files

_CHANGES = ("partner", "before", "after")
_OFFICES = ("annexe", "archive", "atelier", "garage", "hall", "loft", "store", "studio")


@job
def rents(scene: Scene) -> Drawn:
    """Contracts as files: raise what is indexed, stop what has ended, begin what is missing."""
    rng, world = scene.rng, scene.world
    account, *_ = world.rows("accounts")
    partners = world.rows("payees")[:7]
    lawyer, clerk = scene.people[11], scene.people[12]
    raised = WHOLE + rng.integer(21, 69)
    percent = (raised - WHOLE) / 10
    orders = world.rows("standing_orders")
    kinds = rng.shuffled(["indexed", "indexed", "indexed", "fixed", "ended", "waived"])
    rows: list[tuple[str, float, float]] = []
    for n, (partner, place) in enumerate(zip(partners, rng.sample(_OFFICES, 7), strict=True)):
        rent, kind = scene.cents(120, 900, raised), kinds[n] if n < 6 else "new"
        scene.file(f"contracts/{place}.ini", _contract(scene, partner["name"], rent, kind))
        if n < 6:
            changes = {"account_id": account["id"], "payee_id": partner["id"], "active": True}
            world.put("standing_orders", {**orders[n], **changes, "amount": rent})
        if kind in ("indexed", "ended", "new"):
            after = {"indexed": share(rent, raised), "ended": 0.0, "new": rent}[kind]
            rows.append((partner["name"], 0.0 if kind == "new" else rent, after))
    waived = next(partners[n]["name"] for n in range(6) if kinds[n] == "waived")
    policy = scene.publish(
        "Rents and the index",
        f"Once a year, rents of contracts with an index clause go up by {percent} percent, rounded"
        " to cents; others stay as they are. This is the month for it.",
        "A standing order of a contract that has ended is stopped. A contract that runs and has no"
        " standing order gets one, on the day of the month that the contract names. A rent of a"
        " new contract, which began less than a year ago, is not raised.",
        older={f"{percent} percent": f"{percent + 0.7:.1f} percent"},
    )
    scene.arrives(
        900,
        lawyer,
        "Index clauses",
        f"We have agreed with {waived}: no increase for them this year.",
    )
    code = f"RX{rng.integer(1000, 9999)}"
    scene.vanishing(clerk, "File number", f"The file number for the rents is {code}.")
    report = "shared/contracts/changes.csv"
    return ask(
        "It is time to go through our rents: the contracts are in {folder}, the standing orders are"
        " all on the account '{account}'.",
        "Do with them what our policy '{policy}' says.",
        "{lawyer} is still negotiating with somebody and will mail me: wait for it.",
        "Write {report} with the columns partner (the name), before and after (the monthly amounts,"
        " 0.00 where there was or is no standing order), one row for every one that changed, sorted"
        " by partner.",
        "Tell every partner whose rent goes up, by a mail each, the new amount. Then mail {clerk}"
        " what all active standing orders of the account come to, and the file number that I was"
        " sent in the mail 'File number'.",
        folder="shared/contracts",
        account=account["name"],
        policy=policy,
        lawyer=lawyer.name,
        report=report,
        clerk=clerk.name,
    ), Aims(
        {"orders_changed": ("standing_orders",), "mails_sent": ("mails",)},
        {"report_written": {report: Csv(_CHANGES, sorted(rows))}},
    )


def _contract(scene: Scene, partner: str, rent: float, kind: str) -> str:
    began = scene.ago(300, 20) if kind == "new" else scene.ago(2500, 800)
    ends = (
        scene.ago(60, 20) if kind == "ended" else shifted(scene.today, scene.rng.integer(300, 900))
    )
    indexed = "no" if kind == "fixed" else "yes"
    return ini_text(
        {
            "parties": {"partner": partner, "began_on": began, "ends_on": ends},
            "rent": {"monthly": rent, "day_of_month": scene.rng.integer(1, 28), "index": indexed},
        }
    )


@rents.solution
def _(
    folder: str, account: str, policy: str, lawyer: str, report: str, clerk: str, today: str
) -> Solution:
    (told,) = received((yield search_mails(text="File number")))
    code = re.findall(r"RX\d+", told["body"])[0]
    percent = number((yield from read_policy(policy)), "go up by", "percent")
    raised = WHOLE + round(10 * percent)
    paying = first((yield list_accounts()), name=account)
    payees = {payee["name"]: payee for payee in (yield list_payees())}
    orders = {o["payee_id"]: o for o in (yield list_standing_orders(account_id=paying["id"]))}
    contracts = yield from _contracts(folder)
    letter = yield from awaited("Index clauses", (yield from email_of(lawyer)))
    waived = re.findall(r"agreed with (.+?):", letter["body"])[0]
    rows, total = [], 0.0
    for contract in contracts:
        name, rent = contract["partner"], float(contract["monthly"])
        order, before, after = orders.get(payees[name]["id"]), rent, rent
        if order is None:
            before = 0.0
            yield create_standing_order(
                account_id=paying["id"],
                payee_id=payees[name]["id"],
                amount=rent,
                day_of_month=int(contract["day_of_month"]),
            )
        elif contract["ends_on"] < today:
            after = 0.0
            yield stop_standing_order(standing_order_id=order["id"])
        elif contract["index"] == "yes" and name != waived:
            after = share(rent, raised)
            yield change_standing_order(standing_order_id=order["id"], amount=after)
        total += after
        if before != after:
            rows.append((name, before, after))
    for name, before, after in rows:
        if 0 < before < after:
            body = f"Your rent is {after:.2f} EUR from now on."
            yield send_mail(to=payees[name]["email"], subject="Rent", body=body)
    yield from write_rows(report, _CHANGES, sorted(rows))
    body = f"All standing orders come to {total:.2f} EUR. File number: {code}."
    yield send_mail(to=(yield from email_of(clerk)), subject="Rents", body=body)
    return None


def _contracts(folder: str) -> Part[list[dict[str, Json]]]:
    read = []
    for found in (yield find_files(pattern=f"{folder}/*.ini")):
        shown = yield view_file(path=found["path"])
        pairs = [line.split(" = ", 1) for line in shown["text"].splitlines() if " = " in line]
        read.append({name: value for name, value in pairs})
    return read
