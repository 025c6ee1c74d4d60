"""A large catalogue of tools, of which few are listed: the others are searched for and loaded."""

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.foreign import foreign_tools
from wildgym.perturbations.unlisted import (
    by_name,
    by_name_spec,
    can_hide,
    checked,
    shown,
    unpacked,
)
from wildgym.tools import (
    Calls,
    Layer,
    Specs,
    ToolCall,
    ToolError,
    ToolResult,
    ToolSpec,
    World,
    plain_spec,
)

_SEARCH, _LOAD, _CALL = "search_tools", "load_tool", "call_tool"
_NOT_LOADED = "not_loaded"
_FOUND = 8
_FEWEST, _MOST = 60, 120


@dataclass(frozen=True)
class Deferred(Layer):
    """A toolset behind a search over it and over many tools that are out of reach.

    Args:
        hidden: What can be searched for.
        foreign: The names of what cannot be used.
    """

    hidden: Specs
    foreign: Set[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Search, load, or call what was loaded."""
        try:
            if call.name == _SEARCH:
                return ToolResult(self._found(str(call.arguments["query"])))
            if call.name == _LOAD:
                return ToolResult(self._loaded(call.arguments["tool"], world))
            if call.name == _CALL:
                call = self._meant(call, world)
        except ToolError as error:
            return error.result
        return self.inner.call(call, world)

    def _found(self, query: str) -> object:
        wanted = _words(query)
        ranked = sorted(
            (spec for spec in self.hidden.values() if wanted & _words_of(spec)),
            key=lambda spec: (-_fit(wanted, spec), len(_words_of(spec)), spec.name),
        )
        found = [{"name": s.name, "description": s.description} for s in ranked[:_FOUND]]
        return {"found": found, "left_out": max(0, len(ranked) - _FOUND)}

    def _loaded(self, name: object, world: World) -> object:
        spec = self.hidden.get(name) if isinstance(name, str) else None
        if spec is None:
            raise ToolError("not_found", f"There is no tool {name!r} to load; search for it.")
        world.memory[_LOAD, spec.name] = True
        return shown(spec)

    def _meant(self, call: ToolCall, world: World) -> ToolCall:
        meant = unpacked(call)
        if (_LOAD, meant.name) not in world.memory:
            message = f"{meant.name[:100]!r} is not loaded. Find it by {_SEARCH}, then {_LOAD} it."
            raise ToolError(_NOT_LOADED, message)
        if meant.name in self.foreign:
            raise ToolError("forbidden", f"You have no access to {meant.name}.")
        return checked(meant, self.hidden)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Search for what is not loaded, by what it is to do, and load it."""
        if call.name not in self.hidden:
            return (yield call)
        result = yield by_name(_CALL, call)
        if result.code == _NOT_LOADED:
            yield ToolCall(_SEARCH, {"query": self.hidden[call.name].description or call.name})
            yield ToolCall(_LOAD, {"tool": call.name})
            result = yield by_name(_CALL, call)
        return result


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in re.findall(r"[a-z0-9]+", text.lower()))


def _words_of(spec: ToolSpec) -> frozenset[str]:
    return _words(f"{spec.name.replace('_', ' ')} {spec.description}")


def _fit(wanted: frozenset[str], spec: ToolSpec) -> int:
    return len(wanted & _words_of(spec))


class DeferTools(Perturbation):
    """Hide tools in a large catalogue: they are searched for, loaded, and called by name."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T16"
    lesson: ClassVar = (
        "The tool is not loaded yet, so I search for what it does, load it and call it by name."
    )
    rank: ClassVar = -0.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Hide a share of all tools among those of other services."""
        specs = scenario.toolset.specs
        hidden = {n: s for n, s in specs.items() if can_hide(n) and draw.chance(self.strength, n)}
        if not hidden:
            return scenario
        foreign = foreign_tools(specs)
        wanted = _FEWEST + round((_MOST - _FEWEST) * self.strength)
        others = dict(list(foreign.items())[: wanted - len(hidden)])
        listed = {name: spec for name, spec in specs.items() if name not in hidden}
        about = f"Search a catalogue of {len(hidden) + len(others)} tools for what they do."
        controls = {_SEARCH: plain_spec(_SEARCH, about, query="Words."), _LOAD: _LOAD_SPEC}
        layer = Deferred(
            scenario.toolset,
            {**listed, **controls, _CALL: _CALL_SPEC},
            {**hidden, **others},
            others.keys(),
        )
        return scenario.behind(self.name, layer, toolset=layer)


_LOAD_SPEC = plain_spec(_LOAD, "Load a tool that was found; tells its arguments.", tool="Its name.")
_CALL_SPEC = by_name_spec(_CALL, "Call a tool that was loaded.")
