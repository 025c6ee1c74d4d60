"""A request told bit by bit."""

from dataclasses import dataclass, replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import fields
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import read_off
from wildgym.tools import (
    Calls,
    Facts,
    Json,
    Layer,
    ToolCall,
    ToolResult,
    World,
    plain_spec,
)

_NEXT = "read_next_message"
_HINT = "I will tell you the rest as we go: read my next messages before you act."


@dataclass(frozen=True)
class OverTurns(Layer):
    """A toolset with a tool that gives the user's next message.

    Args:
        messages: What the user still has to say.
        templates: The same, before the facts were filled in.
        withheld: Those facts.
    """

    messages: tuple[str, ...]
    templates: tuple[str, ...]
    withheld: Facts

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Give one message after the other."""
        if call.name != _NEXT:
            return self.inner.call(call, world)
        read = world.memory.get(_NEXT, 0)
        world.memory[_NEXT] = min(read + 1, len(self.messages))
        left = len(self.messages) - world.memory[_NEXT]
        text = self.messages[read] if read < len(self.messages) else "That was all."
        return ToolResult({"message": text, "messages_left": left})

    def brief(self, told: Facts) -> Calls[Facts]:
        """Read all messages."""
        known: dict[str, Json] = dict(told)
        for template in self.templates:
            result = yield ToolCall(_NEXT)
            known |= read_off(result.value["message"], template, self.withheld)
        return known


class TellOverTurns(Perturbation):
    """Hold all but the beginning of the request back for later messages of the user."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.2
    source: ClassVar = "U22"
    spares: ClassVar = ("codebase",)
    rank: ClassVar = 3

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Hold back a share of the parts, from the end."""
        parts = scenario.user.parts
        if len(parts) == 1:
            parts = ("I need your help with something.", *parts)
        count = max(1, round((len(parts) - 1) * self.strength))
        now, later = parts[:-count], parts[-count:]
        told, fixed = dict(scenario.told), {n for part in now for n in fields(part)}
        names = {n for part in later for n in fields(part)} - fixed - _elsewhere(scenario)
        withheld = {name: told.pop(name) for name in sorted(names)}
        messages = tuple(part.format_map({**told, **withheld}) for part in later)
        specs = {**scenario.toolset.specs, _NEXT: _SPEC}
        layer = OverTurns(scenario.toolset, specs, messages, later, withheld)
        user = replace(scenario.user, parts=(*now, _HINT))
        return scenario.behind(self.name, layer, toolset=layer, told=told, user=user)


def _elsewhere(scenario: Scenario) -> set[str]:
    system, user = scenario.system, scenario.user
    texts = (system.persona, *system.context, *system.rules, user.before, user.after)
    return {name for text in texts for name in fields(text)}


_SPEC = plain_spec(_NEXT, "Read the user's next message.")
