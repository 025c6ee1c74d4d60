"""Files that have to be made writable before they can be changed."""

import stat
from dataclasses import replace
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import literal
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import (
    about_bytes,
    facts_that_are_files,
    files_of,
    is_codebase,
    listed,
    regular_files,
    suffix,
    world_with,
)
from wildgym.perturbations.inside import modes
from wildgym.perturbations.reshaped import Reshaped, ran, source
from wildgym.tools.sandboxes import File, Tree

_NO_TEXT = (".db", ".zip", ".gz")
_FOLDER = stat.S_IFDIR | 0o755


class ProtectFiles(Perturbation):
    """Protect files against writing, and the folders of those that the request names."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.5
    source: ClassVar = "E21"
    lesson: ClassVar = (
        "Files are protected against writing; I lift that for the work and protect them again "
        "in the end."
    )
    families: ClassVar = ("codebase", "desk", "files")
    rank: ClassVar = -20

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Protect the files of a share of all suffixes; a request about modes is left alone."""
        tree = files_of(scenario)
        if about_bytes(scenario) and not is_codebase(scenario):
            return scenario
        found = {suffix(path) for path in regular_files(tree)} - {"", *_NO_TEXT}
        suffixes = [s for s in sorted(found) if draw.chance(self.strength, s)]
        folders = [f for f in self._folders(scenario) if draw.chance(self.strength, "folder", f)]
        if not suffixes or not _usual(tree):
            return scenario
        after, undo = _protected(tree, suffixes, folders), scenario.canonically
        specs, program = scenario.toolset.specs, source(modes)
        lift = ran(f"{program}\n\nlift()\n", specs)
        protect = ran(f"{program}\n\nprotect({suffixes!r}, {folders!r})\n", specs)
        rule = _rule(suffixes, folders)
        return scenario.behind(
            self.name,
            Reshaped(lift, protect),
            world=world_with(scenario, after),
            canonically=lambda left: undo(_lifted(left, suffixes, folders)),
            system=replace(scenario.system, rules=(*scenario.system.rules, literal(rule))),
        )

    def _folders(self, scenario: Scenario) -> list[str]:
        if is_codebase(scenario):
            return []
        named = facts_that_are_files(scenario).values()
        return sorted({path.rpartition("/")[0] for path in named} - {""})


def _rule(suffixes: list[str], folders: list[str]) -> str:
    what = f"Files that end in {listed(suffixes)} are protected against writing (mode 444)"
    if folders:
        several = "folders" if len(folders) > 1 else "folder"
        what += f", and so is the {several} {listed(folders)} (mode 555)"
    return (
        f"{what}. Lift that where your work needs it, with chmod (in Python os.fchmod, where the"
        " sandbox forbids to change modes by path), and have all of these, new ones too, protected"
        " again when you hand in."
    )


def _usual(tree: Tree) -> bool:
    usual = stat.S_IRUSR | stat.S_IWUSR
    return all(file.mode & usual == usual for file in tree.values())


def _protected(tree: Tree, suffixes: list[str], folders: list[str]) -> Tree:
    ends, mine = tuple(suffixes), regular_files(tree)
    after = {
        path: File(file.data, file.mode & ~modes.WRITING)
        if path in mine and path.endswith(ends)
        else file
        for path, file in tree.items()
    }
    return after | {folder: File(b"", _FOLDER & ~modes.WRITING) for folder in folders}


def _lifted(tree: Tree, suffixes: list[str], folders: list[str]) -> Tree:
    """Return files with their usual modes; raise ValueError where one is not protected."""
    ends, mine, after = tuple(suffixes), regular_files(tree), {}
    for path, file in tree.items():
        if path in folders:
            if file.mode & modes.WRITING:
                raise ValueError(f"{path} is not protected")
        elif path in mine and path.endswith(ends):
            if file.mode & modes.WRITING:
                raise ValueError(f"{path} is not protected")
            after[path] = File(file.data, file.mode | stat.S_IWUSR)
        else:
            after[path] = file
    for folder in folders:
        if folder not in tree and any(path.startswith(f"{folder}/") for path in tree):
            raise ValueError(f"{folder} is not protected")
    return after
