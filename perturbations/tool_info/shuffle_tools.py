"""Tools in another order."""

from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Layer


class ShuffleTools(Perturbation):
    """List tools in another order."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "T17"
    lesson: ClassVar = "The order of the tools means nothing."
    rank: ClassVar = 56

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Let a share of all tools change places among themselves."""
        specs = scenario.toolset.specs
        moved = [name for name in specs if draw.chance(self.strength, name)]
        others = iter(draw.rng("order").shuffled(moved))
        moving = frozenset(moved)
        order = [next(others) if name in moving else name for name in specs]
        layer = Layer(scenario.toolset, {name: specs[name] for name in order})
        return scenario.behind(self.name, layer, toolset=layer)
