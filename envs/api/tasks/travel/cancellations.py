"""Tasks about reservations that are cancelled or exchanged."""

from wildgym.envs.api.services.travel import (
    book_flight,
    cancel_reservation,
    get_reservation,
    list_reservations,
    search_flights,
    travel,
)
from wildgym.envs.api.task import Request, Scene, ask, task
from wildgym.envs.api.tasks.travel.rows import (
    find_trip,
    hotel_stay,
    traveller_name,
    unreserved_trip,
)
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.scenario import Refusal, Solution
from wildgym.tools import Row


@task(travel)
def cancel(scene: Scene) -> Request:
    """A number of days in a rule decides whether it may be done."""
    trip = _moved(scene, unreserved_trip(scene))
    stay = scene.world.put("reservations", hotel_stay(scene, trip, 0, trip["starts_on"]))
    return ask("Please cancel reservation {reservation_id}.", reservation_id=stay["id"])


@cancel.solution
def _(reservation_id: str, travel_notice_days: int, today: str) -> Solution:
    reservation = yield get_reservation(reservation_id=reservation_id)
    if days_between(today, reservation["starts_on"]) < travel_notice_days:
        return Refusal(reservation["price"])
    yield cancel_reservation(reservation_id=reservation_id)
    return None


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
        traveller=traveller_name(scene, trip),
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
def call_off(scene: Scene) -> Request:
    """Cancel each reservation that a rule lets go."""
    trip = unreserved_trip(scene)
    today, notice = scene.world.today, scene.policy["travel_notice_days"]
    near = [scene.rng.integer(1, 2 * notice) for _ in range(scene.rng.integer(6, 9))]
    days = sorted([*near, 40, 60])
    for n, ahead in enumerate(days):
        scene.world.put("reservations", hotel_stay(scene, trip, n, shifted(today, ahead)))
    scene.world.put(
        "trips", {**trip, "starts_on": shifted(today, days[0]), "ends_on": shifted(today, 70)}
    )
    return ask(
        "{traveller} is ill, and the long trip to {destination} is off.",
        "Cancel each confirmed reservation of the trip that the rules let you cancel, and leave"
        " the others.",
        "Report the total price of those that you cancelled, in EUR.",
        traveller=traveller_name(scene, trip),
        destination=trip["destination"],
    )


@call_off.solution
def _(traveller: str, destination: str, travel_notice_days: int, today: str) -> Solution:
    trip = yield from find_trip(traveller, destination)
    reservations = yield list_reservations(trip_id=trip["id"], status="confirmed")
    saved = 0.0
    for reservation in reservations:
        if days_between(today, reservation["starts_on"]) >= travel_notice_days:
            yield cancel_reservation(reservation_id=reservation["id"])
            saved += reservation["price"]
    return round(saved, 2)


def _moved(scene: Scene, trip: Row) -> Row:
    """Let a trip start within twice the notice that cancelling takes."""
    days = scene.rng.integer(1, 2 * scene.policy["travel_notice_days"])
    starts = shifted(scene.world.today, days)
    return scene.world.put("trips", {**trip, "starts_on": starts, "ends_on": shifted(starts, 5)})
