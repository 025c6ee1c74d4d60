"""Tools under each other's names."""

from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.doubles import own_tools
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.tool_info.rename_tools import Renamed


class PermuteToolNames(Perturbation):
    """Swap the names of tools, two by two, so that they mislead: the descriptions are true."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.9
    source: ClassVar = "T04"
    lesson: ClassVar = "Tool names mislead here, so I go by what the descriptions say."
    rank: ClassVar = -25  # beneath all that names tools, in rules or errors

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Swap a share of all pairs; what others tell of by name keeps its name."""
        specs = scenario.toolset.specs
        order = draw.rng("pairs").shuffled(list(own_tools(scenario)))
        names = {name: name for name in specs}
        for one, other in zip(order[::2], order[1::2], strict=False):
            if draw.chance(self.strength, one, other):
                names[one], names[other] = other, one
        outer = {names[name]: spec.but(name=names[name]) for name, spec in specs.items()}
        # A swap undoes itself.
        layer = Renamed(scenario.toolset, outer, names, names)
        return scenario.behind(self.name, layer, toolset=layer)
