"""Texts and output as a terminal shows them: with line numbers, or folded."""

import re
from collections.abc import Callable
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import Told, recoded
from wildgym.tools import Json

Gutter = Literal["tab", "bar", "colon"]

_TEXTS = ("output", "text")
_GUTTERS: dict[Gutter, str] = {"tab": "\t", "bar": " | ", "colon": ": "}
_FOLD = "⏎"
_UNFOLD = re.compile(f"{_FOLD}{_FOLD}|{_FOLD}\n")


def _texts_mapped(value: Json, change: Callable[[str], str]) -> Json:
    """Return a record with the texts in it changed; other values as they are."""
    if not isinstance(value, dict):
        return value
    return {k: change(v) if k in _TEXTS and isinstance(v, str) else v for k, v in value.items()}


def _laid_out(
    scenario: Scenario,
    draw: Draw,
    share: float,
    shown: Callable[[str], str],
    plain: Callable[[str], str],
    about: str,
    told: Told,
) -> Scenario:
    if scenario.world.workspace is None:
        return scenario
    return recoded(
        scenario,
        draw,
        share,
        lambda value: _texts_mapped(value, shown),
        lambda value: _texts_mapped(value, plain),
        about=about,
        told=told,
    )


def _each_line(text: str, change: Callable[[int, str], str]) -> str:
    *lines, rest = text.split("\n")
    changed = [change(n, line) for n, line in enumerate(lines, 1)]
    return "\n".join([*changed, change(len(lines) + 1, rest) if rest else ""])


class NumberLines(Perturbation):
    """Show the texts of files and the output of commands with line numbers."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.35
    source: ClassVar = "R45"
    lesson: ClassVar = "The lines are numbered here, and the numbers are no part of the text."
    families: ClassVar = ("codebase", "desk", "files", "web")
    rank: ClassVar = 0.2

    gutter: Gutter = "tab"
    told: Told = "rule"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Number the lines that a share of all tools show."""
        gutter = _GUTTERS[self.gutter]
        number = re.compile(rf" *\d+{re.escape(gutter)}")

        def numbered(text: str) -> str:
            return _each_line(text, lambda n, line: f"{n:>5}{gutter}{line}")

        def plain(text: str) -> str:
            return _each_line(text, lambda n, line: number.sub("", line, count=1))

        about = (
            "Text is shown with the number of each line ahead of it, counted from the first line"
            f" that is shown; number and {self.gutter} are no part of the text."
        )
        return _laid_out(scenario, draw, self.strength, numbered, plain, about, self.told)


class FoldLines(Perturbation):
    """Fold long lines in the texts of files and the output of commands."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.25
    source: ClassVar = "R45"
    lesson: ClassVar = "Long lines are folded here, so I join them again."
    families: ClassVar = ("desk", "files", "web")
    rank: ClassVar = 0.3

    told: Told = "rule"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Draw the width, and fold what a share of all tools show."""
        width = draw.rng("width").integer(8, 20)

        def folded(text: str) -> str:
            return _each_line(text, lambda n, line: _broken(line, width))

        def plain(text: str) -> str:
            return _UNFOLD.sub(lambda match: _FOLD if match[0] == 2 * _FOLD else "", text)

        about = (
            f"Lines of text of more than {width} characters are folded: {_FOLD} at the end of a"
            f" line says that it goes on in the next. A {_FOLD} of the text itself is doubled."
        )
        return _laid_out(scenario, draw, self.strength, folded, plain, about, self.told)


def _broken(line: str, width: int) -> str:
    pieces = [line[start : start + width] for start in range(0, len(line), width)]
    return f"{_FOLD}\n".join([piece.replace(_FOLD, 2 * _FOLD) for piece in pieces])
