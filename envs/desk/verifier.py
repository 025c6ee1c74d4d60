"""What a job comes to: subgoals, each with a check of its own, and nothing beside them."""

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wildgym.envs.codebase.verifier import codebase_verifier
from wildgym.envs.desk.repository import FOLDER, Repository
from wildgym.envs.desk.unfolding import Unfolding
from wildgym.envs.files.formats import Content
from wildgym.envs.files.goal import files_left, same_files
from wildgym.envs.scenario import Answer, Scenario
from wildgym.envs.trajectory import Trajectory
from wildgym.envs.verifier import Change, Verdict, changes, handed_in, repeated, solved, unmatched
from wildgym.tools import Json, World
from wildgym.tools.sandboxes import File, Tree
from wildgym.tools.sandboxes.tree import digest

_REPAIRED = "repaired"
_NOTHING_ELSE = "nothing_else_changed"


@dataclass(frozen=True, slots=True)
class Aims:
    """The subgoals of a job, by name.

    Attributes:
        tables: For each, the tables in which it is reached: what the solution leaves in them.
        files: For each, what files should hold, by path: computed from what was drawn.
    """

    tables: Mapping[str, tuple[str, ...]]
    files: Mapping[str, Mapping[str, Content]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a solution leaves.

    Attributes:
        changes: Every difference in the tables.
        answer: What it hands in.
    """

    changes: list[Change]
    answer: Answer


class DeskVerifier:
    """Judges tables, files, the repository and the answer; forks and rollouts share it.

    Args:
        aims: The subgoals.
        unfolding: What goes on.
        brought: The files that others bring, by path.
        repository: What is to be repaired, if anything is.
    """

    def __init__(
        self,
        aims: Aims,
        unfolding: Unfolding,
        brought: Mapping[str, bytes],
        repository: Repository | None,
    ) -> None:
        self.aims = aims
        self._unfolding = unfolding
        self._brought = brought
        self._repository = repository
        self._kept: tuple[Scenario, Wanted] | None = None
        self._repairs: dict[tuple[str, str], bool] = {}

    def __call__(self, scenario: Scenario, world: World, trajectory: Trajectory) -> Verdict:
        """Compare with what the solution leaves once all has happened that was to happen."""
        wanted = self._wanted(scenario)
        left = world
        if world.answer is None:
            left = world.fork()
            self._unfolding.end(left)
        missing, extra = unmatched(wanted.changes, list(changes(left)))
        short = {_table(change) for change in missing}
        reached = {name: not short.intersection(of) for name, of in self.aims.tables.items()}
        in_files, untouched = self._files(scenario, left)
        reached |= in_files
        if self._repository is not None:
            reached[_REPAIRED] = self._repaired(scenario, left, trajectory)
        said = handed_in(world, wanted.answer)
        checks = {**reached, _NOTHING_ELSE: untouched and not extra, **said}
        steps = [*reached.values(), *([said["answer"]] if wanted.answer is not None else [])]
        spoilt = not untouched or any(_amiss(change, missing) for change in extra)
        progress = 0.0 if spoilt else sum(steps) / len(steps)
        return Verdict(checks, progress, len(extra), repeated(extra, left))

    def _wanted(self, scenario: Scenario) -> Wanted:
        """Run the solution, once for a scenario."""
        if self._kept is None or self._kept[0] is not scenario:
            goal, answer = solved(scenario)
            self._unfolding.end(goal)
            goal.workspace_here().close()
            found = list(changes(goal))
            known = {table for tables in self.aims.tables.values() for table in tables}
            if unknown := {_table(change) for change in found} - known:
                raise RuntimeError(f"{scenario.task}: no subgoal is about {sorted(unknown)}")
            self._kept = scenario, Wanted(found, answer)
        return self._kept[1]

    def _files(self, scenario: Scenario, left: World) -> tuple[dict[str, bool], bool]:
        """Return which subgoals are reached in files, and whether all others are as they were."""
        assert scenario.origin.workspace is not None
        aims = self.aims.files
        try:
            now = files_left(scenario, left.workspace_here())
        except ValueError:
            return dict.fromkeys(aims, False), False
        reached = {
            name: all(_right(content, now.get(path)) for path, content in contents.items())
            for name, contents in aims.items()
        }
        named = {path for contents in aims.values() for path in contents}
        brought = {path: File(data) for path, data in self._brought.items()}
        before = _others({**scenario.origin.workspace.start, **brought}, named)
        return reached, same_files(before, _others(now, named))

    def _repaired(self, scenario: Scenario, left: World, trajectory: Trajectory) -> bool:
        """Judge the repository, once for each state that it is in."""
        assert self._repository is not None
        workspace = left.workspace_here()
        code = _code(workspace.tree())
        if code == self._repository.task.start:
            return False
        state = digest(code), workspace.backend
        if state not in self._repairs:
            judge = codebase_verifier(self._repository.task.hidden)
            alone = replace(
                scenario, canonically=lambda tree: _code(files_left(scenario, workspace))
            )
            checks = dict(judge(alone, left, trajectory).checks)
            del checks["status"]
            self._repairs[state] = all(checks.values())
        return self._repairs[state]


def _table(change: Change) -> str:
    return change.what.partition(" ")[0]


def _amiss(change: Change, missing: list[Change]) -> bool:
    """Say whether a change that nobody wanted is more than a row on its way to what is wanted."""
    same = [other for other in missing if other.what == change.what]
    if not change.what.endswith("(new)"):
        return not same
    made: dict[str, Json] = json.loads(change.exact)
    return not any(_unfinished(made, json.loads(other.exact)) for other in same)


def _unfinished(made: dict[str, Json], wanted: dict[str, Json]) -> bool:
    """Say whether a new row is the wanted one but for fields that are still empty."""
    return all(made.get(name) in (value, None) for name, value in wanted.items())


def _right(content: Content, file: File | None) -> bool:
    return file is not None and file.regular and content.holds(file.data)


def _others(tree: Tree, named: set[str]) -> dict[str, File]:
    return {
        path: file
        for path, file in tree.items()
        if path not in named and not path.startswith(FOLDER) and not stat.S_ISDIR(file.mode)
    }


def _code(tree: Tree) -> dict[str, File]:
    return {p.removeprefix(FOLDER): file for p, file in tree.items() if p.startswith(FOLDER)}
