"""Lists among rows of other systems."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.records import falsified, is_row
from wildgym.perturbations.rules import ruled
from wildgym.tools import EPISODE_TOOLS, Calls, Json, Layer, Row, ToolCall, ToolResult, World

_SHARE = 0.5
_TENANTS = ("Northwind", "Sandbox 2", "Contoso", "Demo", "Training", "Staging")
_OWNER = "workspace"


@dataclass(frozen=True)
class AmongOthers(Layer):
    """A toolset whose lists also have entries that belong to somebody else.

    Args:
        own: The name of the user's own workspace.
        other: The name of the other.
        draw: Which entries have one of the others beside them.
        share: The share of entries that has.
    """

    own: str
    other: str
    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Mix others into a list, and mark whose each of them is."""
        result = self.inner.call(call, world)
        if result.is_error or call.name in EPISODE_TOOLS or not isinstance(result.value, list):
            return result
        entries: list[Json] = []
        for entry in result.value:
            if is_row(entry) and _OWNER not in entry:
                entries += self._foreign(entry)
                entries.append({**entry, _OWNER: self.own})
            else:
                entries.append(entry)
        return ToolResult(entries)

    def _foreign(self, entry: Row) -> list[Row]:
        if not self.draw.chance(self.share, entry["id"]):
            return []
        number = entry["id"].rpartition("-")[2]
        id = f"{entry['id'].removesuffix(number)}77{number[-5:]}"
        return [{**entry, **falsified(entry, self.draw), "id": id, _OWNER: self.other}]

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Leave out what belongs to others."""
        result = yield call
        if result.is_error or not isinstance(result.value, list):
            return result
        return ToolResult([_plain(e) for e in result.value if not self._is_foreign(e)])

    def _is_foreign(self, entry: Json) -> bool:
        return isinstance(entry, dict) and entry.get(_OWNER, self.own) != self.own


def _plain(entry: Json) -> Json:
    if not isinstance(entry, dict):
        return entry
    return {k: v for k, v in entry.items() if k != _OWNER}


class ForeignRows(Perturbation):
    """Mix entries of another workspace into lists; each entry says whose it is."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.6
    source: ClassVar = "R19, R21"
    lesson: ClassVar = "Some entries belong to another workspace, as they say, so I leave them out."
    families: ClassVar = ("api", "desk")
    rank: ClassVar = -1.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw whose rows they are, and how many."""
        toolset = scenario.toolset
        own, other = draw.rng("names").sample(_TENANTS, 2)
        rule = (
            f"This is the workspace {own}. Search also finds entries of other workspaces: they are"
            " no part of any request, and nothing can be done with them."
        )
        layer = AmongOthers(toolset, toolset.specs, own, other, draw, _SHARE * self.strength)
        system = ruled(scenario, rule)
        return scenario.behind(self.name, layer, toolset=layer, system=system)
