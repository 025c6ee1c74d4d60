"""Month's end: invoices in files, against the bank, a policy and what comes in by mail."""

import re

from wildgym.envs.api.services.bank import list_accounts, list_payees, list_transactions, pay
from wildgym.envs.api.services.mail import search_mails, send_mail
from wildgym.envs.desk.amounts import share
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    first,
    number,
    read_policy,
    received,
    write_rows,
)
from wildgym.envs.desk.scene import Scene, mailed
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.solving import Part
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Row
from wildgym.tools.editor import view_file
from wildgym.tools.find import find_files

_HEADER = ("number", "payee", "amount")


@job
def month_end(scene: Scene) -> Drawn:
    """Pay the invoices of a month that are due, by policy, approvals and corrections."""
    rng, world = scene.rng, scene.world
    month, ceiling, percent = scene.ago(30)[:7], 10 * rng.integer(40, 70), rng.integer(2, 4)
    rest = 10 * (100 - percent)
    account = world.put("accounts", {**scene.pick("accounts"), "balance": scene.cents(8000, 9500)})
    payees = scene.sample("payees", 7)
    approver, clerk = scene.colleague(), scene.people[12]
    numbers = sorted(rng.sample(range(20_000, 90_000), 7))
    amounts = {n: scene.cents(60, ceiling - 20, rest) for n in numbers}
    paid, corrected, approved, declined, *_ = rng.shuffled(numbers)
    amounts |= {n: scene.cents(ceiling + 10, ceiling + 400, rest) for n in (approved, declined)}
    folder = f"invoices/{month}"
    for n, payee in zip(numbers, payees, strict=True):
        scene.file(f"{folder}/{n}.txt", _invoice(n, payee, month, amounts[n]))
    by_number = dict(zip(numbers, payees, strict=True))
    booked = {
        **{"id": "TXN-3990", "account_id": account["id"], "payee_id": by_number[paid]["id"]},
        **{"amount": amounts[paid], "category": "other", "booked_on": scene.ago(6, 2)},
        **{"disputed": False, "note": f"Invoice {paid}"},
    }
    world.put("transactions", booked)
    title = scene.publish(
        "Paying invoices",
        f"An invoice of more than {ceiling} EUR, as it was sent, is paid only if {approver.name}"
        " agrees. Ask by mail, one mail for each such invoice, with its number in the text. An"
        " answer comes within the hour.",
        f"From what is paid, {percent} percent are taken off as a discount, and it is rounded to"
        " cents.",
        "The note of a payment is 'Invoice' and its number. What was paid already, as the notes of"
        " the bank's transactions show, is not paid again.",
        older={f"{percent} percent": f"{percent + 2} percent"},
    )
    for n, said in ((approved, "is fine, pay it."), (declined, "must not be paid.")):
        scene.arrives(
            2400, approver, f"Invoice {n}", f"Invoice {n} {said}", mailed(approver, f"{n}")
        )
    supplier = scene.person(by_number[corrected]["email"])
    amounts[corrected] = scene.cents(60, ceiling - 20, rest)
    text = f"We made a mistake: invoice {corrected} comes to {amounts[corrected]:.2f} EUR."
    scene.arrives(700, supplier, "Correction of an invoice", text)
    code = f"LX{rng.integer(1000, 9999)}"
    scene.vanishing(clerk, "Code of the month", f"Closing the books needs the code {code}.")
    due = {n: share(amounts[n], rest) for n in numbers if n not in (paid, declined)}
    rows = [(n, by_number[n]["name"], amount) for n, amount in due.items()]
    report = f"shared/{folder}/payments.csv"
    return ask(
        "It is the end of the month: pay what is due of the invoices in {folder}, from my account"
        " '{account}', as our policy '{title}' has it.",
        "{supplier} has announced a correction by mail: wait for it.",
        "Then write {report}, sorted by number, with the columns number, payee (the name) and"
        " amount (what was paid), and mail {clerk} how many invoices you paid, what they came to"
        " in all, and the code that I was sent in the mail 'Code of the month'.",
        folder=f"shared/{folder}",
        account=account["name"],
        title=title,
        supplier=supplier.name,
        report=report,
        clerk=clerk.name,
    ), Aims(
        {"paid": ("transactions", "accounts"), "mails_sent": ("mails",)},
        {"report_written": {report: Csv(_HEADER, rows)}},
    )


def _invoice(number: int, payee: Row, month: str, amount: float) -> str:
    return (
        f"INVOICE {number}\n\nFrom: {payee['name']}\nEmail: {payee['email']}\n"
        f"Period: {month}\n\nAmount: {amount:.2f} EUR\n\nThank you for your order.\n"
    )


@month_end.solution
def _(folder: str, account: str, title: str, supplier: str, report: str, clerk: str) -> Solution:
    (told,) = received((yield search_mails(text="Code of the month")))
    code = re.findall(r"LX\d+", told["body"])[0]
    policy = yield from read_policy(title)
    ceiling = number(policy, "more than", "EUR")
    (approver,) = re.findall(r"only if (.+?) agrees", policy)
    address = yield from email_of(approver)
    paying = first((yield list_accounts()), name=account)
    payees = {payee["name"]: payee for payee in (yield list_payees())}
    paid = {found["note"] for found in (yield list_transactions(account_id=paying["id"]))}
    due: dict[int, tuple[str, float]] = {}
    for n, name, amount in (yield from _invoices(folder)):
        if f"Invoice {n}" not in paid:
            due[n] = name, amount
    large = [n for n, (_, amount) in due.items() if amount > ceiling]
    for n in large:
        yield send_mail(to=address, subject="Approval", body=f"May invoice {n} be paid?")
    correction = yield from awaited("Correction of an invoice", payees[supplier]["email"])
    n = int(number(correction["body"], "invoice"))
    due[n] = due[n][0], number(correction["body"], "comes to")
    for n in large:
        answer = yield from awaited(f"Invoice {n}", address)
        if "is fine" not in answer["body"]:
            del due[n]
    rest = 10 * (100 - int(number(policy, "From what is paid,", "percent")))
    rows = []
    for n, (name, amount) in sorted(due.items()):
        rows.append((n, name, share(amount, rest)))
        yield pay(
            account_id=paying["id"],
            payee_id=payees[name]["id"],
            amount=rows[-1][2],
            note=f"Invoice {n}",
        )
    yield from write_rows(report, _HEADER, rows)
    total = sum(row[2] for row in rows)
    body = f"{len(rows)} invoices were paid, {total:.2f} EUR in all. The code is {code}."
    yield send_mail(to=(yield from email_of(clerk)), subject="Month's end", body=body)
    return None


def _invoices(folder: str) -> Part[list[tuple[int, str, float]]]:
    read = []
    for found in (yield find_files(pattern=f"{folder}/*.txt")):
        text = (yield view_file(path=found["path"]))["text"]
        name = re.findall(r"From: (.+)", text)[0]
        read.append((int(number(text, "INVOICE")), name, number(text, "Amount:", "EUR")))
    return read
