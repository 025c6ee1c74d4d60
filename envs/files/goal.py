"""What a folder should be like in the end, and the verifier that says whether it is."""

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field

from wildgym.envs.files.formats import Content, Database
from wildgym.envs.scenario import Refusal, Scenario
from wildgym.envs.trajectory import Trajectory
from wildgym.envs.verifier import Verdict, Verifier, handed_in
from wildgym.tools import Json, World
from wildgym.tools.sandboxes.tree import File, Tree
from wildgym.tools.workspace import Workspace

_DATABASE = ".db"
_CHECKS = ("files_made", "nothing_else_changed", "answer", "status")


@dataclass(frozen=True, slots=True)
class Goal:
    """What should be, computed from what was drawn and not by the solution.

    Args:
        files: What new and changed files should hold, by path.
        gone: Files that should be there no more.
        answer: What should be reported; None if nothing is asked.
        refused: Whether a rule forbids the request.
    """

    files: Mapping[str, Content] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    answer: Json = None
    refused: bool = False


def verifier(goal: Goal) -> Verifier:
    """Return a verifier that compares the files that are left with those that should be.

    What the goal names has to hold what it says, by content. Everything else has to be as it was,
    to the byte, or a database to the row. Empty folders and times do not matter.
    """

    def verify(scenario: Scenario, world: World, trajectory: Trajectory) -> Verdict:
        assert scenario.origin.workspace is not None
        start = scenario.origin.workspace.start
        try:
            now = scenario.canonically(world.workspace_here().tree())
        except ValueError:
            # Some file is not in the form in which the user keeps it.
            return Verdict(dict.fromkeys(_CHECKS, False), 0.0)
        right = sum(_right(content, now.get(path)) for path, content in goal.files.items())
        gone = sum(path not in now for path in goal.gone)
        wanted = len(goal.files) + len(goal.gone)
        untouched = same_files(*(_others(tree, goal) for tree in (start, now)))
        answer = Refusal(goal.answer) if goal.refused else goal.answer
        checks = {
            "files_made": right + gone == wanted,
            "nothing_else_changed": untouched,
            **handed_in(world, answer),
        }
        return Verdict(checks, (right + gone) / wanted if wanted and untouched else 0.0)

    return verify


def files_left(scenario: Scenario, workspace: Workspace) -> Tree:
    """Return the files that are left as they would be without perturbations of them.

    What others have brought may be as they brought it, or as the user keeps files.

    Raises:
        ValueError: Some other file is not as the user keeps it.
    """
    tree = workspace.tree()
    brought = {path: file for path, file in workspace.brought.items() if tree.get(path) == file}
    own = {path: file for path, file in tree.items() if path not in brought}
    return {**scenario.canonically(own), **brought}


def _right(content: Content, file: File | None) -> bool:
    return file is not None and file.regular and content.holds(file.data)


def _others(tree: Tree, goal: Goal) -> dict[str, File]:
    named = goal.files.keys() | goal.gone
    return {p: f for p, f in tree.items() if p not in named and not stat.S_ISDIR(f.mode)}


def same_files(before: Mapping[str, File], after: Mapping[str, File]) -> bool:
    """Say whether files are the same: to the byte, or of databases to the row."""
    return before.keys() == after.keys() and all(
        file == after[path] or _same_rows(path, file, after[path]) for path, file in before.items()
    )


def _same_rows(path: str, before: File, after: File) -> bool:
    """Opening a database may change its bytes, though nothing in it."""
    if not path.endswith(_DATABASE) or before.mode != after.mode:
        return False
    return Database.read(before.data).holds(after.data)
