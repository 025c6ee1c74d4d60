"""Tasks about claiming expenses and deciding on them."""

from wildgym.envs.api.services.travel import (
    CATEGORIES,
    approve_expense,
    claim_expense,
    get_expense,
    list_expenses,
    reject_expense,
    travel,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.travel.rows import (
    find_trip,
    reopened,
    submitted_expense,
    sum_of,
    traveller_name,
)
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Refusal, Solution


@task(travel)
def approve(scene: Scene) -> Request:
    """An amount in a rule decides whether it may be done."""
    expense = scene.pick("expenses")
    reopened(scene, scene.world.row("trips", expense["trip_id"]))
    limit = scene.policy["travel_expense_limit"]
    amount = scene.rng.integer(40 * limit, 160 * limit) / 100
    scene.world.put("expenses", {**expense, "status": "submitted", "amount": amount})
    return ask("Please approve expense {expense_id}.", expense_id=expense["id"])


@approve.solution
def _(expense_id: str, travel_expense_limit: int) -> Solution:
    expense = yield get_expense(expense_id=expense_id)
    if expense["amount"] > travel_expense_limit:
        return Refusal(expense["spent_on"])
    yield approve_expense(expense_id=expense_id)
    return None


@task(travel)
def claim(scene: Scene) -> Request:
    """Add a row, and add up."""
    expense = scene.pick("expenses", lambda e: e["status"] != "rejected")
    trip = reopened(scene, scene.world.row("trips", expense["trip_id"]))
    return ask(
        "{traveller} forgot an expense of the trip to {destination}: {amount} EUR, in the category"
        " {category}, spent on {spent_on}.",
        "Claim it for them.",
        "Then add up all expenses of the trip except rejected ones, this one included, and tell me"
        " the total in EUR.",
        traveller=traveller_name(scene, trip),
        amount=scene.rng.integer(500, 9_000) / 100,
        category=scene.rng.pick(CATEGORIES),
        spent_on=shifted(trip["starts_on"], scene.rng.integer(0, 3)),
        destination=trip["destination"],
    )


@claim.solution
def _(traveller: str, amount: float, category: str, spent_on: str, destination: str) -> Solution:
    trip = yield from find_trip(traveller, destination)
    yield claim_expense(trip_id=trip["id"], category=category, amount=amount, spent_on=spent_on)
    expenses = yield list_expenses(trip_id=trip["id"])
    return sum_of(e for e in expenses if e["status"] != "rejected")


@task(travel)
def review_expenses(scene: Scene) -> Request:
    """Decide on every expense of a trip as a rule says."""
    trip = reopened(scene, scene.pick("trips", lambda t: t["ends_on"] < scene.world.today))
    limit = scene.policy["travel_expense_limit"]
    for n in range(scene.rng.integer(5, 8)):
        amount = scene.rng.integer(20 * limit, 180 * limit) / 100
        scene.world.put("expenses", submitted_expense(trip, n, amount))
    return ask(
        "Decide on all submitted expenses of {traveller}'s trip to {destination}.",
        "Approve each that the rules let you approve, and reject each that they do not.",
        "Report the ids of all the expenses that you decided on.",
        traveller=traveller_name(scene, trip),
        destination=trip["destination"],
    )


@review_expenses.solution
def _(traveller: str, destination: str, travel_expense_limit: int) -> Solution:
    trip = yield from find_trip(traveller, destination)
    expenses = yield list_expenses(trip_id=trip["id"], status="submitted")
    for expense in expenses:
        decide = reject_expense if expense["amount"] > travel_expense_limit else approve_expense
        yield decide(expense_id=expense["id"])
    return [expense["id"] for expense in expenses]
