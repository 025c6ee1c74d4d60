"""What the files are about: customers, products, orders, employees, the same in every file."""

from typing import NamedTuple

from wildgym.envs.dates import shifted
from wildgym.envs.people import CITIES, Person
from wildgym.tools import Rng

SEGMENTS = ("retail", "wholesale", "public", "education")
CATEGORIES = ("lighting", "seating", "storage", "desks", "textiles", "kitchen")
STATUSES = ("open", "paid", "shipped", "shipped", "paid", "cancelled", "returned")
TEAMS = ("sales", "support", "logistics", "finance", "design", "platform")
_KINDS = {
    "lighting": ("Desk Lamp", "Floor Lamp", "Wall Light", "Spotlight", "Lantern"),
    "seating": ("Stool", "Armchair", "Bench", "Office Chair", "Rocker"),
    "storage": ("Shelf", "Cabinet", "Chest", "Rack", "Locker"),
    "desks": ("Desk", "Standing Desk", "Side Table", "Trestle", "Console"),
    "textiles": ("Rug", "Curtain", "Cushion", "Throw", "Blind"),
    "kitchen": ("Kettle", "Tray", "Carafe", "Bowl Set", "Board"),
}
_LINES = ("Alto", "Brisa", "Corvo", "Duna", "Elba", "Fjell", "Gala", "Holm", "Isar", "Juno")


class Customer(NamedTuple):
    """Somebody who buys."""

    customer_id: str
    name: str
    email: str
    city: str
    segment: str
    since: str


class Product(NamedTuple):
    """Something that is sold; reordered when there are fewer than `reorder_at` in stock."""

    sku: str
    name: str
    category: str
    price: float
    stock: int
    reorder_at: int


class Order(NamedTuple):
    """One product ordered by one customer."""

    order_id: str
    ordered_on: str
    customer_id: str
    sku: str
    quantity: int
    total: float
    status: str


class Employee(NamedTuple):
    """Somebody who works here."""

    employee_id: str
    name: str
    email: str
    team: str
    city: str
    started_on: str
    salary: int


def ascending(rng: Rng, first: int, count: int, gap: int) -> list[int]:
    """Return numbers with gaps between them, as ids have."""
    numbers, at = [], first
    for _ in range(count):
        at += rng.integer(1, gap)
        numbers.append(at)
    return numbers


def customers(rng: Rng, people: list[Person], today: str) -> list[Customer]:
    """Draw a customer for each of some people."""
    numbers = ascending(rng, 1000, len(people), 9)
    return [
        Customer(
            f"C-{number}",
            person.name,
            person.email,
            person.city,
            rng.pick(SEGMENTS),
            shifted(today, -rng.integer(200, 1800)),
        )
        for number, person in zip(numbers, people, strict=True)
    ]


def products(rng: Rng, count: int = 24) -> list[Product]:
    """Draw products of all categories, with different names."""
    drawn, numbers = [], ascending(rng, 100, count, 7)
    for n, line in enumerate(rng.shuffled(_LINES) * (count // len(_LINES) + 1)):
        if n == count:
            break
        category = CATEGORIES[n % len(CATEGORIES)]
        name = f"{line} {_KINDS[category][n // len(CATEGORIES) % 5]}"
        price = rng.integer(900, 48_000) / 100
        reorder_at = rng.integer(5, 40)
        stock = rng.integer(0, 3 * reorder_at)
        drawn.append(Product(f"KB-{numbers[n]}", name, category, price, stock, reorder_at))
    return drawn


def orders(
    rng: Rng, buyers: list[Customer], sold: list[Product], today: str, count: int
) -> list[Order]:
    """Draw orders of the last half year, in order of time."""
    days = sorted(rng.integer(1, 180) for _ in range(count))
    drawn = []
    for number, back in zip(ascending(rng, 20_000, count, 7), reversed(days), strict=True):
        product, quantity = rng.pick(sold), rng.integer(1, 12)
        drawn.append(
            Order(
                f"O-{number}",
                shifted(today, -back),
                rng.pick(buyers).customer_id,
                product.sku,
                quantity,
                round(quantity * product.price, 2),
                rng.pick(STATUSES),
            )
        )
    return drawn


def employees(rng: Rng, people: list[Person], today: str) -> list[Employee]:
    """Draw an employee for each of some people."""
    numbers = ascending(rng, 300, len(people), 5)
    return [
        Employee(
            f"E-{number}",
            person.name,
            person.email,
            rng.pick(TEAMS),
            rng.pick(CITIES[:6]),
            shifted(today, -rng.integer(60, 3000)),
            10 * rng.integer(3200, 8900),
        )
        for number, person in zip(numbers, people, strict=True)
    ]
