"""Tasks about business travel."""

from collections.abc import Generator, Iterable
from math import fsum
from typing import Any

from wildgym.envs.api.dates import days_between, shifted
from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.services.travel import (
    CATEGORIES,
    approve_expense,
    book_flight,
    book_hotel,
    cancel_reservation,
    claim_expense,
    close_trip,
    find_travellers,
    get_expense,
    get_reservation,
    get_traveller,
    get_trip,
    list_expenses,
    list_hotels,
    list_reservations,
    list_trips,
    reject_expense,
    search_flights,
    set_budget,
    travel,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Row, ToolCall, ToolError


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
        traveller=_traveller(scene, trip),
        destination=trip["destination"],
    )


@spent_on_trip.solution
def _(traveller: str, destination: str) -> Solution:
    trip = yield from _find_trip(traveller, destination)
    expenses = yield list_expenses(trip_id=trip["id"])
    return _sum(e for e in expenses if e["status"] != "rejected")


@task(travel)
def book_cheapest(scene: Scene) -> Request:
    """Search, choose, and book."""
    trip = _unreserved(scene)
    flight = scene.pick(
        "flights",
        lambda f: (f["destination"], f["departs_on"]) == (trip["destination"], trip["starts_on"]),
    )
    scene.world.put("flights", {**flight, "seats": scene.rng.integer(1, 5)})
    return ask(
        "Book a flight for {traveller}'s trip to {destination}.",
        "Take the cheapest one that leaves their home city on the first day of the trip and has"
        " seats left.",
        "Tell me the flight's id.",
        traveller=_traveller(scene, trip),
        destination=trip["destination"],
    )


@book_cheapest.solution
def _(traveller: str, destination: str) -> Solution:
    trip = yield from _find_trip(traveller, destination)
    who = yield get_traveller(traveller_id=trip["traveller_id"])
    flights = yield search_flights(
        origin=who["home_city"], destination=destination, departs_on=trip["starts_on"]
    )
    cheapest = min((f for f in flights if f["seats"]), key=lambda f: float(f["fare"]))
    yield book_flight(trip_id=trip["id"], flight_id=cheapest["id"])
    return cheapest["id"]


@task(travel)
def book_room(scene: Scene) -> Request:
    """A number in a rule decides whether it may be done."""
    trip = _unreserved(scene)
    hotel = scene.pick("hotels", lambda h: h["city"] == trip["destination"])
    cap = scene.policy["travel_rate_cap"]
    rate = scene.rng.integer(60 * cap, 140 * cap) / 100
    rooms = scene.rng.integer(1, 6)
    scene.world.put("hotels", {**hotel, "nightly_rate": rate, "free_rooms": rooms})
    return ask(
        "Book a room in the {hotel} for trip {trip_id}.",
        "Tell me what the whole stay costs, in EUR.",
        hotel=hotel["name"],
        trip_id=trip["id"],
    )


@book_room.solution
def _(hotel: str, trip_id: str, travel_rate_cap: int) -> Solution:
    hotels = yield list_hotels()
    wanted = next(h for h in hotels if h["name"] == hotel)
    if wanted["nightly_rate"] > travel_rate_cap:
        return Refusal(wanted["nightly_rate"])
    booked = yield book_hotel(trip_id=trip_id, hotel_id=wanted["id"])
    return booked["price"]


@task(travel)
def cancel(scene: Scene) -> Request:
    """A number of days in a rule decides whether it may be done."""
    trip = _moved(scene, _unreserved(scene))
    stay = scene.world.put("reservations", _stay(scene, trip, 0, trip["starts_on"]))
    return ask("Please cancel reservation {reservation_id}.", reservation_id=stay["id"])


@cancel.solution
def _(reservation_id: str, travel_notice_days: int, today: str) -> Solution:
    reservation = yield get_reservation(reservation_id=reservation_id)
    if days_between(today, reservation["starts_on"]) < travel_notice_days:
        return Refusal(reservation["price"])
    yield cancel_reservation(reservation_id=reservation_id)
    return None


@task(travel)
def approve(scene: Scene) -> Request:
    """An amount in a rule decides whether it may be done."""
    expense = scene.pick("expenses")
    _reopened(scene, scene.world.row("trips", expense["trip_id"]))
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
    trip = _reopened(scene, scene.world.row("trips", expense["trip_id"]))
    return ask(
        "{traveller} forgot an expense of the trip to {destination}: {amount} EUR, in the category"
        " {category}, spent on {spent_on}.",
        "Claim it for them.",
        "Then add up all expenses of the trip except rejected ones, this one included, and tell me"
        " the total in EUR.",
        traveller=_traveller(scene, trip),
        amount=scene.rng.integer(500, 9_000) / 100,
        category=scene.rng.pick(CATEGORIES),
        spent_on=shifted(trip["starts_on"], scene.rng.integer(0, 3)),
        destination=trip["destination"],
    )


@claim.solution
def _(traveller: str, amount: float, category: str, spent_on: str, destination: str) -> Solution:
    trip = yield from _find_trip(traveller, destination)
    yield claim_expense(trip_id=trip["id"], category=category, amount=amount, spent_on=spent_on)
    expenses = yield list_expenses(trip_id=trip["id"])
    return _sum(e for e in expenses if e["status"] != "rejected")


