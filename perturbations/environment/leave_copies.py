"""Outdated copies of files, READMEs among them."""

from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import closed, files_of, is_codebase, regular_files, suffix
from wildgym.perturbations.inside import copies
from wildgym.perturbations.reshaped import Form, reshaped
from wildgym.tools.sandboxes import File, Tree

_LARGEST = 1 << 15
_MOST = 16
_MARKS = ("old", "bak", "superseded", "2029")
_OLDER = str.maketrans("0123456789", "1234567898")


class LeaveCopies(Perturbation):
    """Leave outdated copies beside files, under names that say so, with other figures in them."""

    axis: ClassVar = "environment"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.06
    source: ClassVar = "E12"
    lesson: ClassVar = (
        "Some files are outdated copies, as their names say, so I leave them out of account."
    )
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -26

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Leave copies of a share of the files."""
        tree = files_of(scenario)
        if is_codebase(scenario):
            return scenario
        mark = draw.rng("mark").pick(_MARKS)
        left = {
            f"{path.removesuffix(suffix(path))}.{mark}{suffix(path)}": _older(file)
            for path, file in self._chosen(tree, draw).items()
        }
        left = {path: text for path, text in left.items() if path not in tree}
        if not left:
            return scenario
        rule = (
            f"Files with '.{mark}' before the last part of their names are outdated copies, kept"
            " for the records. Requests are never about them: leave them as and where they are, and"
            " take nothing from them."
        )
        return reshaped(scenario, self.name, Form(copies, {"copies": left}), rule)

    def _chosen(self, tree: Tree, draw: Draw) -> Tree:
        fitting = {
            path: file
            for path, file in regular_files(tree).items()
            if suffix(path) and _is_text(file) and not closed(path, tree)
        }
        ranked = sorted(fitting, key=lambda path: draw.uniform(path))[:_MOST]
        return {p: fitting[p] for p in sorted(ranked) if draw.chance(self.strength, p)}


def _is_text(file: File) -> bool:
    try:
        return len(file.data) < _LARGEST and "\0" not in file.data.decode()
    except UnicodeDecodeError:
        return False


def _older(file: File) -> str:
    """Return a text with other digits, none of which begins a number with a zero."""
    return file.data.decode().translate(_OLDER)
