"""Text files in another encoding."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

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
from wildgym.perturbations.inside import encoding
from wildgym.perturbations.reshaped import Form, reshaped

_HOW: Mapping[str, str] = {
    "utf-16": "in UTF-16, little-endian, with a byte order mark",
    "latin-1": "in Latin-1 (ISO 8859-1), but for those that hold characters which that lacks: they"
    " are in UTF-8",
    "utf-8-sig": "in UTF-8 with a byte order mark",
}


class ReencodeFiles(Perturbation):
    """Keep text files in UTF-16, in Latin-1, or with a byte order mark, and say so."""

    axis: ClassVar = "environment"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.7
    source: ClassVar = "E14"
    lesson: ClassVar = (
        "Text files are in another encoding, so I convert them for the work and back again in "
        "the end."
    )
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -22

    encoding: Literal["utf-16", "latin-1", "utf-8-sig"] = "utf-16"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Encode the files of a share of all suffixes; a request about bytes is left alone."""
        tree = files_of(scenario)
        if is_codebase(scenario) or about_bytes(scenario):
            return scenario
        suffixes = drawn_suffixes(tree, draw, self.strength, TEXT, _fits(self.encoding))
        if not suffixes:
            return scenario
        rule = (
            f"Files that end in {listed(suffixes)} are kept {_HOW[self.encoding]}, and so are those"
            " that you make."
        )
        form = Form(encoding, {"suffixes": suffixes, "encoding": self.encoding})
        return reshaped(scenario, self.name, form, rule)


def _fits(kept: str) -> Callable[[bytes], bool]:
    def fits(data: bytes) -> bool:
        files = {"a": (data, 0)}
        try:
            data.decode()
            return encoding.canonical(encoding.kept(files, ["a"], kept), ["a"], kept) == files
        except ValueError:
            return False

    return fits
