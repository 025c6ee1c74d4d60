"""A change request that every change names."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.binding import (
    ABOVE_RETRIES,
    Watching,
    bound,
    writing,
)
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, ToolCall, ToolResult, ToolSpec, World

_LABEL = "change_request"


@dataclass(frozen=True)
class Labelled(Watching):
    """A toolset in which some calls have to carry a label, which none of them needs to work.

    Args:
        tools: Which calls.
        label: The label.
    """

    tools: frozenset[str]
    label: str

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Take the label off."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        if call.arguments.get(_LABEL) != self.label:
            self.breach(world)
        arguments = {k: v for k, v in call.arguments.items() if k != _LABEL}
        return self.inner.call(ToolCall(call.name, arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Put the label on."""
        if call.name not in self.tools:
            return (yield call)
        return (yield ToolCall(call.name, {**call.arguments, _LABEL: self.label}))


class LabelChanges(Perturbation):
    """Let a rule demand that each call that changes something names the change request."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "T28, T46, rules that bind"
    lesson: ClassVar = "Each change has to name the change request, so I put the label on."
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = ABOVE_RETRIES + 0.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Bind a share of all tools that write; draw the label."""
        tools = writing(scenario, draw, self.strength)
        if not tools:
            return scenario
        label = f"change-{draw.token('label')[:6]}"
        specs = scenario.toolset.specs
        outer = {n: _labelled(s) if n in tools else s for n, s in specs.items()}
        layer = Labelled(scenario.toolset, outer, self.name, tools, label)
        rule = (
            f"All that you change belongs to the change request {label}: each call of a tool that"
            f" takes the argument {_LABEL} gives it, although the tool works without."
        )
        return bound(scenario, layer, rule)


def _labelled(spec: ToolSpec) -> ToolSpec:
    properties = {**spec.parameters["properties"], _LABEL: _ARGUMENT}
    return spec.but(parameters={**spec.parameters, "properties": properties})


_ARGUMENT = {"type": "string", "description": "The change request that this call belongs to."}
