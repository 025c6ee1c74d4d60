"""Tasks about the budgets of trips, and about closing trips."""

from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.services.travel import (
    close_trip,
    get_traveller,
    list_expenses,
    list_trips,
    set_budget,
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
from wildgym.envs.scenario import Solution
from wildgym.tools import ToolError


@task(travel)
def raise_budget(scene: Scene) -> Request:
    """Compute a new number from an old one."""
    trip = scene.pick("trips", lambda t: t["status"] == "open")
    return ask(
        "Raise the budget of {traveller}'s trip to {destination} by {amount} EUR.",
        "Tell me the new budget.",
        traveller=traveller_name(scene, trip),
        destination=trip["destination"],
        amount=scene.rng.integer(4_000, 60_000) / 100,
    )


@raise_budget.solution
def _(traveller: str, destination: str, amount: float) -> Solution:
    trip = yield from find_trip(traveller, destination)
    budget = round(trip["budget"] + amount, 2)
    yield set_budget(trip_id=trip["id"], budget=budget)
    return budget


@task(travel)
def close_finished(scene: Scene) -> Request:
    """Some of it cannot be done, as a tool will say."""
    over = scene.sample("trips", 4, lambda t: t["ends_on"] < scene.world.today)
    for n, trip in enumerate(over):
        reopened(scene, trip)
        expenses = scene.world.rows("expenses", trip_id=trip["id"])
        if n == 0:
            for expense in expenses:
                scene.world.put("expenses", {**expense, "status": "approved"})
        elif n == 1:
            scene.world.put(
                "expenses", submitted_expense(trip, 1, scene.rng.integer(900, 9_000) / 100)
            )
    return ask(
        "Close every open trip that ended before today.",
        "Some cannot be closed, because expenses are undecided: leave those as they are, and"
        " report the ids of these trips.",
    )


@close_finished.solution
def _(today: str) -> Solution:
    trips = yield list_trips(status="open")
    left = []
    for trip in trips:
        if trip["ends_on"] < today:
            try:
                yield close_trip(trip_id=trip["id"])
            except ToolError:
                left.append(trip["id"])
    return left


@task(travel, mail)
def warn_over_budget(scene: Scene) -> Request:
    """Compare a sum with a limit for each trip, and write to some travellers."""
    over = scene.sample("trips", 4, lambda t: t["ends_on"] < scene.world.today)
    for n, trip in enumerate(over):
        budget = trip["budget"]
        if n < 2:
            budget = 10.0 * scene.rng.integer(9, 15)
            amount = scene.rng.integer(16_000, 32_000) / 100
            scene.world.put("expenses", submitted_expense(trip, n, amount))
        reopened(scene, {**trip, "budget": budget})
    return ask(
        "Check every open trip that ended before today: add up its expenses except rejected ones.",
        "Where they come to more than the budget, send the traveller a mail about that trip, with"
        " the trip's id and by how many EUR it is over budget, numbers plain; wording and subject"
        " are up to you.",
    )


@warn_over_budget.solution
def _(today: str) -> Solution:
    trips = yield list_trips(status="open")
    for trip in trips:
        if trip["ends_on"] >= today:
            continue
        expenses = yield list_expenses(trip_id=trip["id"])
        excess = sum_of(e for e in expenses if e["status"] != "rejected") - trip["budget"]
        if excess > 0:
            who = yield get_traveller(traveller_id=trip["traveller_id"])
            body = f"Trip {trip['id']} is {excess:.2f} EUR over budget."
            yield send_mail(to=who["email"], subject="Over budget", body=body)
    return None
