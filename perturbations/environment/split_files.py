"""Files that lie in numbered parts."""

from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import TEXT, as_named, drawn_suffixes, files_of, listed
from wildgym.perturbations.inside import parts
from wildgym.perturbations.reshaped import Form, reshaped


class SplitFiles(Perturbation):
    """Keep text files in numbered parts of some lines each, and say so."""

    axis: ClassVar = "environment"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.5
    source: ClassVar = "files in parts: wildgym"
    lesson: ClassVar = (
        "Text files are kept in numbered parts; I join them for the work and split them again "
        "in the end."
    )
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -21.6

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Split the files of a share of all suffixes."""
        if not as_named(scenario):
            return scenario
        suffixes = drawn_suffixes(files_of(scenario), draw, self.strength, TEXT, _is_short)
        if not suffixes:
            return scenario
        lines = draw.rng("lines").pick((10, 20, 50))
        rule = (
            f"A file that would end in {listed(suffixes)} lies in parts of {lines} lines, the last"
            " of at most as many, with .001, .002 and so on after its name, however short it is;"
            " and so do those that you make. Requests name it without."
        )
        form = Form(parts, {"suffixes": suffixes, "lines": lines})
        return reshaped(scenario, self.name, form, rule)


def _is_short(data: bytes) -> bool:
    return data.count(b"\n") < 5_000
