"""Spaces for text and chat messages, which cross process borders in shared memory.

`gymnasium.spaces.Text` wants a fixed alphabet and decodes wrongly from shared memory in Gymnasium
1.4, so these bring their own dispatchers: a slot holds a length and UTF-8.
"""

import json
import multiprocessing
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
from gymnasium import Space
from gymnasium.vector.utils import (
    create_shared_memory,
    read_from_shared_memory,
    write_to_shared_memory,
)

from wildgym.envs.trajectory import Message

SLOT_BYTES = 1 << 20
_LENGTH = 4
_ALPHABET = "abcdefghijklmnopqrstuvwxyz <>{}[]():,.\"'_=/\n0123456789éλ字😀"


class Unicode(Space[str]):
    """Any string."""

    def __init__(self, seed: int | np.random.Generator | None = None) -> None:
        super().__init__(seed=seed)

    @property
    def is_np_flattenable(self) -> bool:
        """Strings have no fixed size."""
        return False

    def sample(self, mask: Any | None = None, probability: Any | None = None) -> str:
        """Return a short random string, delimiters of call syntaxes included."""
        size = int(self.np_random.integers(0, 40))
        return "".join(_ALPHABET[i] for i in self.np_random.integers(0, len(_ALPHABET), size))

    def contains(self, x: Any) -> bool:
        """Say whether `x` is a string."""
        return isinstance(x, str)

    def encode(self, value: str) -> bytes:
        """Return the bytes that stand for `value`."""
        return value.encode("utf-8", "replace")

    def decode(self, data: bytes) -> str:
        """Return the value that `data` stands for."""
        return data.decode()

    def __repr__(self) -> str:
        return "Unicode()"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)


class Messages(Space[Sequence[Message]]):
    """A list of chat messages: JSON objects with a `role`."""

    def __init__(self, seed: int | np.random.Generator | None = None) -> None:
        super().__init__(seed=seed)

    @property
    def is_np_flattenable(self) -> bool:
        """Messages have no fixed size."""
        return False

    def sample(self, mask: Any | None = None, probability: Any | None = None) -> list[Message]:
        """Return one message without a call."""
        return [{"role": "assistant", "content": str(self.np_random.integers(1000))}]

    def contains(self, x: Any) -> bool:
        """Say whether `x` is a sequence of objects with a `role`."""
        return isinstance(x, list | tuple) and all(
            isinstance(message, dict) and isinstance(message.get("role"), str) for message in x
        )

    def encode(self, value: Sequence[Message]) -> bytes:
        """Return the bytes that stand for `value`."""
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")

    def decode(self, data: bytes) -> list[Message]:
        """Return the value that `data` stands for."""
        messages: list[Message] = json.loads(data or b"[]")
        return messages

    def __repr__(self) -> str:
        return "Messages()"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)


class AssistantMessage(Messages):
    """One chat message of the assistant."""

    def sample(self, mask: Any | None = None, probability: Any | None = None) -> Any:
        """Return one message without a call."""
        return super().sample()[0]

    def contains(self, x: Any) -> bool:
        """Say whether `x` is an object with a `role`."""
        return super().contains([x])


@create_shared_memory.register(Unicode)
@create_shared_memory.register(Messages)
def _create(space: Space[Any], n: int = 1, ctx: ModuleType = multiprocessing) -> Any:
    return ctx.Array("B", n * SLOT_BYTES)


@write_to_shared_memory.register(Unicode)
@write_to_shared_memory.register(Messages)
def _write(space: Any, index: int, value: Any, shared_memory: Any) -> None:
    data = space.encode(value)
    if len(data) > SLOT_BYTES - _LENGTH:
        raise ValueError(
            f"an observation of {len(data)} bytes does not fit the {SLOT_BYTES} bytes of shared"
            " memory that each env has: pass shared_memory=False to AsyncVectorEnv"
        )
    start = index * SLOT_BYTES
    slot = memoryview(shared_memory.get_obj()).cast("B")
    slot[start : start + _LENGTH] = len(data).to_bytes(_LENGTH, "little")
    slot[start + _LENGTH : start + _LENGTH + len(data)] = data


class SharedValues(Sequence[Any]):
    """The values in shared memory, decoded when they are looked at.

    Gymnasium reads the memory once, when it is still empty, and copies what it got after each step:
    so what it gets has to look again. A deep copy is a plain tuple.
    """

    def __init__(self, space: Unicode | Messages, slots: memoryview, n: int) -> None:
        self._space = space
        self._slots = slots
        self._n = n

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return tuple(self)[index]
        start = range(self._n)[index] * SLOT_BYTES
        size = int.from_bytes(self._slots[start : start + _LENGTH], "little")
        return self._space.decode(bytes(self._slots[start + _LENGTH : start + _LENGTH + size]))

    def __deepcopy__(self, memo: object) -> tuple[Any, ...]:
        return tuple(self)


@read_from_shared_memory.register(Unicode)
@read_from_shared_memory.register(Messages)
def _read(space: Any, shared_memory: Any, n: int = 1) -> SharedValues:
    return SharedValues(space, memoryview(shared_memory.get_obj()).cast("B"), n)
