"""Files whose first line says whose they are."""

from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import TEXT, about_bytes, drawn_suffixes, files_of, listed
from wildgym.perturbations.inside import headed
from wildgym.perturbations.reshaped import Form, reshaped

_OWNERS = ("records office", "archive team", "data desk", "back office")


class HeadFiles(Perturbation):
    """Put a line before what text files hold, and say so."""

    axis: ClassVar = "environment"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.5
    source: ClassVar = "headers before data: wildgym"
    lesson: ClassVar = (
        "Text files here begin with a line that is no content; I set it aside and keep it in "
        "the end."
    )
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -23.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Head the files of a share of all suffixes; a request about bytes is left alone."""
        if about_bytes(scenario):
            return scenario
        suffixes = drawn_suffixes(files_of(scenario), draw, self.strength, TEXT)
        if not suffixes:
            return scenario
        head = f"# kept by the {draw.rng('head').pick(_OWNERS)} - do not remove this line"
        rule = (
            f"Every file that ends in {listed(suffixes)} has the first line {head!r}; its content"
            " begins on the second. So it is in those that you make."
        )
        form = Form(headed, {"suffixes": suffixes, "head": head})
        return reshaped(scenario, self.name, form, rule)
