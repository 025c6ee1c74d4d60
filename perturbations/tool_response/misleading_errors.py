"""Errors that put the blame where it does not belong."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty
from wildgym.perturbations.rules import ruled
from wildgym.tools import (
    EPISODE_TOOLS,
    Calls,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    plain_spec,
)

_SHARE = 0.6
_CHECK = "check_service"
_CODES = frozenset({"not_found", "invalid_arguments", "not_permitted"})
_RULE = (
    "While a service is busy, it may say not_found, invalid_arguments or not_permitted where there"
    " is nothing wrong with the call. Before you believe such an error, check whether the service"
    " was busy; if it was, wait until it is free, and make the call again."
)


@dataclass(frozen=True)
class Misleading(Faulty):
    """A toolset that is busy now and then, and blames the call for it."""

    most: int = 6

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Blame the call while busy; remember whom that may have misled."""
        if call.name == _CHECK:
            left = max(0.0, world.memory.get(_CHECK, 0.0) - world.clock)
            was_busy = world.memory.get((_CHECK, "at the last call"), False)
            return ToolResult({"busy_at_last_call": was_busy, "free_in_seconds": left})
        if call.name in EPISODE_TOOLS:
            return self.inner.call(call, world)
        fault = self._busy(call, world)
        world.memory[_CHECK, "at the last call"] = fault is not None
        blamed = world.memory.get((_CHECK, "blamed"), frozenset())
        if fault is None:
            world.memory[_CHECK, "blamed"] = blamed - {call.slot}
            return self.inner.call(call, world)
        world.memory[_CHECK, "blamed"] = blamed | {call.slot}
        return self._blame(call, fault).result

    def _busy(self, call: ToolCall, world: World) -> str | None:
        """Return a word for the time that the service is too busy for a call, if it is."""
        memory, slot = world.memory, call.slot
        fault: str | None
        fault, until = memory.get((_CHECK, slot), (None, 0.0))
        if world.clock < until:
            return fault
        fault = self.struck(call, world)
        if fault is not None:
            until = world.clock + 15 + int(self.draw.uniform(fault, "for") * 45)
            memory[_CHECK, slot] = (fault, until)
            memory[_CHECK] = max(until, memory.get(_CHECK, 0.0))
        return fault

    def _blame(self, call: ToolCall, fault: str) -> ToolError:
        given = [name for name, value in call.arguments.items() if isinstance(value, str)]
        if not given:
            return ToolError("not_permitted", "You are not permitted to make this call.")
        name = self.draw.rng(fault).pick(given)
        if self.draw.chance(0.5, fault, "code"):
            return ToolError("not_found", f"There is no entry {call.arguments[name]!r}.")
        problems = [{"argument": name, "problem": "Input is not valid"}]
        return ToolError("invalid_arguments", f"Invalid: {name}.", problems=problems)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Believe it only of a service that is not busy."""
        result = yield call
        while result.code in _CODES:
            state = (yield ToolCall(_CHECK)).value
            if not state["busy_at_last_call"]:
                return result
            if state["free_in_seconds"] > 0:
                yield ToolCall("wait", {"seconds": state["free_in_seconds"]})
            result = yield call
        return result


def _misled(world: World) -> bool:
    """Say whether a call that was blamed was never made again."""
    return bool(world.memory.get((_CHECK, "blamed")))


class MisleadingErrors(Perturbation):
    """Say not_found or blame an argument where in truth the service is busy; a tool tells that."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.75
    source: ClassVar = "R48"
    lesson: ClassVar = (
        "The error may be false, so I ask whether the service is busy before I believe it."
    )
    rank: ClassVar = -1.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset, and say in a rule which errors may be wrong."""
        layer = Misleading.over(scenario, draw, _SHARE * self.strength, _SPEC)
        return scenario.behind(
            self.name,
            layer,
            toolset=layer,
            system=ruled(scenario, _RULE),
            lures=(*scenario.lures, (self.name, _misled)),
        )


_SPEC = plain_spec(
    _CHECK, "Tell whether the service was busy when last called, and when it is free."
)
