"""Note the plain data that a package's functions are called with, while its tests run."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

_Given = tuple[list[Any], dict[str, Any]]
_ENOUGH, _LONGEST, _MOST_OBJECTS = 150, 500, 50_000


class Recorder:
    """Notes calls.

    Args:
        modules: By the path of a file, the name by which it is imported.
        encode: From data to JSON, with the help of a function for what is no data.
    """

    def __init__(
        self, modules: dict[str, str], encode: Callable[[Any, Callable[[Any], Any]], Any]
    ) -> None:
        self._modules = {os.path.abspath(path): name for path, name in modules.items()}
        self._encode = encode
        self._known: dict[Any, Found | None] = {}
        self._calls: dict[str, dict[str, None]] = {}
        self._tries: dict[str, int] = {}
        self._made: dict[int, tuple[Any, Any]] = {}
        self._busy = False

    def __enter__(self) -> None:
        sys.setprofile(self._profiled)
        threading.setprofile(self._profiled)

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def calls(self) -> dict[str, list[Any]]:
        """Return by dotted name the encoded arguments that were seen."""
        return {name: [json.loads(text) for text in seen] for name, seen in self._calls.items()}

    def _profiled(self, frame: Any, event: str, _: Any) -> None:
        code = frame.f_code
        if event != "call" or code.co_filename not in self._modules or self._busy:
            return
        self._busy = True
        try:
            self._note(frame, code)
        except Exception:
            # What cannot be written down is no plain data.
            pass
        finally:
            self._busy = False

    def _note(self, frame: Any, code: Any) -> None:
        if code.co_name == "__init__":
            self._note_construction(frame, code)
            return
        if code not in self._known:
            self._known[code] = None
            self._known[code] = Found(self._modules[code.co_filename], code)
        found = self._known[code]
        if found is None or self._tries.get(found.name, 0) > 4 * _ENOUGH:
            return
        self._tries[found.name] = self._tries.get(found.name, 0) + 1
        positional, named = found.given(frame)
        constructed: list[Any] = []
        if found.form != "function":
            first = positional.pop(0)
            if found.form == "method":
                if type(first) is not found.owner:
                    return
                constructed = self._construction(first)[2:]
        given = self._encode((tuple(positional), named), self._known_object)
        arguments = ["t", *constructed, *given[1:]]
        text = json.dumps(arguments)
        seen = self._calls.setdefault(found.name, {})
        if len(seen) < _ENOUGH and len(text) <= _LONGEST:
            seen.setdefault(text)

    def _note_construction(self, frame: Any, code: Any) -> None:
        new = frame.f_locals[code.co_varnames[0]]
        constructor: Any = getattr(type(new).__init__, "__code__", None)
        if len(self._made) < _MOST_OBJECTS and code is constructor:
            found = Found(self._modules[code.co_filename], code)
            positional, named = found.given(frame)
            given = self._encode((tuple(positional[1:]), named), self._known_object)
            name = f"{type(new).__module__}:{type(new).__qualname__}"
            # The object is kept, so that no other one gets its id.
            self._made[id(new)] = (new, ["made", name, *given[1:]])

    def _construction(self, value: Any) -> Any:
        held, made = self._made[id(value)]
        if held is not value:
            raise LookupError
        return made

    def _known_object(self, value: Any) -> Any:
        """Return how to get an object of the package: by its name, or as it was made."""
        if id(value) in self._made:
            return self._construction(value)
        module, name = value.__module__, value.__qualname__
        if module not in self._modules.values() or "<" in name:
            raise LookupError(name)
        owner: Any = sys.modules[module]
        for part in name.split("."):
            owner = getattr(owner, part)
        if owner is not value:
            raise LookupError(name)
        return ["global", f"{module}:{name}"]


class Found:
    """A function that can be called by a dotted name.

    Args:
        module: The name of its module.
        code: Its code.
    """

    def __init__(self, module: str, code: Any) -> None:
        owner: Any = importlib.import_module(module)
        *outer, last = code.co_qualname.split(".")
        for part in outer:
            owner = vars(owner)[part]
        held = vars(owner)[last]
        self.owner, self.form = owner, "method" if outer else "function"
        if isinstance(held, (staticmethod, classmethod)):
            self.form = "class" if isinstance(held, classmethod) else "function"
            held = held.__func__
        function = inspect.unwrap(held)
        if function.__code__ is not code:
            raise LookupError(code.co_qualname)
        inner = f"{'.'.join(outer)}()" if self.form == "method" else ".".join(outer)
        self.name = f"{module}:{inner}.{last}" if outer else f"{module}:{last}"
        self._code = code
        self._defaults = function.__defaults__ or ()
        self._named_defaults = function.__kwdefaults__ or {}

    def given(self, frame: Any) -> _Given:
        """Return the arguments of a call that has just begun, without those that are defaults."""
        local, code = frame.f_locals, self._code
        names, count = code.co_varnames, code.co_argcount
        at = count + code.co_kwonlyargcount
        positional = [local[name] for name in names[:count]]
        rest = local[names[at]] if code.co_flags & inspect.CO_VARARGS else ()
        if rest:
            positional += rest
        else:
            for default in reversed(self._defaults):
                if not positional or positional[-1] is not default:
                    break
                positional.pop()
        named = {name: local[name] for name in names[count:at]}
        named = {k: v for k, v in named.items() if v is not self._named_defaults.get(k, self)}
        if code.co_flags & inspect.CO_VARKEYWORDS:
            named.update(local[names[at + bool(code.co_flags & inspect.CO_VARARGS)]])
        return positional, named
