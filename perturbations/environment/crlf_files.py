"""Text files with the line ends of another system."""

from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import (
    TEXT,
    about_bytes,
    drawn_suffixes,
    files_of,
    is_codebase,
    listed,
)
from wildgym.perturbations.inside import line_ends
from wildgym.perturbations.reshaped import Form, reshaped

_CODE = (".py",)


class CrlfFiles(Perturbation):
    """End the lines of text files in a carriage return and a newline, and say so."""

    axis: ClassVar = "environment"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "E14"
    lesson: ClassVar = (
        "Lines here end in CR and LF, so I work without the CR and put it back in the end."
    )
    families: ClassVar = ("codebase", "desk", "files")
    rank: ClassVar = -23

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Change the files of a share of all suffixes; a request about bytes is left alone."""
        if about_bytes(scenario) and not is_codebase(scenario):
            return scenario
        known = _CODE if is_codebase(scenario) else TEXT
        suffixes = drawn_suffixes(files_of(scenario), draw, self.strength, known, _fits)
        if not suffixes:
            return scenario
        rule = (
            f"In files that end in {listed(suffixes)}, every line ends in a carriage return and a"
            " newline, and so it does in those that you make."
        )
        return reshaped(scenario, self.name, Form(line_ends, {"suffixes": suffixes}), rule)


def _fits(data: bytes) -> bool:
    return b"\r" not in data
