"""The people that all services of one world know."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from wildgym.tools import Rng

_FIRST = (
    "Ada", "Bruno", "Chiara", "Dmitri", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas",
    "Kaya", "Liam", "Mira", "Noor", "Oskar", "Petra", "Quentin", "Rosa", "Sven", "Tara",
    "Umar", "Vera", "Wanda", "Xenia", "Yusuf", "Zoe", "Anton", "Bela", "Carla", "Deniz",
)  # fmt: skip
_LAST = {
    "train": (
        "Albers", "Brandt", "Castelli", "Duarte", "Eriksen", "Fontaine", "Gruber", "Haddad",
        "Ivanova", "Jansen", "Kowalski", "Lindgren", "Moreau", "Novak", "Okafor", "Petrov",
        "Quispe", "Rossi", "Silva", "Tanaka", "Urban", "Vogel", "Weiss", "Yilmaz", "Zeller",
    ),
    "test": (
        "Aalto", "Benedek", "Cardoso", "Dubois", "Engel", "Ferreira", "Galli", "Horvath",
        "Iversen", "Jovanovic", "Keller", "Larsson", "Mancini", "Nagy", "Ortega", "Pospisil",
        "Reyes", "Santoro", "Toivonen", "Varga", "Winter", "Ximenes", "Young", "Zhou", "Adeyemi",
    ),
}  # fmt: skip
"""The two splits share no surname, and every prompt names somebody: so they share no scenario."""

CITIES = (
    "Lisbon", "Porto", "Madrid", "Lyon", "Paris", "Ghent", "Utrecht", "Hamburg", "Berlin",
    "Vienna", "Prague", "Krakow", "Oslo", "Malmo", "Tallinn", "Athens", "Milan", "Zurich",
)  # fmt: skip


Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
"""An email address, as tools take it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom services know under one name and address."""

    name: str
    email: str
    city: str


def cast(rng: Rng, split: str, size: int = 14) -> list[Person]:
    """Draw people with different surnames."""
    people = []
    for last in rng.sample(_LAST[split], size):
        first = rng.pick(_FIRST)
        email = f"{first}.{last}@example.com".lower()
        people.append(Person(f"{first} {last}", email, rng.pick(CITIES)))
    return people
