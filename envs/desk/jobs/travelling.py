"""Travel: receipts in other currencies to be claimed and paid; trips to be booked."""

import json
import re

from wildgym.envs.api.services.bank import find_payees, list_accounts, pay
from wildgym.envs.api.services.mail import search_mails, send_mail
from wildgym.envs.api.services.travel import (
    book_flight,
    book_hotel,
    claim_expense,
    find_travellers,
    get_traveller,
    list_hotels,
    list_trips,
    search_flights,
    set_budget,
)
from wildgym.envs.dates import days_between, shifted
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
_PLANS = ("trip", "flight", "hotel", "budget")


@job
def travel_expenses(scene: Scene) -> Drawn:
    """Receipts as files, rates and limits on the intranet, claims in travel, payment by the bank."""
    rng, world = scene.rng, scene.world
    trip = world.put("trips", {**rng.pick(world.rows("trips")[:4]), "status": "open"})
    traveller = world.row("travellers", trip["traveller_id"])
    account = world.put("accounts", {**scene.pick("accounts"), "balance": scene.cents(5000, 9500)})
    clerk, treasurer = scene.people[12], scene.people[13]
    rates = {c: rng.integer(80, 1_250) / 1000 for c in _CURRENCIES}
    limits = {"meals": 10 * rng.integer(3, 6), "taxi": 10 * rng.integer(4, 9)}
    kinds = rng.shuffled(["meals", "meals", "taxi", "train", "parking", "telephone"])
    receipts = [
        {
            **{"receipt": n, "category": kind, "amount": scene.cents(20, 180)},
            **{"currency": rng.pick(_CURRENCIES)},
            **{"date": shifted(trip["starts_on"], rng.integer(0, 3))},
        }
        for n, kind in enumerate(kinds, 1)
    ]
    folder = f"travel/{traveller['name'].split()[-1].lower()}-{trip['destination'].lower()}"
    for receipt in receipts:
        scene.file(f"{folder}/receipt-{receipt['receipt']}.json", json_text(receipt))
    shown = [(c, f"{rate:.3f}") for c, rate in rates.items()]
    listed = scene.publish(
        "Exchange rates",
        table(("currency", "EUR for one unit"), shown),
        older={text: f"{float(text) + 0.017:.3f}" for _, text in shown},
    )
    late = str(receipts[0]["currency"])
    rates[late] = round(rates[late] + 0.031, 3)
    scene.arrives(
        700, treasurer, f"Rate of {late}", f"From now on, one {late} counts {rates[late]:.3f} EUR."
    )
    policy = scene.publish(
        "Travel expenses",
        f"Meals are reimbursed up to {limits['meals']} EUR a receipt, taxis up to"
        f" {limits['taxi']} EUR a receipt: of what was more, the limit is claimed. Telephone is"
        " not claimed at all. Everything else is claimed in full.",
        "Amounts are turned into EUR first, rounded to cents, and then compared with the limit. The"
        " traveller is paid the sum of all claims at once, with the trip's id as the note.",
        older={f"{limits['meals']} EUR": f"{limits['meals'] + 15} EUR"},
    )
    centre = f"KX-{rng.integer(100, 999)}"
    scene.vanishing(clerk, "Cost centre", f"Their travel goes on the cost centre {centre}.")
    rows = [
        (r["receipt"], r["category"], _claimed(r, rates, limits))
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


def _claimed(receipt: Row, rates: dict[str, float], limits: dict[str, int]) -> float:
    amount = round(receipt["amount"] * rates[receipt["currency"]], 2)
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
    centre = re.findall(r"KX-\d+", told["body"])[0]
    (who,) = yield find_travellers(name=traveller)
    trip = first((yield list_trips(traveller_id=who["id"])), destination=destination)
    rules = yield from read_policy(policy)
    limits = {
        "meals": int(number(rules, "Meals are reimbursed up to")),
        "taxi": int(number(rules, "taxis up to")),
    }
    table = yield from read_table(listed)
    rates = {row["currency"]: float(row["EUR for one unit"]) for row in table}
    receipts = yield from _receipts(folder)
    change = yield from awaited("Rate of", (yield from email_of(treasurer)))
    rates[change["subject"].split()[-1]] = number(change["body"], "counts", "EUR")
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


@job
def business_trips(scene: Scene) -> Drawn:
    """Book what is still missing of all trips ahead; a fare changes meanwhile."""
    rng, world = scene.rng, scene.world
    ahead = world.rows("trips")[4:]
    agent, manager = scene.people[10], scene.people[11]
    for flight in world.rows("flights"):
        world.update("flights", flight["id"], seats=rng.integer(2, 6))
    for n, hotel in enumerate(world.rows("hotels")):
        rate = scene.cents(60, 100) if n % 2 else scene.cents(60, 190)
        world.update("hotels", hotel["id"], nightly_rate=rate, free_rooms=rng.integer(1, 6))
    cap, daily = 5 * rng.integer(22, 30), {t["destination"]: rng.integer(21, 69) for t in ahead}
    policy = scene.publish(
        "Business trips",
        f"A flight is booked if the trip has none: the cheapest that departs on the trip's first"
        f" day. A hotel is booked for every trip: the cheapest in the city. If that costs more than"
        f" {cap} EUR a night, the cheapest is booked all the same, and the manager is told.",
        "The budget of the trip is set to the fare of its flight, plus the price of the hotel for"
        " all nights, plus the daily allowance of the city for each night.",
        older={"the cheapest in the city": "the dearest in the city"},
    )
    allowances = scene.publish(
        "Daily allowances",
        table(("city", "EUR a day"), list(daily.items())),
        older={str(amount): str(amount + 6) for amount in daily.values()},
    )
    trip = ahead[2]
    flights = [f for f in world.rows("flights", destination=trip["destination"])][:2]
    cheapest, other = sorted(flights, key=lambda flight: float(flight["fare"]))
    fare = round(other["fare"] + scene.cents(10, 60), 2)
    text = f"The fare of {cheapest['id']} is now {fare:.2f} EUR; it is changed in travel."
    scene.happens("fare", 600, lambda w: _changed_fare(w, cheapest["id"], fare))
    scene.arrives(600, agent, f"Fares to {trip['destination']}", text)
    path = scene.file("travel/plan.csv", ",".join(_PLANS) + "\n")
    rows = []
    for n, one in enumerate(ahead):
        hotel = min(world.rows("hotels", city=one["destination"]), key=lambda h: h["nightly_rate"])
        had = [r for r in world.rows("reservations") if r["trip_id"] == one["id"]]
        flown = world.row("flights", had[0]["offer_id"]) if had else other
        if not had and n != 2:
            raise AssertionError("only the last trip has no flight")
        nights = days_between(one["starts_on"], one["ends_on"])
        cost = flown["fare"] + round(nights * hotel["nightly_rate"], 2)
        budget = round(cost + nights * daily[one["destination"]], 2)
        rows.append((one["id"], flown["id"], hotel["id"], budget))
    return ask(
        "Book what is missing of the three trips that begin after today, as our policy '{policy}'"
        " has it, and set their budgets; the daily allowances are on '{allowances}'.",
        "{agent} will mail me about a fare that is about to change: book nothing before that mail"
        " is there.",
        "Enter the trips into {path}, sorted by the id of the trip, with the ids of the trip, its"
        " flight and its hotel, and its budget.",
        "The manager is {manager}: one mail at the end, with the sum of the three budgets, which"
        " also names the ids of the hotels that are above the limit, if there are any.",
        policy=policy,
        allowances=allowances,
        agent=agent.name,
        path=path,
        manager=manager.name,
    ), Aims(
        {
            "booked": ("reservations", "flights", "hotels"),
            "budgets_set": ("trips",),
            "manager_told": ("mails",),
        },
        {"plan_written": {path: Csv(_PLANS, rows)}},
    )
