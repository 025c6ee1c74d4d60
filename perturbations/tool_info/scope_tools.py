"""A session that begins with few rights; more are to be asked for, and no more than needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.rules import ruled
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    ToolSpec,
    World,
    plain_spec,
)

_REQUEST = "request_access"
_LACKING = "insufficient_scope"
_UNUSED = (_REQUEST, "unused")
_FEW = 3
_ENDLESS = 1_000_000
_RULE = (
    "The session's rights are limited. Ask for a scope only when you are about to call a tool that"
    " needs it: a scope that was asked for must be used."
)


@dataclass(frozen=True)
class Scoped(Layer):
    """A toolset in which some tools need a scope that the session lacks at first.

    Args:
        needs: The scope that each of those tools needs.
        lasts: How many calls a scope is granted for.
    """

    needs: Mapping[str, str]
    lasts: int

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Refuse calls whose scope was not granted, or is used up."""
        if call.name == _REQUEST:
            return self._grant(str(call.arguments["scope"]), world)
        scope = self.needs.get(call.name)
        if scope is not None:
            left = world.memory.get((_REQUEST, scope), 0)
            if left == 0:
                message = f"403: {call.name} needs the scope {scope!r}. {_REQUEST} grants it."
                return ToolError(_LACKING, message, scope=scope).result
            world.memory[_REQUEST, scope] = left - 1
            unused = world.memory.get(_UNUSED, ())
            world.memory[_UNUSED] = tuple(other for other in unused if other != scope)
        return self.inner.call(call, world)

    def _grant(self, scope: str, world: World) -> ToolResult:
        if scope not in self.needs.values():
            return ToolError("not_found", f"There is no scope {scope!r}.").result
        world.memory[_REQUEST, scope] = self.lasts
        world.memory[_UNUSED] = (*world.memory.get(_UNUSED, ()), scope)
        until = "the session ends" if self.lasts == _ENDLESS else f"it was used {self.lasts} times"
        return ToolResult({"granted": scope, "until": until})

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Ask for the scope that is missing, then call again."""
        result = yield call
        while result.code == _LACKING:
            yield ToolCall(_REQUEST, {"scope": result.value["scope"]})
            result = yield call
        return result


def _used(world: World) -> bool:
    return not world.memory.get(_UNUSED)


class ScopeTools(Perturbation):
    """Begin with few rights: tools need scopes that a tool grants, to be asked for as needed."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T50"
    lesson: ClassVar = (
        "I lack a right for this call, so I ask for the scope that it needs and call again."
    )
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -0.25

    begins: Literal["read_only", "nothing"] = "read_only"
    lasts: Literal["session", "few_calls"] = "session"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Put a share of the tools that write, or of all, behind scopes."""
        specs = scenario.toolset.specs
        needs = {
            name: _scope(spec)
            for name, spec in specs.items()
            if self._is_limited(spec) and draw.chance(self.strength, name)
        }
        if not needs:
            return scenario
        outer = {
            name: spec.but(description=f"{spec.description} Needs the scope '{needs[name]}'.")
            if name in needs
            else spec
            for name, spec in specs.items()
        }
        lasts = _ENDLESS if self.lasts == "session" else _FEW
        layer = Scoped(scenario.toolset, {**outer, _REQUEST: _SPEC}, needs, lasts)
        system = ruled(scenario, _RULE)
        checks = (*scenario.checks, (self.name, _used))
        return scenario.behind(self.name, layer, toolset=layer, system=system, checks=checks)

    def _is_limited(self, spec: ToolSpec) -> bool:
        limited = self.begins == "nothing" or spec.effect == "write"
        return limited and spec.name not in EPISODE_TOOLS


def _scope(spec: ToolSpec) -> str:
    noun = spec.name.rpartition("_")[2].removesuffix("s")
    return f"{noun}.{spec.effect}"


_SPEC = plain_spec(
    _REQUEST,
    "Ask for a scope that the session lacks; tools say which one they need.",
    scope="The scope's name.",
)
