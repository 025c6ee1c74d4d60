"""Files that are kept compressed."""

from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import TEXT, as_named, drawn_suffixes, files_of, listed
from wildgym.perturbations.inside import compressed
from wildgym.perturbations.reshaped import Form, reshaped


class CompressFiles(Perturbation):
    """Keep text files compressed by gzip, and say so."""

    axis: ClassVar = "environment"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.5
    source: ClassVar = "E14"
    lesson: ClassVar = (
        "Text files here are compressed, so I decompress what I need and leave it compressed again."
    )
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -21.2

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Compress the files of a share of all suffixes."""
        if not as_named(scenario):
            return scenario
        suffixes = drawn_suffixes(files_of(scenario), draw, self.strength, TEXT)
        if not suffixes:
            return scenario
        rule = (
            f"Files that would end in {listed(suffixes)} are kept compressed by gzip, with .gz"
            " after their names, and so are those that you make. Requests name them without it."
        )
        return reshaped(scenario, self.name, Form(compressed, {"suffixes": suffixes}), rule)
