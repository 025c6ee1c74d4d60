"""Base worlds: drawn once, shared by every episode that plays in them."""

from collections.abc import Mapping
from functools import cache

from wildgym.envs.api.service import Service
from wildgym.envs.dates import shifted
from wildgym.envs.people import Person, cast
from wildgym.tools import Rng, Row, World

WORLDS = 64
"""How many base worlds there are for each split. Tasks put rows of their own on top."""

_EPOCH = "2031-01-01"


@cache
def base_world(
    services: tuple[Service, ...], index: int, split: str
) -> tuple[World, tuple[Person, ...]]:
    """Return the world of some services with a given number, and its people. Do not write to it."""
    people = _people(index, split)
    tables = {name: t for s in services for name, t in _tables(s, index, split).items()}
    types = {name: t for s in services for name, t in s.tables.items()}
    return World(tables, types, today(index)), people


def today(index: int) -> str:
    """Return the date on which a world's episodes play."""
    return shifted(_EPOCH, Rng(index, "today").integer(120, 1500))


@cache
def _people(index: int, split: str) -> tuple[Person, ...]:
    return tuple(cast(Rng(index, split, "people"), split))


@cache
def _tables(service: Service, index: int, split: str) -> Mapping[str, Mapping[str, Row]]:
    rng = Rng(index, split, service.name)
    drawn = service.generate(rng, _people(index, split), today(index))
    return {name: {row["id"]: row for row in rows} for name, rows in drawn.items()}
