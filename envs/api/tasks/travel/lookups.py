"""Tasks that ask about trips, fares and expenses."""

from wildgym.envs.api.services.travel import (
    get_expense,
    get_traveller,
    get_trip,
    list_expenses,
    search_flights,
    travel,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.travel.rows import find_trip, sum_of, traveller_name
from wildgym.envs.scenario import Solution


@task(travel)
def trip_budget(scene: Scene) -> Request:
    """Look up one number."""
    return ask("What is the budget of trip {trip_id}, in EUR?", trip_id=scene.pick("trips")["id"])


@trip_budget.solution
def _(trip_id: str) -> Solution:
    trip = yield get_trip(trip_id=trip_id)
    return trip["budget"]


@task(travel)
def cheapest_fare(scene: Scene) -> Request:
    """Search under a condition."""
    flight = scene.pick("flights", lambda f: f["seats"] > 0)
    return ask(
        "What does the cheapest flight from {origin} to {destination} cost, in EUR?",
        "Any date will do, but there must be seats left.",
        origin=flight["origin"],
        destination=flight["destination"],
    )


@cheapest_fare.solution
def _(origin: str, destination: str) -> Solution:
    flights = yield search_flights(origin=origin, destination=destination)
    return min(flight["fare"] for flight in flights if flight["seats"])


@task(travel)
def expense_owner(scene: Scene) -> Request:
    """From an expense by way of its trip to the traveller."""
    return ask(
        "I have a question about expense {expense_id}.",
        "Give me the email address of the traveller whose trip it belongs to.",
        expense_id=scene.pick("expenses")["id"],
    )


@expense_owner.solution
def _(expense_id: str) -> Solution:
    expense = yield get_expense(expense_id=expense_id)
    trip = yield get_trip(trip_id=expense["trip_id"])
    traveller = yield get_traveller(traveller_id=trip["traveller_id"])
    return traveller["email"]


@task(travel)
def spent_on_trip(scene: Scene) -> Request:
    """Add up what is listed, under a condition."""
    expense = scene.pick("expenses", lambda e: e["status"] != "rejected")
    trip = scene.world.row("trips", expense["trip_id"])
    return ask(
        "What did {traveller} spend on the trip to {destination}, in EUR?",
        "Add up all expenses of the trip except rejected ones.",
        traveller=traveller_name(scene, trip),
        destination=trip["destination"],
    )


@spent_on_trip.solution
def _(traveller: str, destination: str) -> Solution:
    trip = yield from find_trip(traveller, destination)
    expenses = yield list_expenses(trip_id=trip["id"])
    return sum_of(e for e in expenses if e["status"] != "rejected")
