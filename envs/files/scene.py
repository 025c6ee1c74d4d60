"""What a task draws its folder and its request from."""

from collections.abc import Sequence
from functools import cached_property

from wildgym.envs.dates import shifted
from wildgym.envs.files import records
from wildgym.envs.people import Person, cast
from wildgym.tools import Rng
from wildgym.tools.sandboxes.tree import File

_EPOCH = "2031-01-01"
_REASONS = (
    "The audit of the accounts goes by what is in here.",
    "What is in here was handed over, and has to stay as it was then.",
    "The figures in here are signed off.",
)


class Scene:
    """A folder in the making, and what it is about.

    Args:
        parts: What its draws depend on.
        split: "train" or "test".

    Attributes:
        rng: For everything that a task draws.
        today: The date of the episode.
        people: Different people; the first is the user.
        tree: The folder so far.
    """

    def __init__(self, parts: Sequence[object], split: str) -> None:
        self.rng = Rng(*parts)
        self._parts = parts
        base = Rng(*parts, "people")
        self.today = shifted(_EPOCH, base.integer(200, 1500))
        self.people = cast(base, split, 25)
        self._others = cast(base, split, 25)
        self.tree: dict[str, File] = {}

    @property
    def user(self) -> Person:
        """Whom the agent works for."""
        return self.people[0]

    @cached_property
    def customers(self) -> list[records.Customer]:
        """Who buys."""
        known = {person.name: person for person in [*self.people[1:], *self._others]}
        drawn = list(known.values())[:40]
        return records.customers(Rng(*self._parts, "customers"), drawn, self.today)

    @cached_property
    def products(self) -> list[records.Product]:
        """What is sold."""
        return records.products(Rng(*self._parts, "products"))

    @cached_property
    def orders(self) -> list[records.Order]:
        """What was ordered."""
        rng = Rng(*self._parts, "orders")
        return records.orders(rng, self.customers, self.products, self.today, 150)

    @cached_property
    def employees(self) -> list[records.Employee]:
        """Who works here."""
        return records.employees(Rng(*self._parts, "employees"), self.people, self.today)

    def put(self, path: str, content: str | bytes) -> str:
        """Write a file, and return its path."""
        data = content if isinstance(content, bytes) else content.encode()
        self.tree[path] = File(data)
        return path

    def day(self, earliest: int, latest: int = 0) -> str:
        """Draw a date that many days ago."""
        return shifted(self.today, -self.rng.integer(latest, earliest))

    def close(self, folder: str) -> str:
        """Close a folder, and return the name of who did."""
        name = self.rng.pick(self.people[1:]).name
        self.put(f"{folder}/CLOSED.md", closing(name, self.day(90, 3), self.rng))
        return name


def closing(name: str, day: str, rng: Rng) -> str:
    """Return the text that closes a folder."""
    return f"# Closed\n\nClosed on {day} by {name}.\n\n{rng.pick(_REASONS)}\n"
