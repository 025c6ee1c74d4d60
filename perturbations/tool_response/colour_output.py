"""Colours and progress in a command's output, as written to a terminal."""

import re
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.command_output import Noisy
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw

_START, _PLAIN, _CLEAR = "\x1b[?25l", "\x1b[?7l", "\x1b[2K"
_COLOURS = tuple(f"\x1b[{code}m" for code in ("31", "32", "1;33", "36", "38;5;208"))
_RESET = "\x1b[0m"
_CODE = re.compile(r"\x1b\[[0-9;]*m")


class ColourOutput(Perturbation):
    """Write progress that is overwritten, and lines in colours, as to a terminal."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.15
    source: ClassVar = "R45"
    lesson: ClassVar = (
        "The output has colours and overwritten progress, so I read what is left once they "
        "are gone."
    )
    families: ClassVar = ("codebase", "desk", "files")
    rank: ClassVar = -10

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Wrap the toolset."""
        if scenario.world.workspace is None:
            return scenario
        toolset = scenario.toolset
        layer = Noisy(toolset, toolset.specs, draw, self.strength, _coloured, _plain)
        return scenario.behind(self.name, layer, toolset=layer)


def _coloured(output: str, draw: Draw, slot: str) -> str:
    """Colour lines; what holds control characters of its own gets no others but at its head."""
    if "\x1b" in output:
        return f"{_START}{_PLAIN}{output}"
    rng = draw.rng(slot)
    steps = sorted(rng.integer(1, 99) for _ in range(3))
    progress = "".join([f"\r{_CLEAR}working {step:3}%" for step in (*steps, 100)])
    lines = [
        f"{rng.pick(_COLOURS)}{line}{_RESET}" if line and rng.chance(0.6) else line
        for line in output.split("\n")
    ]
    return f"{_START}{progress}\r{_CLEAR}" + "\n".join(lines)


def _plain(output: str) -> str:
    """Return output as it is read off a terminal."""
    if not output.startswith(_START):
        return output
    shown = output.removeprefix(_START)
    if shown.startswith(_PLAIN):
        return shown.removeprefix(_PLAIN)
    return _CODE.sub("", shown.rpartition(_CLEAR)[2])