@task(travel)
def raise_budget(scene: Scene) -> Request:
    """Compute a new number from an old one."""
    trip = scene.pick("trips", lambda t: t["status"] == "open")
    return ask(
        "Raise the budget of {traveller}'s trip to {destination} by {amount} EUR.",
        "Tell me the new budget.",
        traveller=_traveller(scene, trip),
        destination=trip["destination"],
        amount=scene.rng.integer(4_000, 60_000) / 100,
    )


@raise_budget.solution
def _(traveller: str, destination: str, amount: float) -> Solution:
    trip = yield from _find_trip(traveller, destination)
    budget = round(trip["budget"] + amount, 2)
    yield set_budget(trip_id=trip["id"], budget=budget)
    return budget


@task(travel)
def leave_later(scene: Scene) -> Request:
    """Exchange one reservation for another, if a rule allows it."""
    old = scene.pick("reservations", lambda r: r["kind"] == "flight")
    trip = _moved(scene, scene.world.row("trips", old["trip_id"]))
    first, second = trip["starts_on"], shifted(trip["starts_on"], 1)
    booked = scene.world.row("flights", old["offer_id"])
    scene.world.put("reservations", {**old, "starts_on": first})
    for flight in scene.world.rows("flights", destination=trip["destination"]):
        seats = scene.rng.integer(1, 5)
        scene.world.put("flights", {**flight, "departs_on": second, "seats": seats})
    scene.world.put("flights", {**booked, "departs_on": first})
    return ask(
        "{traveller} wants to leave for {destination} one day later.",
        "Cancel the flight that is reserved as {reservation_id}, and book the cheapest flight of"
        " {day} for the same trip instead, from {origin} as before, with seats left.",
        "Tell me the new fare in EUR.",
        traveller=_traveller(scene, trip),
        destination=trip["destination"],
        reservation_id=old["id"],
        day=second,
        origin=booked["origin"],
    )


@leave_later.solution
def _(
    destination: str,
    reservation_id: str,
    day: str,
    origin: str,
    travel_notice_days: int,
    today: str,
) -> Solution:
    old = yield get_reservation(reservation_id=reservation_id)
    if days_between(today, old["starts_on"]) < travel_notice_days:
        return Refusal(old["price"])
    flights = yield search_flights(origin=origin, destination=destination, departs_on=day)
    cheapest = min((f for f in flights if f["seats"]), key=lambda f: float(f["fare"]))
    yield cancel_reservation(reservation_id=reservation_id)
    yield book_flight(trip_id=old["trip_id"], flight_id=cheapest["id"])
    return cheapest["fare"]


@task(travel)
def close_finished(scene: Scene) -> Request:
    """Some of it cannot be done, as a tool will say."""
    over = scene.sample("trips", 4, lambda t: t["ends_on"] < scene.world.today)
    for n, trip in enumerate(over):
        _reopened(scene, trip)
        expenses = scene.world.rows("expenses", trip_id=trip["id"])
        if n == 0:
            for expense in expenses:
                scene.world.put("expenses", {**expense, "status": "approved"})
        elif n == 1:
            scene.world.put("expenses", _submitted(trip, 1, scene.rng.integer(900, 9_000) / 100))
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


@task(travel)
def review_expenses(scene: Scene) -> Request:
    """Decide on every expense of a trip as a rule says."""
    trip = _reopened(scene, scene.pick("trips", lambda t: t["ends_on"] < scene.world.today))
    limit = scene.policy["travel_expense_limit"]
    for n in range(scene.rng.integer(5, 8)):
        amount = scene.rng.integer(20 * limit, 180 * limit) / 100
        scene.world.put("expenses", _submitted(trip, n, amount))
    return ask(
        "Decide on all submitted expenses of {traveller}'s trip to {destination}.",
        "Approve each that the rules let you approve, and reject each that they do not.",
        "Report the ids of all the expenses that you decided on.",
        traveller=_traveller(scene, trip),
        destination=trip["destination"],
    )


@review_expenses.solution
def _(traveller: str, destination: str, travel_expense_limit: int) -> Solution:
    trip = yield from _find_trip(traveller, destination)
    expenses = yield list_expenses(trip_id=trip["id"], status="submitted")
    for expense in expenses:
        decide = reject_expense if expense["amount"] > travel_expense_limit else approve_expense
        yield decide(expense_id=expense["id"])
    return [expense["id"] for expense in expenses]


@task(travel)
def call_off(scene: Scene) -> Request:
    """Cancel each reservation that a rule lets go."""
    trip = _unreserved(scene)
    today, notice = scene.world.today, scene.policy["travel_notice_days"]
    near = [scene.rng.integer(1, 2 * notice) for _ in range(scene.rng.integer(6, 9))]
    days = sorted([*near, 40, 60])
    for n, ahead in enumerate(days):
        scene.world.put("reservations", _stay(scene, trip, n, shifted(today, ahead)))
    scene.world.put(
        "trips", {**trip, "starts_on": shifted(today, days[0]), "ends_on": shifted(today, 70)}
    )
    return ask(
        "{traveller} is ill, and the long trip to {destination} is off.",
        "Cancel each confirmed reservation of the trip that the rules let you cancel, and leave"
        " the others.",
        "Report the total price of those that you cancelled, in EUR.",
        traveller=_traveller(scene, trip),
        destination=trip["destination"],
    )


