"""Travel expenses: receipts in other currencies, to be claimed and paid."""

import json
import re

from wildgym.envs.api.services.bank import find_payees, list_accounts, pay
from wildgym.envs.api.services.mail import search_mails, send_mail
from wildgym.envs.api.services.travel import (
    claim_expense,
    find_travellers,
    list_trips,
)
from wildgym.envs.dates import shifted
from wildgym.envs.desk.amounts import share
from wildgym.envs.desk.doing import (
    awaited,
    email_of,
    first,
    number,
    read_policy,
    read_table,
    received,
    write_rows,
)
from wildgym.envs.desk.scene import Scene, table
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.solving import Part
from wildgym.envs.files.writing import json_text
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Json, Row
from wildgym.tools.editor import view_file
from wildgym.tools.find import find_files

_CLAIMS = ("receipt", "category", "amount")
_CURRENCIES = ("CHF", "GBP", "NOK", "PLN", "USD")


@job
def travel_expenses(scene: Scene) -> Drawn:
    """Receipts as files, rates and limits on the intranet, claims in travel, payment by bank."""
    rng, world = scene.rng, scene.world
    trip = world.put("trips", {**rng.pick(world.rows("trips")[:4]), "status": "open"})
    traveller = world.row("travellers", trip["traveller_id"])
    account = world.put("accounts", {**scene.pick("accounts"), "balance": scene.cents(5000, 9500)})
    clerk, treasurer = scene.people[12], scene.people[13]
    rates = {c: rng.integer(80, 1_250) for c in _CURRENCIES}
    late = rng.pick(_CURRENCIES)
    final = {**rates, late: rates[late] + 31}
    limits = {"meals": 10 * rng.integer(3, 6), "taxi": 10 * rng.integer(4, 9)}
    kinds = rng.shuffled(["meals", "meals", "taxi", "train", "parking", "telephone"])
    currencies = [late, *(rng.pick(_CURRENCIES) for _ in kinds[1:])]
    receipts: list[dict[str, Json]] = [
        {
            **{"receipt": n, "category": kind, "amount": scene.cents(20, 180, final[currency])},
            **{"currency": currency},
            **{"date": shifted(trip["starts_on"], rng.integer(0, 3))},
        }
        for n, (kind, currency) in enumerate(zip(kinds, currencies, strict=True), 1)
    ]
    folder = f"travel/{traveller['name'].split()[-1].lower()}-{trip['destination'].lower()}"
    for receipt in receipts:
        scene.file(f"{folder}/receipt-{receipt['receipt']}.json", json_text(receipt))
    shown = [(c, f"{rate / 1000:.3f}") for c, rate in rates.items()]
    listed = scene.publish(
        "Exchange rates",
        table(("currency", "EUR for one unit"), shown),
        older={text: f"{float(text) + 0.017:.3f}" for _, text in shown},
    )
    text = f"From now on, one {late} counts {final[late] / 1000:.3f} EUR."
    scene.arrives(700, treasurer, f"Rate of {late}", text)
    policy = scene.publish(
        "Travel expenses",
        f"Meals are reimbursed up to {limits['meals']} EUR a receipt, taxis up to"
        f" {limits['taxi']} EUR a receipt: of what was more, the limit is claimed. Telephone is"
        " not claimed at all. Everything else is claimed in full.",
        "Amounts are turned into EUR first, rounded to cents, and then compared with the limit. The"
        " traveller is paid the sum of all claims at once, with the trip's id as the note.",
        older={f"{limits['meals']} EUR": f"{limits['meals'] + 15} EUR"},
    )
    centre = f"KX{rng.integer(100, 999)}"
    scene.vanishing(clerk, "Cost centre", f"Their travel goes on the cost centre {centre}.")
    rows = [
        (r["receipt"], r["category"], _claimed(r, final, limits))
        for r in receipts
        if r["category"] != "telephone"
    ]
    report = f"shared/{folder}/claims.csv"
    return ask(
        "{traveller} is back from the trip to {destination}, and the receipts are in {folder}.",
        "Claim them in travel as our policy '{policy}' has it, without notes, with the rates of"
        " '{listed}'; then pay the sum from my account '{account}'.",
        "{treasurer} will mail me a change of one of the rates: wait for it, it counts for all of"
        " these.",
        "Write {report} with the columns receipt (its number), category and amount (as claimed, in"
        " EUR), sorted by receipt, and mail {clerk} the sum and the cost centre that I was sent in"
        " the mail 'Cost centre'.",
        traveller=traveller["name"],
        destination=trip["destination"],
        folder=f"shared/{folder}",
        policy=policy,
        listed=listed,
        account=account["name"],
        treasurer=treasurer.name,
        report=report,
        clerk=clerk.name,
    ), Aims(
        {
            "claimed": ("expenses",),
            "paid": ("transactions", "accounts"),
            "clerk_told": ("mails",),
        },
        {"report_written": {report: Csv(_CLAIMS, rows)}},
    )


def _claimed(receipt: Row, rates: dict[str, int], limits: dict[str, int]) -> float:
    amount = share(receipt["amount"], rates[receipt["currency"]])
    return min(amount, float(limits.get(receipt["category"], amount)))


@travel_expenses.solution
def _(
    traveller: str,
    destination: str,
    folder: str,
    policy: str,
    listed: str,
    account: str,
    treasurer: str,
    report: str,
    clerk: str,
) -> Solution:
    (told,) = received((yield search_mails(text="Cost centre")))
    centre = re.findall(r"KX\d+", told["body"])[0]
    (who,) = yield find_travellers(name=traveller)
    trip = first((yield list_trips(traveller_id=who["id"])), destination=destination)
    rules = yield from read_policy(policy)
    limits = {
        "meals": int(number(rules, "Meals are reimbursed up to")),
        "taxi": int(number(rules, "taxis up to")),
    }
    table = yield from read_table(listed)
    rates = {row["currency"]: round(1000 * float(row["EUR for one unit"])) for row in table}
    receipts = yield from _receipts(folder)
    change = yield from awaited("Rate of", (yield from email_of(treasurer)))
    rates[change["subject"].split()[-1]] = round(1000 * number(change["body"], "counts", "EUR"))
    rows = []
    for receipt in receipts:
        if receipt["category"] != "telephone":
            amount = _claimed(receipt, rates, limits)
            rows.append((receipt["receipt"], receipt["category"], amount))
            yield claim_expense(
                trip_id=trip["id"],
                category=receipt["category"],
                amount=amount,
                spent_on=receipt["date"],
            )
    total = round(sum(row[2] for row in rows), 2)
    paying = first((yield list_accounts()), name=account)
    (payee,) = yield find_payees(text=traveller)
    yield pay(account_id=paying["id"], payee_id=payee["id"], amount=total, note=trip["id"])
    yield from write_rows(report, _CLAIMS, rows)
    body = f"It comes to {total:.2f} EUR, on the cost centre {centre}."
    yield send_mail(to=(yield from email_of(clerk)), subject="Expenses", body=body)
    return None


def _receipts(folder: str) -> Part[list[dict[str, Json]]]:
    read = []
    for found in (yield find_files(pattern=f"{folder}/*.json")):
        shown = yield view_file(path=found["path"])
        read.append(json.loads(shown["text"]))
    return sorted(read, key=lambda receipt: int(receipt["receipt"]))
