"""Random numbers that are the same on every platform, keyed by what they are for."""

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")


def key(*parts: object) -> int:
    """Return 64 bits that depend on `parts` alone: not on the process, nor on PYTHONHASHSEED."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def uniform(*parts: object) -> float:
    """Return one number in [0, 1) for `parts`: a draw without a generator, for the step path."""
    return key(*parts) / 2.0**64


class Rng:
    """A stream of draws for one purpose.

    Everything is built on `Random.random`, the one method whose sequence Python promises to keep
    across versions; numpy makes no such promise for its generators.
    """

    __slots__ = ("random",)

    def __init__(self, *parts: object) -> None:
        self.random = Random(key(*parts)).random

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """Return one of `options`."""
        return options[int(self.random() * len(options))]

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """Return `count` different elements of `options`, in drawn order."""
        pool = list(options)
        return [pool.pop(int(self.random() * len(pool))) for _ in range(count)]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Return all of `options` in drawn order."""
        return self.sample(options, len(options))
