"""What operators over faults have in common: which calls go wrong, and how often."""

from dataclasses import dataclass
from typing import Self

from wildgym.envs import Scenario
from wildgym.perturbations.draw import Draw
from wildgym.tools import EPISODE_TOOLS, Layer, Specs, ToolCall, ToolSpec, World, plain_spec


@dataclass(frozen=True)
class Faulty(Layer):
    """A toolset in which some calls go wrong. They go right when they are made again.

    Args:
        draw: Which calls.
        share: Which share of calls.
        most: How many go wrong in an episode, at most.
        in_a_row: How often the same call goes wrong, at most, before it goes right.
    """

    draw: Draw
    share: float
    most: int = 8
    in_a_row: int = 1

    @classmethod
    def over(cls, scenario: Scenario, draw: Draw, share: float, *added: ToolSpec) -> Self:
        """Return this layer around a scenario's toolset, with tools that it adds."""
        toolset = scenario.toolset
        specs: Specs = {**toolset.specs, **{spec.name: spec for spec in added}}
        return cls(toolset, specs, draw, share)

    def struck(self, call: ToolCall, world: World) -> str | None:
        """Count a call; return a word for this fault where it goes wrong, else None."""
        if call.name in EPISODE_TOOLS:
            return None
        memory, slot, operator = world.memory, call.slot, self.draw.operator
        made, failed = memory.get((operator, slot), (0, 0))
        if failed < self._failures(slot, made):
            used = memory.get((operator, "used"), 0)
            if used < self.most:
                memory[operator, "used"] = used + 1
                memory[operator, slot] = (made, failed + 1)
                return self.draw.token(slot, made, failed)
        memory[operator, slot] = (made + 1, 0)
        return None

    def _failures(self, slot: str, made: int) -> int:
        if not self.draw.chance(self.share, slot, made):
            return 0
        return 1 + int(self.draw.uniform(slot, made, "in a row") * self.in_a_row)


def writing_spec(name: str, description: str, **arguments: str) -> ToolSpec:
    """Return a plain spec of a tool that may change the world."""
    plain = plain_spec(name, description, **arguments)
    return ToolSpec(plain.name, plain.description, plain.parameters, "write", plain.returns)
