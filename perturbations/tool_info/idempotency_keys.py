"""Writes under a key of their own, so that they can be repeated."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.argument_forms import with_argument
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import (
    Calls,
    Json,
    Layer,
    ToolCall,
    ToolError,
    ToolResult,
    World,
    check,
    key,
)

_KEY = "idempotency_key"
_LOST = 0.5
_DONE = 0.7


@dataclass(frozen=True)
class Keyed(Layer):
    """A toolset whose writes have a key: what was done under one is not done again.

    Args:
        tools: Which tools want a key.
        draw: Which answers get lost, and whether the write was carried out then.
        share: The share of writes whose answer gets lost, the first time.
    """

    tools: frozenset[str]
    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Write once for each key."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        problem = check(call, self.specs)
        if problem is not None:
            return problem.result
        arguments = dict(call.arguments)
        used = str(arguments.pop(_KEY))
        plain = ToolCall(call.name, arguments)
        slot = plain.slot
        known = world.memory.get((_KEY, used))
        if known is not None:
            return _known(known, slot)
        lost = (_KEY, "lost", slot) not in world.memory and self.draw.chance(self.share, slot)
        if lost:
            world.memory[_KEY, "lost", slot] = True
            if not self.draw.chance(_DONE, slot, "done"):
                return _LOST_ANSWER.result
        result = self.inner.call(plain, world)
        if result.is_error:
            return result
        world.memory[_KEY, used] = (slot, result.value)
        return _LOST_ANSWER.result if lost else result

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Choose a new key, and keep it until there is an answer."""
        if call.name not in self.tools:
            return (yield call)
        number, asked = 1, False
        while True:
            own = f"{key(call.slot, number):016x}"
            result = yield ToolCall(call.name, {**call.arguments, _KEY: own})
            if result.code == "idempotency_key_used":
                if asked:
                    return ToolResult(result.value["result"])
                # An earlier call, equal to this one, had the key.
                number += 1
            elif result.code == "answer_lost":
                asked = True
            else:
                return result


def _known(known: tuple[str, Json], slot: str) -> ToolResult:
    before, value = known
    if before != slot:
        return ToolError(
            "idempotency_key_reused", f"This {_KEY} belongs to another request."
        ).result
    message = f"This {_KEY} was used: nothing was done again. What came of it is in `result`."
    return ToolError("idempotency_key_used", message, result=value).result


class IdempotencyKeys(Perturbation):
    """Demand a key of every write; some answers get lost, and the same key makes repeating safe."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "E23"
    lesson: ClassVar = (
        "A write needs a key; I choose a new one and repeat it if the answer gets lost, so "
        "nothing is done twice."
    )
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -1.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Demand it of a share of the tools that change something."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength, effect="write")
        if not tools:
            return scenario
        outer = {
            name: with_argument(spec, _KEY, _SCHEMA, required=True) if name in tools else spec
            for name, spec in specs.items()
        }
        layer = Keyed(scenario.toolset, outer, tools, draw, _LOST * self.strength)
        return scenario.behind(self.name, layer, toolset=layer)


_LOST_ANSWER = ToolError(
    "answer_lost",
    "The connection broke before an answer came; the change may have been made or not."
    f" Repeat the call with the same {_KEY}.",
)
_SCHEMA: dict[str, Json] = {
    "type": "string",
    "description": (
        "A text of your choice, another one for every change. When an answer was lost, repeating"
        " the call with the same key changes nothing twice."
    ),
}
