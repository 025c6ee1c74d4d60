"""Warnings ahead of a command's output."""

import re
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.command_output import Noisy
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw

_WARNINGS = (
    "locale en_GB.utf8 is not installed, falling back to C.UTF-8",
    "pkg_resources is deprecated as an API",
    "clock of the host is 0.4 s ahead",
    "3 of 4 mirrors are out of date",
    "/etc/profile.d/proxy.sh is not readable, skipped",
    "this image is older than 90 days",
    "the quota of the scratch disk is 81 % used",
    "telemetry could not be sent and will be tried again",
)
_HEAD = re.compile(r"\A(?:WARNING: .*\n)+\n")


class WarnFirst(Perturbation):
    """Put warnings and an empty line ahead of what commands write."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.15
    source: ClassVar = "R46"
    lesson: ClassVar = "Warnings stand ahead of the output, so I read what comes after them."
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -11

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        if scenario.world.workspace is None:
            return scenario
        toolset = scenario.toolset
        layer = Noisy(toolset, toolset.specs, draw, self.strength, _warned, _without)
        return scenario.behind(self.name, layer, toolset=layer)


def _warned(output: str, draw: Draw, slot: str) -> str:
    rng = draw.rng(slot)
    warnings = rng.sample(_WARNINGS, rng.integer(1, 3))
    return "".join([f"WARNING: {warning}\n" for warning in warnings]) + "\n" + output


def _without(output: str) -> str:
    return _HEAD.sub("", output)
