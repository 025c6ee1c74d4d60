"""Arguments under each other's names."""

from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.tool_info.rename_parameters import Names, with_renamed_arguments
from wildgym.tools import EPISODE_TOOLS, ToolSpec


class PermuteParameters(Perturbation):
    """Swap the names of a tool's arguments among them; what is said of each stays true."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.9
    source: ClassVar = "T27"
    lesson: ClassVar = "Argument names mislead here, so I go by what is said of each."
    rank: ClassVar = -0.4

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Pass on the names of a share of all tools' arguments, each to one that is not its own."""
        specs = scenario.toolset.specs
        names = {tool: self._names(spec, draw) for tool, spec in specs.items()}
        if all(old == new for of in names.values() for old, new in of.items()):
            return scenario
        return with_renamed_arguments(scenario, self.name, names)

    def _names(self, spec: ToolSpec, draw: Draw) -> Names:
        old = list(spec.parameters["properties"])
        if len(old) < 2 or spec.name in EPISODE_TOOLS or not draw.chance(self.strength, spec.name):
            return dict(zip(old, old, strict=True))
        places = draw.rng(spec.name).integer(1, len(old) - 1)
        return dict(zip(old, [*old[places:], *old[:places]], strict=True))