@call_off.solution
def _(traveller: str, destination: str, travel_notice_days: int, today: str) -> Solution:
    trip = yield from _find_trip(traveller, destination)
    reservations = yield list_reservations(trip_id=trip["id"], status="confirmed")
    saved = 0.0
    for reservation in reservations:
        if days_between(today, reservation["starts_on"]) >= travel_notice_days:
            yield cancel_reservation(reservation_id=reservation["id"])
            saved += reservation["price"]
    return round(saved, 2)


@task(travel, mail)
def send_reservations(scene: Scene) -> Request:
    """Tell somebody by mail what is reserved."""
    trip = _unreserved(scene)
    for n in range(scene.rng.integer(3, 4)):
        stay = _stay(scene, trip, n, shifted(trip["starts_on"], n))
        status = "cancelled" if n == 1 else "confirmed"
        scene.world.put("reservations", {**stay, "status": status})
    return ask(
        "Send {traveller} one mail about their trip to {destination}.",
        "It must contain the id and the price of each reservation that is confirmed, numbers"
        " plain; wording and subject are up to you.",
        traveller=_traveller(scene, trip),
        destination=trip["destination"],
    )


@send_reservations.solution
def _(traveller: str, destination: str) -> Solution:
    trip = yield from _find_trip(traveller, destination)
    who = yield get_traveller(traveller_id=trip["traveller_id"])
    reservations = yield list_reservations(trip_id=trip["id"], status="confirmed")
    lines = [f"{r['id']}: {r['price']:.2f} EUR" for r in reservations]
    yield send_mail(to=who["email"], subject="Your reservations", body="\n".join(lines))
    return None


@task(travel, mail)
def warn_over_budget(scene: Scene) -> Request:
    """Compare a sum with a limit for each trip, and write to some travellers."""
    over = scene.sample("trips", 4, lambda t: t["ends_on"] < scene.world.today)
    for n, trip in enumerate(over):
        budget = trip["budget"]
        if n < 2:
            budget = 10.0 * scene.rng.integer(9, 15)
            amount = scene.rng.integer(16_000, 32_000) / 100
            scene.world.put("expenses", _submitted(trip, n, amount))
        _reopened(scene, {**trip, "budget": budget})
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
        excess = _sum(e for e in expenses if e["status"] != "rejected") - trip["budget"]
        if excess > 0:
            who = yield get_traveller(traveller_id=trip["traveller_id"])
            body = f"Trip {trip['id']} is {excess:.2f} EUR over budget."
            yield send_mail(to=who["email"], subject="Over budget", body=body)
    return None


def _traveller(scene: Scene, trip: Row) -> str:
    return str(scene.world.row("travellers", trip["traveller_id"])["name"])


def _unreserved(scene: Scene) -> Row:
    reserved = {r["trip_id"] for r in scene.world.table("reservations").values()}
    return scene.pick(
        "trips", lambda t: t["starts_on"] > scene.world.today and t["id"] not in reserved
    )


def _reopened(scene: Scene, trip: Row) -> Row:
    return scene.world.put("trips", {**trip, "status": "open"})


def _moved(scene: Scene, trip: Row) -> Row:
    """Let a trip start within twice the notice that cancelling takes."""
    days = scene.rng.integer(1, 2 * scene.policy["travel_notice_days"])
    starts = shifted(scene.world.today, days)
    return scene.world.put("trips", {**trip, "starts_on": starts, "ends_on": shifted(starts, 5)})


def _stay(scene: Scene, trip: Row, n: int, starts_on: str) -> Row:
    hotel = scene.pick("hotels", lambda h: h["city"] == trip["destination"])
    return {
        "id": f"RSV-{4700 + 23 * n}",
        "trip_id": trip["id"],
        "kind": "hotel",
        "offer_id": hotel["id"],
        "starts_on": starts_on,
        "price": round(hotel["nightly_rate"] * scene.rng.integer(1, 4), 2),
        "status": "confirmed",
    }


def _submitted(trip: Row, n: int, amount: float) -> Row:
    return {
        "id": f"EXP-{8600 + 13 * n}",
        "trip_id": trip["id"],
        "category": CATEGORIES[n % len(CATEGORIES)],
        "amount": amount,
        "spent_on": shifted(trip["starts_on"], n % 3),
        "status": "submitted",
        "note": "",
    }


def _find_trip(traveller: str, destination: str) -> Generator[ToolCall, Any, Row]:
    found = yield find_travellers(name=traveller)
    who = next(t for t in found if t["name"] == traveller)
    trips = yield list_trips(traveller_id=who["id"])
    return next(trip for trip in trips if trip["destination"] == destination)


def _sum(expenses: Iterable[Row]) -> float:
    return round(fsum(expense["amount"] for expense in expenses), 2)
