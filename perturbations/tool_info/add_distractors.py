"""Tools that have nothing to do with the task."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.foreign import foreign_tools
from wildgym.tools import Layer, ToolCall, ToolError, ToolResult, World


@dataclass(frozen=True)
class WithDistractors(Layer):
    """A toolset among tools of services that this user has no access to.

    Args:
        distractors: The names of those tools.
    """

    distractors: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Refuse what is out of reach."""
        if call.name in self.distractors:
            return ToolError("forbidden", f"You have no access to {call.name}.").result
        return self.inner.call(call, world)


class AddDistractors(Perturbation):
    """List many real tools of other services beside those that can be used."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.0
    source: ClassVar = "T15"
    lesson: ClassVar = (
        "Many tools belong to services that I cannot use, so I keep to those of this one."
    )
    rank: ClassVar = -3

    most: int = 24

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Mix up to `most` times strength tools into the list."""
        own = scenario.toolset.specs
        foreign = foreign_tools(own)
        ranked = draw.rng("which").shuffled(list(foreign))
        chosen = {name: foreign[name] for name in ranked[: round(self.most * self.strength)]}
        mixed = {**own, **chosen}
        order = draw.rng("where").shuffled(list(mixed))
        layer = WithDistractors(
            scenario.toolset, {name: mixed[name] for name in order}, frozenset(chosen)
        )
        return scenario.behind(self.name, layer, toolset=layer)
