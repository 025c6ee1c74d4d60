"""Rows that several of the tasks find, put into a scene, or add up."""

from collections.abc import Generator, Iterable
from math import fsum
from typing import Any

from wildgym.envs.api.services.travel import CATEGORIES, find_travellers, list_trips
from wildgym.envs.api.task import Scene
from wildgym.envs.dates import shifted
from wildgym.tools import Row, ToolCall


def traveller_name(scene: Scene, trip: Row) -> str:
    """Return the name of the traveller who makes a trip."""
    return str(scene.world.row("travellers", trip["traveller_id"])["name"])


def unreserved_trip(scene: Scene) -> Row:
    """Draw a trip that is still to come and for which nothing is reserved."""
    reserved = {r["trip_id"] for r in scene.world.table("reservations").values()}
    return scene.pick(
        "trips", lambda t: t["starts_on"] > scene.world.today and t["id"] not in reserved
    )


def reopened(scene: Scene, trip: Row) -> Row:
    """Make a trip an open one."""
    return scene.world.put("trips", {**trip, "status": "open"})


def hotel_stay(scene: Scene, trip: Row, n: int, starts_on: str) -> Row:
    """Return a confirmed reservation of a room where a trip goes."""
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


def submitted_expense(trip: Row, n: int, amount: float) -> Row:
    """Return an expense of a trip that is still to be decided on."""
    return {
        "id": f"EXP-{8600 + 13 * n}",
        "trip_id": trip["id"],
        "category": CATEGORIES[n % len(CATEGORIES)],
        "amount": amount,
        "spent_on": shifted(trip["starts_on"], n % 3),
        "status": "submitted",
        "note": "",
    }


def find_trip(traveller: str, destination: str) -> Generator[ToolCall, Any, Row]:
    """Find a trip by its traveller's exact name and its destination."""
    found = yield find_travellers(name=traveller)
    who = next(t for t in found if t["name"] == traveller)
    trips = yield list_trips(traveller_id=who["id"])
    return next(trip for trip in trips if trip["destination"] == destination)


def sum_of(expenses: Iterable[Row]) -> float:
    """Add up the amounts of some expenses, to the cent."""
    return round(fsum(expense["amount"] for expense in expenses), 2)
