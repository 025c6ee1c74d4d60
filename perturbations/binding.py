"""Rules that bind on the way: a layer watches over one, and a check says in the end if it held."""

from dataclasses import dataclass, replace
from typing import Any

from wildgym.envs import Scenario
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.draw import Draw
from wildgym.tools import Json, Layer, Specs, ToolSpec, World

ABOVE_RETRIES = 280
"""The least rank of what watches over calls: above the axes whose ways through make calls of their
own, so that those calls keep the rules too, and beneath the axis that gives tools other names."""

LAST_OF_ALL = 399.5
"""The least rank of what only rearranges the prompt: after all that adds to it, of any axis."""


@dataclass(frozen=True)
class Watching(Layer):
    """A toolset under a rule, which sees whether it is kept and stops nobody.

    Args:
        operator: The name of the operator whose rule it is; its memory goes by that.
    """

    operator: str

    def noted(self, world: World) -> Any:
        """Return what was noted last, or None."""
        return world.memory.get(self.operator)

    def note(self, world: World, value: Json) -> None:
        """Note something instead of what was noted before."""
        world.memory[self.operator] = value

    def breach(self, world: World) -> None:
        """Note that the rule was broken: nothing undoes that."""
        world.memory[self.operator, "broken"] = True

    def broken(self, world: World) -> bool:
        """Say whether the rule was broken."""
        return (self.operator, "broken") in world.memory

    def kept(self, world: World) -> bool:
        """Say whether the rule was kept."""
        return not self.broken(world)


def bound(scenario: Scenario, layer: Watching, rule: str, **changes: Any) -> Scenario:
    """Return the scenario under one more rule that binds.

    Args:
        scenario: What comes under the rule.
        layer: What watches over it.
        rule: How the system prompt states it, a template.
        changes: What else changes with it.
    """
    return scenario.behind(
        layer.operator,
        layer,
        toolset=layer,
        system=replace(scenario.system, rules=(*scenario.system.rules, rule)),
        checks=(*scenario.checks, (layer.operator, layer.kept)),
        **changes,
    )


def with_tools(scenario: Scenario, *specs: ToolSpec) -> Specs:
    """Return what is offered, and some tools more."""
    return {**scenario.toolset.specs, **{spec.name: spec for spec in specs}}


def writing(scenario: Scenario, draw: Draw, share: float) -> frozenset[str]:
    """Return the names of a share of the tools that change something.

    A rule speaks of all of them, so that an agent who keeps it need not know the share.
    """
    return chosen(scenario.toolset.specs, draw, share, effect="write")


def what_counts(scenario: Scenario) -> str:
    """Return what a rule about changes has to add where commands run."""
    if scenario.world.workspace is None:
        return ""
    return " Every tool that runs or edits something counts as one that changes something."
