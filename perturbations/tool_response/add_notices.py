"""Notices among results."""

import re
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.command_output import output_of, with_output
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import EPISODE_TOOLS, Calls, Json, Layer, ToolCall, ToolResult, World

_TEXTS = (
    "Maintenance is planned for Sunday, 02:00 to 04:00.",
    "A new version of this tool is available.",
    "Results are limited to what you have access to.",
    "Figures of today may still change.",
    "Please rate this service.",
    "The terms of use were updated last month.",
    "Your plan includes 10,000 requests a month.",
)
_LINE = re.compile(r"\n\[notice\] [^\n]*\n\Z")


@dataclass(frozen=True)
class WithNotices(Layer):
    """A toolset that puts notices into lists, and behind the output of commands.

    Args:
        draw: Which, and where.
        share: For which share of calls.
    """

    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Add a notice; to what looks like one itself always, so that it survives."""
        result = self.inner.call(call, world)
        if result.is_error or call.name in EPISODE_TOOLS:
            return result
        output, slot = output_of(result), call.slot
        if output is not None:
            if not self.draw.chance(self.share, slot) and _without_line(output) == output:
                return result
            return with_output(result, f"{output}\n[notice] {self._text(slot, 0)}\n")
        if not isinstance(result.value, list) or not self.draw.chance(self.share, slot):
            return result
        return ToolResult(self._mixed(result.value, slot))

    def _mixed(self, entries: list[Json], slot: str) -> list[Json]:
        first: list[Json] = [{"notice": self._text(slot, 0)}]
        if not entries or not self.draw.chance(0.5, slot, "second"):
            return first + entries
        place = 1 + int(self.draw.uniform(slot, "place") * len(entries))
        return first + entries[:place] + [{"notice": self._text(slot, 1)}] + entries[place:]

    def _text(self, slot: str, number: int) -> str:
        return _TEXTS[int(self.draw.uniform(slot, number) * len(_TEXTS))]

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Leave notices out."""
        result = yield call
        output = output_of(result)
        if output is not None:
            return with_output(result, _without_line(output))
        if result.is_error or not isinstance(result.value, list):
            return result
        return ToolResult([entry for entry in result.value if not _is_notice(entry)])


def _is_notice(entry: Json) -> bool:
    return isinstance(entry, dict) and entry.keys() == {"notice"}


def _without_line(output: str) -> str:
    return _LINE.sub("", output)


class AddNotices(Perturbation):
    """Put notices into lists, as entries of their own, and behind the output of commands."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.3
    source: ClassVar = "R22"
    lesson: ClassVar = "There are notices among the results, so I leave them out."
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = -1.1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Add them to a share of all calls."""
        toolset = scenario.toolset
        layer = WithNotices(toolset, toolset.specs, draw, self.strength)
        return scenario.behind(self.name, layer, toolset=layer)
