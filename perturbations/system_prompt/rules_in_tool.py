"""Rules that the system prompt does not tell, because a handbook does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.envs.prompts import fields
from wildgym.perturbations.binding import ABOVE_RETRIES
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import read_off
from wildgym.tools import Calls, Facts, Json, Layer, ToolCall, ToolResult, World, plain_spec

_READ = "read_handbook"


@dataclass(frozen=True)
class Handbook(Layer):
    """A toolset with a handbook.

    Args:
        entries: What stands in it.
        templates: The same, before facts were filled in.
        hidden: The facts that stand nowhere else.
    """

    entries: tuple[str, ...]
    templates: tuple[str, ...]
    hidden: Facts

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Show it."""
        if call.name == _READ:
            return ToolResult({"handbook": list(self.entries)})
        return self.inner.call(call, world)

    def brief(self, told: Facts) -> Calls[Facts]:
        """Read it."""
        known: dict[str, Json] = dict(told)
        result = yield ToolCall(_READ)
        for entry, template in zip(result.value["handbook"], self.templates, strict=True):
            known |= read_off(entry, template, self.hidden)
        return known


class RulesInTool(Perturbation):
    """Take rules out of the system prompt, or the context too: a handbook tells them."""

    axis: ClassVar = "system_prompt"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.9
    source: ClassVar = "P09, P10, P17"
    lesson: ClassVar = "Some rules stand in a handbook only, so I read it before I begin."
    families: ClassVar = ("api",)
    rank: ClassVar = ABOVE_RETRIES + 13  # above all that adds rules

    scope: Literal["rules", "everything"] = "everything"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Move a share of the rules, and with full scope of the lines of the context."""
        system = scenario.system
        context = system.context if self.scope == "everything" else ()
        lines = tuple(t for t in context if _readable(t) and draw.chance(self.strength, t))
        rules = tuple(t for t in system.rules if _readable(t) and draw.chance(self.strength, t))
        moved = lines + rules
        if not moved:
            return scenario
        system = replace(
            system,
            context=(*_without(system.context, lines), _HINT),
            rules=_without(system.rules, rules),
        )
        names = dict.fromkeys(name for template in moved for name in fields(template))
        shown = _mentioned(replace(scenario, system=system))
        hidden = {n: scenario.told[n] for n in names if n not in shown}
        told = {k: v for k, v in scenario.told.items() if k not in hidden}
        entries = tuple(template.format_map(scenario.told) for template in moved)
        specs = {**scenario.toolset.specs, _READ: _SPEC}
        layer = Handbook(scenario.toolset, specs, entries, moved, hidden)
        return scenario.behind(self.name, layer, toolset=layer, told=told, system=system)


def _readable(template: str) -> bool:
    names = fields(template)
    return len(names) == len(set(names))


def _without(templates: Sequence[str], moved: Sequence[str]) -> tuple[str, ...]:
    return tuple(template for template in templates if template not in moved)


def _mentioned(scenario: Scenario) -> set[str]:
    system, user = scenario.system, scenario.user
    texts = (system.persona, *system.context, *system.rules)
    return {n for t in (*texts, *user.parts, user.before, user.after) for n in fields(t)}


_HINT = f"Before you begin, read the handbook with {_READ}: what holds here stands there."
_SPEC = plain_spec(_READ, "Read the handbook: what you have to know, and the rules.")
