"""Facts that the prompt no longer states, because a tool does."""

from dataclasses import dataclass, replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import fields, renamed_field
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.values_in_rules import base
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


@dataclass(frozen=True)
class Behind(Layer):
    """A toolset with one more tool, which tells facts.

    Args:
        tool: Its name.
        hidden: What it tells.
    """

    tool: str
    hidden: Facts

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Tell."""
        if call.name == self.tool:
            return ToolResult(dict(self.hidden))
        return self.inner.call(call, world)

    def brief(self, told: Facts) -> Calls[Facts]:
        """Ask."""
        result = yield ToolCall(self.tool)
        return {**told, **result.value}


def hide(scenario: Scenario, operator: str, tool: str, about: str, names: set[str]) -> Scenario:
    """Move facts from the system prompt to a tool, unless the user mentions them all the same.

    Where a fact stood stands then where it went.
    """
    system, user = scenario.system, scenario.user
    mentioned = {n for text in (*user.parts, user.before, user.after) for n in fields(text)}
    hidden = {n: scenario.told[n] for n in sorted(names - mentioned) if n in scenario.told}
    if not hidden:
        return scenario
    told: dict[str, Json] = {k: v for k, v in scenario.told.items() if k not in hidden}
    for name in hidden:
        told[f"{name}__where"] = f"[{name.removesuffix('__rule')}: see {tool}]"
        system = replace(
            system,
            context=tuple(renamed_field(t, name, f"{name}__where") for t in system.context),
            rules=tuple(renamed_field(t, name, f"{name}__where") for t in system.rules),
        )
    specs = {**scenario.toolset.specs, tool: plain_spec(tool, about)}
    layer = Behind(scenario.toolset, specs, tool, hidden)
    return scenario.behind(operator, layer, toolset=layer, told=told, system=system)


class PolicyInTool(Perturbation):
    """Leave the values out of the rules; a tool tells them."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.1
    source: ClassVar = "P10, P17"
    lesson: ClassVar = "The rules leave out the values, so I ask the tool that tells them."
    families: ClassVar = ("api",)
    rank: ClassVar = 1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Hide a share of the values in the rules."""
        shown = {name for rule in scenario.system.rules for name in fields(rule)}
        policy = {n for n in shown if base(n) in scenario.policy}
        names = {n for n in policy if draw.chance(self.strength, base(n))}
        return hide(scenario, self.name, "get_policy", "Get the values that rules name.", names)


class DateInTool(Perturbation):
    """Do not say what day it is; a tool does."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.02
    source: ClassVar = "P10"
    lesson: ClassVar = "I am not told what day it is, so I ask the tool that tells it."
    families: ClassVar = ("api", "desk", "files")
    rank: ClassVar = 1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Hide the date, or with less strength more often not."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        shown = {name for line in scenario.system.context for name in fields(line)}
        names = {name for name in shown if base(name) == "today"}
        return hide(scenario, self.name, "get_date", "Get today's date.", names)
