"""Business travel: travellers, trips, flights, hotels, reservations, expenses."""

from collections.abc import Generator, Sequence
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from wildgym.envs.api.service import Service, Value, only
from wildgym.envs.dates import days_between, shifted
from wildgym.envs.people import CITIES, Person
from wildgym.tools import Rng, Row, TableType, ToolCall, ToolError, World

travel = Service(
    "travel",
    tables={
        "travellers": TableType("TRV"),
        "trips": TableType("TRP"),
        "flights": TableType("FLT"),
        "hotels": TableType("HTL"),
        "reservations": TableType("RSV"),
        "expenses": TableType("EXP", prose=frozenset({"note"})),
    },
    rules=(
        "Book no hotel that costs more than {travel_rate_cap} EUR a night; if one does, report its"
        " nightly rate.",
        "A reservation may be cancelled only if it starts at least {travel_notice_days} days from"
        " today; if it starts sooner, report its price.",
        "Approve no expense above {travel_expense_limit} EUR; if asked to, report the date on"
        " which it was spent.",
    ),
    values={
        "travel_rate_cap": Value(150, (100, 120, 135, 170, 190, 220)),
        "travel_notice_days": Value(7, (2, 3, 5, 10, 14, 21)),
        "travel_expense_limit": Value(200, (90, 120, 160, 250, 300, 350)),
    },
)

Category = Literal["meals", "taxi", "train", "parking", "telephone"]
CATEGORIES: tuple[Category, ...] = get_args(Category)

_PURPOSES = ("trade fair", "client visit", "audit", "workshop", "training")
_HOTELS = ("Aurora", "Belvedere", "Central", "Domus", "Esplanade", "Fenix", "Grand", "Helios")
_OFFERS = {"flight": ("flights", "seats"), "hotel": ("hotels", "free_rooms")}


