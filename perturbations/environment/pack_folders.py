"""Folders that are kept as archives."""

from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import as_named, closed, files_of, listed, regular_files
from wildgym.perturbations.inside import packed
from wildgym.perturbations.reshaped import Form, reshaped
from wildgym.tools.sandboxes import Tree

_MODES = (0o100644, 0o100755)


class PackFolders(Perturbation):
    """Keep folders as tar archives, and say so."""

    axis: ClassVar = "environment"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "E15"
    lesson: ClassVar = (
        "Folders are kept as tar archives, so I unpack what I need and pack it again."
    )
    families: ClassVar = ("files",)
    rank: ClassVar = -20.5

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Pack a share of the folders that lie at the top."""
        tree = files_of(scenario)
        if not as_named(scenario):
            return scenario
        folders = [f for f in _packable(tree) if draw.chance(self.strength, f)]
        if not folders:
            return scenario
        rule = (
            f"Of the folder, {listed([f'{f}/' for f in folders])} is kept in a tar archive of its"
            " name beside where it would be, with paths from within it and no folders of their own;"
            " it is to be left so, with what you change or add. Requests name files as if it were"
            " unpacked."
            if len(folders) == 1
            else f"Of the folder, {listed([f'{f}/' for f in folders])} are each kept in a tar"
            " archive of that name beside where it would be, with paths from within it and no"
            " folders of their own; they are to be left so, with what you change or add. Requests"
            " name files as if they were unpacked."
        )
        return reshaped(scenario, self.name, Form(packed, {"folders": folders}), rule)


def _packable(tree: Tree) -> list[str]:
    """Return the folders at the top that hold ordinary files alone."""
    ordinary = regular_files(tree)
    tops = sorted({path.partition("/")[0] for path in ordinary if "/" in path})
    return [
        top
        for top in tops
        if f"{top}.tar" not in tree
        and all(
            path in ordinary and ordinary[path].mode in _MODES and not closed(path, tree)
            for path in tree
            if path.startswith(f"{top}/")
        )
    ]
