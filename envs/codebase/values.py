"""Values as JSON that keeps every type apart, so that answers can be compared outside a sandbox.

None, booleans, integers and strings stand for themselves. Everything else is a list that begins
with a tag. Only the standard library is used: this is also run, as source, inside sandboxes.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import functools
import importlib
import itertools
import json
import math
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

Json = Any
_MOST_ITEMS, _DEEPEST, _LONGEST = 50, 12, 20_000
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_MODULES = (functools, itertools, math, operator)
_BUILTINS = (
    *("abs", "all", "any", "bool", "bytes", "chr", "dict", "divmod", "enumerate", "float"),
    *("frozenset", "hash", "int", "isinstance", "iter", "len", "list", "max", "min", "object"),
    *("ord", "pow", "range", "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple"),
    *("type", "zip", "bytearray", "complex", "ValueError", "TypeError", "KeyError", "Exception"),
)


def _names() -> dict[str, Any]:
    """Return what is meant by its name: well-known functions and types of the library."""
    builtins = __builtins__ if isinstance(__builtins__, dict) else vars(__builtins__)
    names = {name: builtins[name] for name in _BUILTINS}
    for module in _MODULES:
        public = (name for name in vars(module) if not name.startswith("_"))
        names.update({f"{module.__name__}.{n}": getattr(module, n) for n in public})
    for kind in (str, list, dict):
        public = (name for name in vars(kind) if not name.startswith("_"))
        names.update({f"{kind.__name__}.{n}": getattr(kind, n) for n in public})
    return {name: value for name, value in names.items() if callable(value)}


NAMES = _names()
_NAME_OF = {id(value): name for name, value in NAMES.items()}

# How to take apart, and put together again, the immutable values of the standard library.
_PARTS: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    complex: lambda v: (v.real, v.imag),
    decimal.Decimal: lambda v: (str(v),),
    fractions.Fraction: lambda v: (v.numerator, v.denominator),
    datetime.timedelta: lambda v: (v.days, v.seconds, v.microseconds),
    datetime.date: lambda v: (v.year, v.month, v.day),
    datetime.time: lambda v: (v.hour, v.minute, v.second, v.microsecond),
    datetime.datetime: lambda v: (*v.timetuple()[:6], v.microsecond),
    range: lambda v: (v.start, v.stop, v.step),
    slice: lambda v: (v.start, v.stop, v.step),
    bytearray: lambda v: (bytes(v),),
}
_KINDS = {kind.__name__: kind for kind in _PARTS}


class NotData(ValueError):
    """A value that cannot be made again from what was written down of it."""


def encode(value: Any) -> Json:
    """Return JSON for any value; equal JSON means equal type and content, at every depth."""
    return _Encoder(None).encoded(value, 0)


def encode_data(value: Any, known: Callable[[Any], Json] | None = None) -> Json:
    """Return JSON from which `decode` makes an equal value.

    Args:
        value: Any value.
        known: From an object that is no data to its JSON: `["global", "module:name"]`, or
            `["made", "module:class", positional, named]` with encoded arguments.

    Raises:
        NotData: There is none: somewhere in it is something that is neither data nor known.
    """
    return _Encoder(known or _unknown).encoded(value, 0)


def decode(value: Json) -> Any:
    """Return a value that `encode_data` wrote down.

    Raises:
        NotData: It is not what `encode_data` writes.
    """
    if not isinstance(value, list):
        return value
    tag, *rest = value
    if tag in _DECODERS:
        return _DECODERS[tag](rest)
    if tag in _KINDS:
        return _KINDS[tag](*map(decode, rest))
    raise NotData(f"{tag!r} cannot be decoded")


def show(value: Json) -> str:
    """Return encoded data as Python writes it, as far as it can."""
    if not isinstance(value, list):
        return repr(value)
    tag, *rest = value
    if tag in _BRACKETS:
        start, end = _BRACKETS[tag]
        comma = "," if tag == "t" and len(rest) == 1 else ""
        return f"{start}{', '.join(map(show, rest))}{comma}{end}"
    if tag == "d":
        return f"{{{', '.join(f'{show(k)}: {show(v)}' for k, v in rest)}}}"
    if tag == "b":
        return repr(rest[0].encode("latin-1"))
    if tag in ("f", "i", "name", "repr", "global"):
        return str(rest[0]).rpartition(":")[2]
    if tag == "made":
        return _call(*rest)
    if tag == "object":
        return f"{rest[0].rpartition('.')[2]}({', '.join(map(show, rest[1:]))})"
    return f"{tag}({', '.join(map(show, rest))})"


def show_call(entry: str, arguments: Json) -> str:
    """Return a call of an entry point as Python writes it.

    Args:
        entry: Its dotted name, as `inside.calls` has it.
        arguments: Encoded.
    """
    _, *parts = arguments
    inner = entry.partition(":")[2]
    if "()" not in inner:
        return _call(inner, *parts)
    owner, _, method = inner.partition("()")
    return _call(owner, *parts[:2]) + _call(method, *parts[2:])


def _call(name: str, positional: Json, named: Json) -> str:
    given = [show(item) for item in positional[1:]]
    given += [f"{key}={show(value)}" for key, value in named[1:]]
    return f"{name.rpartition(':')[2]}({', '.join(given)})"


_BRACKETS = {"l": ("[", "]"), "t": ("(", ")"), "s": ("{", "}"), "z": ("frozenset({", "})")}


class _Encoder:
    """Encodes one value.

    Args:
        known: What is asked for what is no data, if only data will do.
    """

    def __init__(self, known: Callable[[Any], Json] | None) -> None:
        self._known = known
        self._within: set[int] = set()

    def encoded(self, value: Any, depth: int) -> Json:
        kind = type(value)
        if value is None or kind in (bool, str):
            return value
        if kind in _SCALARS:
            return _SCALARS[kind](value)
        name = _NAME_OF.get(id(value), "")
        if name and NAMES[name] is value:
            return ["name", name]
        if depth > _DEEPEST or id(value) in self._within:
            return self._other("too deep")
        self._within.add(id(value))
        try:
            return self._container(value, kind, depth + 1)
        finally:
            self._within.discard(id(value))

    def _container(self, value: Any, kind: type, depth: int) -> Json:
        if kind in (list, tuple):
            return ["l" if kind is list else "t", *(self.encoded(v, depth) for v in value)]
        if kind is dict:
            items = [[self.encoded(k, depth), self.encoded(v, depth)] for k, v in value.items()]
            return ["d", *items]
        if kind in (set, frozenset):
            found = [self.encoded(v, depth) for v in value]
            return ["s" if kind is set else "z", *sorted(found, key=json.dumps)]
        if kind in _PARTS and getattr(value, "tzinfo", None) is None:
            return [kind.__name__, *(self.encoded(part, depth) for part in _PARTS[kind](value))]
        return self._object(value, kind, depth)

    def _object(self, value: Any, kind: type, depth: int) -> Json:
        if self._known is not None:
            return self._known(value)
        if isinstance(value, Iterator):
            head = itertools.islice(value, _MOST_ITEMS)
            return ["iterator", *(self.encoded(item, depth) for item in head)]
        if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
            return ["repr", f"{value.__module__}.{value.__qualname__}"]
        parts = [f"{kind.__module__}.{kind.__qualname__}"]
        base = next((base for base in _BASES if isinstance(value, base)), None)
        if base is not None:
            parts.append(self.encoded(base(value), depth))
        held = _fields(value)
        if held:
            parts.append(self.encoded(held, depth))
        return ["object", *parts] if len(parts) > 1 else self._other(_plain(value))

    def _other(self, text: str) -> Json:
        if self._known is not None:
            raise NotData(text)
        return ["repr", text]


def _unknown(value: Any) -> Json:
    raise NotData(f"{type(value).__name__} is not data")


def _found(name: str) -> Any:
    """Return what `module:name` means. Nobody decodes this but inside a sandbox."""
    module, _, inner = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in inner.split("."):
        found = getattr(found, part)
    return found


def _fields(value: Any) -> dict[str, Any]:
    """Return what an object holds, by name."""
    held = dict(getattr(value, "__dict__", {}))
    for kind in type(value).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            inner = f"_{kind.__name__.lstrip('_')}{name}" if name.startswith("__") else name
            if name not in ("__dict__", "__weakref__") and hasattr(value, inner):
                held[name] = getattr(value, inner)
    return {name: held[name] for name in sorted(held)}


def _plain(value: Any) -> str:
    return _ADDRESS.sub("", repr(value))[:_LONGEST]


_BASES: tuple[type[Any], ...] = (dict, list, tuple, set, frozenset, str, bytes, int, float)

_SCALARS: dict[type, Callable[[Any], Json]] = {
    # Python refuses to write very long integers in decimal.
    int: lambda value: value if value.bit_length() < 256 else ["i", hex(value)],
    float: lambda value: ["f", repr(value)],
    bytes: lambda value: ["b", value.decode("latin-1")],
}

_DECODERS: dict[str, Callable[[Any], Any]] = {
    "i": lambda rest: int(rest[0], 16),
    "f": lambda rest: float(rest[0]),
    "b": lambda rest: rest[0].encode("latin-1"),
    "l": lambda rest: [decode(item) for item in rest],
    "t": lambda rest: tuple(decode(item) for item in rest),
    "s": lambda rest: {decode(item) for item in rest},
    "z": lambda rest: frozenset(decode(item) for item in rest),
    "d": lambda rest: {decode(k): decode(v) for k, v in rest},
    "name": lambda rest: NAMES[rest[0]],
    "global": lambda rest: _found(rest[0]),
    "made": lambda rest: _found(rest[0])(*decode(rest[1]), **decode(rest[2])),
}
