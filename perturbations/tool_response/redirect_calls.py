"""Requests that have to be sent to another place."""

import json
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.faults import Faulty, writing_spec
from wildgym.tools import Calls, ToolCall, ToolError, ToolResult, World

_SHARE = 0.6
_CODE = "moved"
_FOLLOW = "follow_location"


@dataclass(frozen=True)
class Redirecting(Faulty):
    """A toolset that answers some calls with a location, where they are carried out."""

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Send the call elsewhere, some of them from there to a third place."""
        if call.name == _FOLLOW:
            return self._followed(str(call.arguments["location"]), world)
        fault = self.struck(call, world)
        if fault is None:
            return self.inner.call(call, world)
        hops = 1 if self.draw.chance(0.7, fault, "hops") else 2
        return self._moved(f"/v2/{fault}", call.name, json.dumps(call.arguments), hops, world)

    def _moved(self, place: str, name: str, arguments: str, hops: int, world: World) -> ToolResult:
        world.memory[_FOLLOW, place] = (name, arguments, hops)
        message = "308: nothing was carried out. The request has to be sent to its location."
        return ToolError(_CODE, message, location=place).result

    def _followed(self, place: str, world: World) -> ToolResult:
        waiting = world.memory.get((_FOLLOW, place))
        if waiting is None:
            return ToolError("not_found", f"There is no location {place!r}.").result
        if isinstance(waiting, ToolResult):
            return waiting
        name, arguments, hops = waiting
        if hops > 1:
            return self._moved(f"{place}/eu", name, arguments, hops - 1, world)
        result = self.inner.call(ToolCall(name, json.loads(arguments)), world)
        if not result.is_error:
            # Following twice does nothing twice.
            world.memory[_FOLLOW, place] = result
        return result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Go where one is sent."""
        result = yield call
        while result.code == _CODE:
            result = yield ToolCall(_FOLLOW, {"location": result.value["location"]})
        return result


class RedirectCalls(Perturbation):
    """Answer calls with a location, at which a tool carries them out."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "R25"
    lesson: ClassVar = "The answer names a location, so I go there for the result."
    rank: ClassVar = -1.8

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        layer = Redirecting.over(scenario, draw, _SHARE * self.strength, _SPEC)
        return scenario.behind(self.name, layer, toolset=layer)


_SPEC = writing_spec(
    _FOLLOW,
    "Send a request that has moved to its location, where it is carried out.",
    location="The location that the request was answered with.",
)