@travel.world
def generate(rng: Rng, people: Sequence[Person], today: str) -> dict[str, list[Row]]:
    """Draw five travellers, four trips that are over, and three ahead with what can be booked."""
    travellers: list[Row] = [
        {
            "id": f"TRV-{140 + 9 * n}",
            "name": person.name,
            "email": person.email,
            "home_city": person.city,
        }
        for n, person in enumerate(people[1:6])
    ]
    homes = {traveller["home_city"] for traveller in travellers}
    goals = rng.sample([city for city in CITIES if city not in homes], 7)
    starts = [-rng.integer(12, 45) for _ in range(4)] + [rng.integer(8, 40) for _ in range(3)]
    trips: list[Row] = [
        {
            "id": f"TRP-{610 + 11 * n}",
            "traveller_id": travellers[n % 5]["id"],
            "destination": goal,
            "purpose": rng.pick(_PURPOSES),
            "starts_on": shifted(today, start),
            "ends_on": shifted(today, start + rng.integer(3, 6)),
            "budget": rng.integer(80, 300) * 10.0,
            "status": rng.pick(("open", "closed")) if start < 0 else "open",
        }
        for n, (goal, start) in enumerate(zip(goals, starts, strict=True))
    ]
    over, ahead = trips[:4], trips[4:]
    origins = {traveller["id"]: traveller["home_city"] for traveller in travellers}
    flights: list[Row] = [
        {
            "id": f"FLT-{3100 + 19 * n}",
            "origin": origins[ahead[n // 3]["traveller_id"]],
            "destination": ahead[n // 3]["destination"],
            "departs_on": shifted(ahead[n // 3]["starts_on"], n % 3 // 2),
            "departs_at": f"{rng.integer(6, 21):02}:{rng.integer(0, 11) * 5:02}",
            "fare": fare / 100,
            "seats": rng.integer(0, 6),
        }
        for n, fare in enumerate(rng.sample(range(6_000, 42_000, 150), 9))
    ]
    hotels: list[Row] = [
        {
            "id": f"HTL-{220 + 7 * n}",
            "name": f"Hotel {name}",
            "city": ahead[n // 2]["destination"],
            "nightly_rate": rng.integer(6_000, 26_000) / 100,
            "free_rooms": rng.integer(0, 8),
        }
        for n, name in enumerate(rng.sample(_HOTELS, 6))
    ]
    return {
        "travellers": travellers,
        "trips": trips,
        "flights": flights,
        "hotels": hotels,
        "reservations": [_reservation(n, ahead[n], flights[3 * n]) for n in range(2)],
        "expenses": [_expense(n, rng, rng.pick(over)) for n in range(15)],
    }


def _reservation(n: int, trip: Row, flight: Row) -> Row:
    return {
        "id": f"RSV-{4300 + 23 * n}",
        "trip_id": trip["id"],
        "kind": "flight",
        "offer_id": flight["id"],
        "starts_on": flight["departs_on"],
        "price": flight["fare"],
        "status": "confirmed",
    }


def _expense(n: int, rng: Rng, trip: Row) -> Row:
    undecided = ("submitted",) if trip["status"] == "open" else ()
    return {
        "id": f"EXP-{8100 + 13 * n}",
        "trip_id": trip["id"],
        "category": rng.pick(CATEGORIES),
        "amount": rng.integer(900, 32_000) / 100,
        "spent_on": shifted(trip["starts_on"], rng.integer(0, 3)),
        "status": rng.pick(("approved", "rejected", *undecided)),
        "note": "",
    }


@travel.reads
def find_travellers(world: World, name: str) -> list[Row]:
    """Find travellers whose name contains a text.

    Args:
        name: Part of a name; upper and lower case are the same.
    """
    return [r for r in world.rows("travellers") if name.casefold() in r["name"].casefold()]


@travel.reads
def get_traveller(world: World, traveller_id: str) -> Row:
    """Get one traveller.

    Args:
        traveller_id: The traveller's id.
    """
    return world.row("travellers", traveller_id)


@travel.reads
def list_trips(
    world: World,
    traveller_id: str | None = None,
    status: Literal["open", "closed"] | None = None,
) -> list[Row]:
    """List trips with their budgets in EUR.

    Args:
        traveller_id: Only trips of this traveller.
        status: Only trips with this status.
    """
    return [
        r
        for r in world.rows("trips")
        if traveller_id in (None, r["traveller_id"]) and status in (None, r["status"])
    ]


@travel.reads
def get_trip(world: World, trip_id: str) -> Row:
    """Get one trip.

    Args:
        trip_id: The trip's id.
    """
    return world.row("trips", trip_id)


@travel.reads
def search_flights(
    world: World, origin: str, destination: str, departs_on: date | None = None
) -> list[Row]:
    """Search flights from one city to another, with fares in EUR and the seats left.

    Args:
        origin: The city of departure.
        destination: The city of arrival.
        departs_on: Only flights on this date, YYYY-MM-DD.
    """
    flights = world.rows("flights", origin=origin, destination=destination)
    return [r for r in flights if departs_on is None or departs_on.isoformat() == r["departs_on"]]


@travel.reads
def list_hotels(world: World, city: str | None = None) -> list[Row]:
    """List hotels with their rates in EUR and the rooms left.

    Args:
        city: Only hotels in this city.
    """
    return [r for r in world.rows("hotels") if city in (None, r["city"])]


@travel.reads
def list_reservations(
    world: World,
    trip_id: str | None = None,
    status: Literal["confirmed", "cancelled"] | None = None,
) -> list[Row]:
    """List reservations of flights and hotels.

    Args:
        trip_id: Only reservations for this trip.
        status: Only reservations with this status.
    """
    return [
        r
        for r in world.rows("reservations")
        if trip_id in (None, r["trip_id"]) and status in (None, r["status"])
    ]


@travel.reads
def get_reservation(world: World, reservation_id: str) -> Row:
    """Get one reservation.

    Args:
        reservation_id: The reservation's id.
    """
    return world.row("reservations", reservation_id)


@travel.reads
def list_expenses(
    world: World,
    trip_id: str | None = None,
    status: Literal["submitted", "approved", "rejected"] | None = None,
) -> list[Row]:
    """List expenses, amounts in EUR.

    Args:
        trip_id: Only expenses of this trip.
        status: Only expenses with this status.
    """
    return [
        r
        for r in world.rows("expenses")
        if trip_id in (None, r["trip_id"]) and status in (None, r["status"])
    ]


@travel.reads
def get_expense(world: World, expense_id: str) -> Row:
    """Get one expense.

    Args:
        expense_id: The expense's id.
    """
    return world.row("expenses", expense_id)


@travel.writes
def book_flight(world: World, trip_id: str, flight_id: str) -> Row:
    """Reserve a seat for a trip, on a flight that departs during the trip.

    Args:
        trip_id: For which trip.
        flight_id: Which flight.
    """
    trip, flight = _open_trip(world, trip_id), world.row("flights", flight_id)
    if not trip["starts_on"] <= flight["departs_on"] <= trip["ends_on"]:
        raise ToolError("outside_trip", f"{flight_id} does not depart during {trip_id}.")
    if not flight["seats"]:
        raise ToolError("sold_out", f"{flight_id} has no seats left.")
    world.update("flights", flight_id, seats=flight["seats"] - 1)
    return world.create(
        "reservations",
        trip_id=trip_id,
        kind="flight",
        offer_id=flight_id,
        starts_on=flight["departs_on"],
        price=flight["fare"],
        status="confirmed",
    )


@travel.writes
def book_hotel(world: World, trip_id: str, hotel_id: str) -> Row:
    """Reserve a room for all nights of a trip, in the city that the trip goes to.

    Args:
        trip_id: For which trip.
        hotel_id: Which hotel.
    """
    trip, hotel = _open_trip(world, trip_id), world.row("hotels", hotel_id)
    if hotel["city"] != trip["destination"]:
        raise ToolError("wrong_city", f"{hotel_id} is in {hotel['city']}.")
    if not hotel["free_rooms"]:
        raise ToolError("sold_out", f"{hotel_id} has no rooms left.")
    world.update("hotels", hotel_id, free_rooms=hotel["free_rooms"] - 1)
    nights = days_between(trip["starts_on"], trip["ends_on"])
    return world.create(
        "reservations",
        trip_id=trip_id,
        kind="hotel",
        offer_id=hotel_id,
        starts_on=trip["starts_on"],
        price=round(nights * hotel["nightly_rate"], 2),
        status="confirmed",
    )


@travel.writes
def cancel_reservation(world: World, reservation_id: str) -> Row:
    """Cancel a reservation, and give back the seat or room.

    Args:
        reservation_id: The reservation's id.
    """
    reservation = world.row("reservations", reservation_id)
    if reservation["status"] != "confirmed":
        raise ToolError("wrong_status", f"{reservation_id} is cancelled already.")
    table, left = _OFFERS[reservation["kind"]]
    offer = world.row(table, reservation["offer_id"])
    world.update(table, offer["id"], **{left: offer[left] + 1})
    return world.update("reservations", reservation_id, status="cancelled")


@travel.writes
def claim_expense(
    world: World,
    trip_id: str,
    category: Category,
    amount: Annotated[float, Field(gt=0, le=100_000)],
    spent_on: date,
    note: str = "",
) -> Row:
    """Submit an expense of an open trip.

    Args:
        trip_id: Of which trip.
        category: What for.
        amount: How much, in EUR.
        spent_on: When, as YYYY-MM-DD.
        note: Anything else, in free text. Default: empty.
    """
    return world.create(
        "expenses",
        trip_id=_open_trip(world, trip_id)["id"],
        category=category,
        amount=round(amount, 2),
        spent_on=spent_on.isoformat(),
        status="submitted",
        note=note,
    )


@travel.writes
def approve_expense(world: World, expense_id: str) -> Row:
    """Approve a submitted expense.

    Args:
        expense_id: The expense's id.
    """
    return _decide(world, expense_id, "approved")


@travel.writes
def reject_expense(world: World, expense_id: str) -> Row:
    """Reject a submitted expense.

    Args:
        expense_id: The expense's id.
    """
    return _decide(world, expense_id, "rejected")


@travel.writes
def set_budget(
    world: World, trip_id: str, budget: Annotated[float, Field(gt=0, le=100_000)]
) -> Row:
    """Change the budget of an open trip.

    Args:
        trip_id: The trip's id.
        budget: The new budget in EUR.
    """
    return world.update("trips", _open_trip(world, trip_id)["id"], budget=round(budget, 2))


@travel.writes
def close_trip(world: World, trip_id: str) -> Row:
    """Close an open trip, which must have no submitted expenses left to decide on.

    Args:
        trip_id: The trip's id.
    """
    _open_trip(world, trip_id)
    if world.rows("expenses", trip_id=trip_id, status="submitted"):
        raise ToolError("undecided_expenses", f"{trip_id} has submitted expenses.")
    return world.update("trips", trip_id, status="closed")


def _open_trip(world: World, trip_id: str) -> Row:
    trip = world.row("trips", trip_id)
    if trip["status"] != "open":
        raise ToolError("wrong_status", f"{trip_id} is closed.")
    return trip


def _decide(world: World, expense_id: str, status: str) -> Row:
    expense = world.row("expenses", expense_id)
    if expense["status"] != "submitted":
        raise ToolError("wrong_status", f"{expense_id} is {expense['status']}, not submitted.")
    return world.update("expenses", expense_id, status=status)


@travel.without(get_trip)
def _(trip_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_trips()), trip_id)


@travel.without(get_reservation)
def _(reservation_id: str) -> Generator[ToolCall, Any, Row]:
    return only((yield list_reservations()), reservation_id)


@travel.without(find_travellers)
def _(name: str) -> Generator[ToolCall, Any, list[Row]]:
    # Every traveller has a trip, and their ids sort as they are listed.
    ids = sorted({trip["traveller_id"] for trip in (yield list_trips())})
    found = []
    for id in ids:
        traveller = yield get_traveller(traveller_id=id)
        if name.casefold() in traveller["name"].casefold():
            found.append(traveller)
    return found
