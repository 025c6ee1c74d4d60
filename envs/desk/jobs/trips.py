"""Business trips: what is missing is booked, by policy, while a fare changes."""

from wildgym.envs.api.services.mail import send_mail
from wildgym.envs.api.services.travel import (
    book_flight,
    book_hotel,
    get_traveller,
    list_hotels,
    list_reservations,
    list_trips,
    search_flights,
    set_budget,
)
from wildgym.envs.dates import days_between
from wildgym.envs.desk.doing import awaited, email_of, number, read_policy, read_table, write_rows
from wildgym.envs.desk.scene import Scene, table
from wildgym.envs.desk.task import Drawn, job
from wildgym.envs.desk.verifier import Aims
from wildgym.envs.files.formats import Csv
from wildgym.envs.files.solving import Part
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Row, World
from wildgym.tools.editor import view_file

_PLANS = ("trip", "flight", "hotel", "budget")


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
    flights = world.rows("flights", destination=trip["destination"])[:2]
    cheapest, other = sorted(flights, key=lambda flight: float(flight["fare"]))
    fare = round(other["fare"] + scene.cents(10, 60), 2)
    text = f"The fare of {cheapest['id']} is now {fare:.2f} EUR; it is changed in travel."
    scene.happens("fare", 600, lambda world: _changed_fare(world, cheapest["id"], fare))
    scene.arrives(600, agent, f"Fares to {trip['destination']}", text)
    path = scene.file("travel/plan.csv", ",".join(_PLANS) + "\n")
    rows = []
    for one in ahead:
        hotel = min(world.rows("hotels", city=one["destination"]), key=lambda h: h["nightly_rate"])
        had = [r for r in world.rows("reservations") if r["trip_id"] == one["id"]]
        flown = world.row("flights", had[0]["offer_id"]) if had else other
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


@business_trips.solution
def _(policy: str, allowances: str, agent: str, path: str, manager: str, today: str) -> Solution:
    cap = number((yield from read_policy(policy)), "more than", "EUR a night")
    table = yield from read_table(allowances)
    daily = {row["city"]: float(row["EUR a day"]) for row in table}
    yield view_file(path=path)
    yield from awaited("Fares to", (yield from email_of(agent)))
    ahead = [t for t in (yield list_trips(status="open")) if t["starts_on"] > today]
    rows, dear = [], []
    for trip in ahead:
        flight = yield from _flight(trip)
        hotels = yield list_hotels(city=trip["destination"])
        hotel = min(hotels, key=lambda hotel: float(hotel["nightly_rate"]))
        booked = yield book_hotel(trip_id=trip["id"], hotel_id=hotel["id"])
        if hotel["nightly_rate"] > cap:
            dear.append(hotel["id"])
        nights = days_between(trip["starts_on"], trip["ends_on"])
        fare = flight["price"] + booked["price"]
        budget = round(fare + nights * daily[trip["destination"]], 2)
        yield set_budget(trip_id=trip["id"], budget=budget)
        rows.append((trip["id"], flight["offer_id"], hotel["id"], budget))
    yield from write_rows(path, _PLANS, rows)
    total = sum(row[3] for row in rows)
    body = f"The budgets come to {total:.2f} EUR. Above the limit: {', '.join(dear) or 'none'}."
    yield send_mail(to=(yield from email_of(manager)), subject="Business trips", body=body)
    return None


def _flight(trip: Row) -> Part[Row]:
    """Return the reservation of a trip's flight, which is made if there is none."""
    had: list[Row] = yield list_reservations(trip_id=trip["id"], status="confirmed")
    for reservation in had:
        if reservation["kind"] == "flight":
            return reservation
    traveller = yield get_traveller(traveller_id=trip["traveller_id"])
    flights = yield search_flights(
        origin=traveller["home_city"],
        destination=trip["destination"],
        departs_on=trip["starts_on"],
    )
    flight = min(flights, key=lambda flight: float(flight["fare"]))
    booked: Row = yield book_flight(trip_id=trip["id"], flight_id=flight["id"])
    return booked


def _changed_fare(world: World, flight: str, fare: float) -> None:
    world.update("flights", flight, fare=fare)
