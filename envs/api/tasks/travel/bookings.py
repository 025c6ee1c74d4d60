"""Tasks about booking flights and rooms, and about what is booked."""

from wildgym.envs.api.services.mail import mail, send_mail
from wildgym.envs.api.services.travel import (
    book_flight,
    book_hotel,
    get_traveller,
    list_hotels,
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
from wildgym.envs.dates import shifted
from wildgym.envs.scenario import Refusal, Solution


@task(travel)
def book_cheapest(scene: Scene) -> Request:
    """Search, choose, and book."""
    trip = unreserved_trip(scene)
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
        traveller=traveller_name(scene, trip),
        destination=trip["destination"],
    )


@book_cheapest.solution
def _(traveller: str, destination: str) -> Solution:
    trip = yield from find_trip(traveller, destination)
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
    trip = unreserved_trip(scene)
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


@task(travel, mail)
def send_reservations(scene: Scene) -> Request:
    """Tell somebody by mail what is reserved."""
    trip = unreserved_trip(scene)
    for n in range(scene.rng.integer(3, 4)):
        stay = hotel_stay(scene, trip, n, shifted(trip["starts_on"], n))
        status = "cancelled" if n == 1 else "confirmed"
        scene.world.put("reservations", {**stay, "status": status})
    return ask(
        "Send {traveller} one mail about their trip to {destination}.",
        "It must contain the id and the price of each reservation that is confirmed, numbers"
        " plain; wording and subject are up to you.",
        traveller=traveller_name(scene, trip),
        destination=trip["destination"],
    )


@send_reservations.solution
def _(traveller: str, destination: str) -> Solution:
    trip = yield from find_trip(traveller, destination)
    who = yield get_traveller(traveller_id=trip["traveller_id"])
    reservations = yield list_reservations(trip_id=trip["id"], status="confirmed")
    lines = [f"{r['id']}: {r['price']:.2f} EUR" for r in reservations]
    yield send_mail(to=who["email"], subject="Your reservations", body="\n".join(lines))
    return None
