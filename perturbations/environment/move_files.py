"""Files that are not where the request says."""

from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import (
    as_named,
    closed,
    files_of,
    regular_files,
    suffix,
)
from wildgym.perturbations.inside import moves
from wildgym.perturbations.reshaped import Form, reshaped
from wildgym.tools.sandboxes import Tree

_FOLDERS = ("store", "common", "pool", "area", "records", "keep")
_SUBFOLDERS = ("incoming", "working", "current", "sorted", "by-topic")
_WORDS = ("main", "team", "live", "shared", "copy-a", "master")


class MoveFiles(Perturbation):
    """Move files to other folders and names; the request has the old ones, a note both."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.5
    source: ClassVar = "E15"
    lesson: ClassVar = (
        "Files have moved since; the note says where each is now, and I go by the note."
    )
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -25

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Move a share of the files; a request about names or bytes is left alone."""
        tree = files_of(scenario)
        if not as_named(scenario):
            return scenario
        new = {path: place for path, place in self._places(tree, draw).items() if path != place}
        note = draw.rng("note").pick(("MOVED.md", "WHERE-IS-WHAT.md", "NEW-PLACES.md"))
        if not new or note in tree:
            return scenario
        lines = "".join(f"- {old} -> {place}\n" for old, place in new.items())
        text = f"# What has moved\n\nFrom where to where:\n\n{lines}"
        rule = (
            f"Some files have moved since requests were written: {note} in the folder lists from"
            " where to where. What is asked about a file under its old path is meant for the same"
            " file at its new one. Leave files where they are now, and the list as it is."
        )
        form = Form(moves, {"note": note, "text": text})
        return reshaped(scenario, self.name, form, rule)

    def _places(self, tree: Tree, draw: Draw) -> dict[str, str]:
        folder = draw.rng("folder").pick([n for n in _FOLDERS if not _begins(tree, n)])
        taken, places = set(tree), {}
        for path in sorted(regular_files(tree)):
            if draw.chance(self.strength, path) and not closed(path, tree):
                place = f"{folder}/{self._name(path, draw)}"
                places[path] = path if place in taken else place
                taken.add(place)
        return places

    def _name(self, path: str, draw: Draw) -> str:
        rng, name = draw.rng("place", path), path.rpartition("/")[2]
        stem, end = name.removesuffix(suffix(name)), suffix(name)
        return f"{rng.pick(_SUBFOLDERS)}/{stem}-{rng.pick(_WORDS)}{end}"


def _begins(tree: Tree, folder: str) -> bool:
    return any(path.startswith(f"{folder}/") for path in tree)
