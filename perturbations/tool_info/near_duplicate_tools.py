"""Tools that do almost the same, and one of them less."""

from dataclasses import dataclass
from itertools import product
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.choice import picked
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.doubles import Pair, Twinned, free_name, own_tools, twinned
from wildgym.perturbations.draw import Draw
from wildgym.tools import Json, ToolCall, ToolError, ToolResult, ToolSpec, World

Scope = Literal["preview", "archive"]

# What the tool's other name ends with, or None where the narrower one has another name; and
# whether that one is listed first.
_WAYS = tuple(product(("_full", "_live", "_current", "_complete", None), (True, False)))
_ROWS = 2
_FIELDS = 3
_LETTERS = 60


@dataclass(frozen=True)
class Narrowed(Twinned):
    """A toolset in which some tools have a narrower one beside them.

    Args:
        scope: What the narrower ones are confined to.
    """

    scope: Scope

    def twin(self, call: ToolCall, world: World) -> ToolResult:
        """Do as much as the description promises."""
        spec = self.inner.specs[call.name]
        if self.scope == "archive":
            if spec.returns == "rows":
                return ToolResult([])
            return ToolError("not_in_archive", "The archive holds nothing of that kind.").result
        if spec.effect == "write":
            return ToolResult({"checked": call.name, "carried_out": False})
        result = self.inner.call(call, world)
        return result if result.is_error else ToolResult(_preview(result.value))


def _preview(value: Json) -> Json:
    """Return the beginning of a value."""
    if isinstance(value, list):
        return value[:_ROWS]
    if isinstance(value, dict):
        return dict(list(value.items())[:_FIELDS])
    return value[:_LETTERS] if isinstance(value, str) else value


class NearDuplicateTools(Perturbation):
    """Put tools of a narrower scope beside tools, mostly under their names: previews, archives."""

    axis: ClassVar = "tool_info"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.7
    source: ClassVar = "T14, T47"
    lesson: ClassVar = "A similar tool covers only a part, so I take the one whose scope fits."
    rank: ClassVar = -0.28

    scope: Scope = "preview"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Narrow a share of the services' tools, and offer what they did under another name."""
        specs = scenario.toolset.specs
        pairs: dict[str, Pair] = {}
        for name in own_tools(scenario):
            if draw.chance(self.strength, name):
                true = specs[name]
                narrow = true.but(description=self._narrow(true))
                suffix, ahead = picked(_WAYS, draw, name, "way")
                other = free_name(name + (suffix or f"_{self.scope}"), specs)
                if suffix:
                    true = true.but(name=other)
                else:
                    narrow = narrow.but(name=other)
                pairs[name] = Pair(true, narrow, ahead)
        layer = twinned(Narrowed, scenario.toolset, pairs, scope=self.scope)
        return scenario.behind(self.name, layer, toolset=layer)

    def _narrow(self, spec: ToolSpec) -> str:
        if self.scope == "archive":
            return f"{spec.description} Covers the archive of closed years only."
        if spec.effect == "write":
            return f"{spec.description} A trial run: the input is checked, nothing is carried out."
        return f"{spec.description} A preview: at most {_ROWS} entries, {_FIELDS} fields each."
