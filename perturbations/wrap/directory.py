"""Any folder of files as an environment, perturbed: episodes have copies of it."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from wildgym.envs import Scenario, Task, WildEnv
from wildgym.envs.directory.folder import UnfitFolder, tree_of
from wildgym.envs.directory.goal import FolderGoal, Passages, content
from wildgym.envs.directory.made import made_tasks
from wildgym.envs.directory.scenario import CANONICAL, TODAY, folder_scenario
from wildgym.envs.files.formats import Content
from wildgym.envs.request import Request
from wildgym.perturbations.factory import (
    Perturbations,
    Scaffolding,
    perturber,
    refuse_unknown,
    scaffolding,
)
from wildgym.perturbations.wrap.tasks import GivenTask, read_tasks
from wildgym.tools import Json, ToolCall, check
from wildgym.tools.sandboxes import BACKENDS
from wildgym.tools.sandboxes.tree import File, Tree


class FileCheck(BaseModel):
    """What a file should hold in the end.

    Attributes:
        equals: The whole of it: a text, or any other value for a JSON document.
        contains: A text that stands in it.
        lacks: A text that does not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    equals: Any = None
    contains: str = ""
    lacks: str = ""

    @model_validator(mode="after")
    def _decides(self) -> Self:
        given = self.model_fields_set
        if not given or ("equals" in given and len(given) > 1):
            raise ValueError("a file has 'equals', or 'contains' and 'lacks', or one of these")
        return self

    @property
    def content(self) -> Content:
        """What decides."""
        if "equals" in self.model_fields_set:
            return content(self.equals)
        return Passages(self.contains, self.lacks)


class DirectoryTask(GivenTask):
    """A task over a folder of the user's.

    Attributes:
        setup: What is otherwise when an episode begins: the text of a file by its path, or None for
            one that is not there.
        files: What files should hold in the end, by path: a text, or a `FileCheck`.
        gone: Paths at which nothing should be in the end.
        may_change: Globs over the paths that may change beside, of which `*` matches `/`, too;
            None for nothing else, or where there is a `check` for everything.
        check: A function of the folder as it was left, a copy at a `Path`, and perhaps of the
            answer that was handed in, that says whether it was done.
    """

    setup: dict[str, str | None] = Field(default_factory=dict)
    files: dict[str, FileCheck | str] = Field(default_factory=dict)
    gone: tuple[str, ...] = ()
    may_change: tuple[str, ...] | None = None
    check: Callable[..., object] | None = None

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        for path in (*self.setup, *self.files, *self.gone):
            if path != str(PurePosixPath(path)) or path.startswith("/") or ".." in path.split("/"):
                raise ValueError(f"{path!r} is no path of a file, relative to the folder")
        if both := self.files.keys() & set(self.gone):
            raise ValueError(f"{min(both)!r} is among 'files' and among 'gone'")
        if self.answer is None and self.check is None and not (self.files or self.gone):
            raise ValueError(
                "nothing decides whether it was done: give an answer, files, gone or a check"
            )
        if self.check is not None and not 1 <= len(inspect.signature(self.check).parameters) <= 2:
            raise ValueError("a check is a function of the folder, or of the folder and the answer")
        return self

    @property
    def goal(self) -> FolderGoal:
        """What decides."""
        everything = ("*",) if self.check is not None else ()
        return FolderGoal(
            {
                p: v.content if isinstance(v, FileCheck) else content(v)
                for p, v in self.files.items()
            },
            frozenset(self.gone),
            self.answer,
            everything if self.may_change is None else self.may_change,
            None if self.check is None else partial(_asked, self.check),
        )

    def begun(self, tree: Tree) -> Tree:
        """Return the files that an episode begins with; raise ValueError if one is not there."""
        if lacking := [p for p, text in self.setup.items() if text is None and p not in tree]:
            raise ValueError(f"task {self.name}: setup: there is no file {lacking[0]!r} to remove")
        put = {p: File(text.encode()) for p, text in self.setup.items() if text is not None}
        return {**{p: file for p, file in tree.items() if p not in self.setup}, **put}


DirectoryTasks = str | Path | Sequence[DirectoryTask | Mapping[str, Json]]


def directory(
    path: str | Path,
    tasks: DirectoryTasks | None = None,
    *,
    without: Sequence[str] = (),
    perturbations: Perturbations = "none",
    scaffold: Scaffolding | None = None,
    interface: Literal["text", "chat"] = "text",
    history: Literal["last", "full"] = "last",
    max_turns: int = 400,
    reward: Literal["sparse", "dense"] = "sparse",
    render_mode: str | None = None,
    sandbox: str = "auto",
    trace: bool = False,
    today: str = TODAY,
) -> WildEnv:
    """Make an env of a folder of files: each episode has a fresh copy of it in a sandbox.

    Args:
        path: The folder. It is read once, here, and never changed.
        tasks: `DirectoryTask`s, mappings of their fields, or a file: JSON that lists such, or
            Python with `TASKS`. None for tasks that are made of what lies in the folder.
        without: Globs over relative paths of what is left out; `*` matches `/`, too.
        perturbations: As for `gym.make`, of the family "files".
        scaffold: As for `gym.make`.
        interface: As for `gym.make`.
        history: As for `gym.make`.
        max_turns: As for `gym.make`.
        reward: As for `gym.make`.
        render_mode: As for `gym.make`.
        sandbox: As for `gym.make`.
        trace: As for `gym.make`.
        today: The date of the episodes, ISO 8601.

    Raises:
        UnfitFolder: The folder cannot be copied, or nothing in it can be asked about.
        ValueError: A task or another argument is wrong; the message says what would be right.
    """
    refuse_unknown(
        interface=(interface, ("text", "chat")),
        history=(history, ("last", "full")),
        reward=(reward, ("sparse", "dense")),
        sandbox=(sandbox, ("auto", *BACKENDS)),
    )
    drawn = directory_tasks(path, tasks, without, today)
    scaffolds, dials = scaffolding(scaffold, perturbations, interface)
    return WildEnv(
        drawn,
        scaffolds,
        dials=dials,
        perturb=perturber(perturbations, "files"),
        interface=interface,
        history=history,
        max_turns=max_turns,
        reward=reward,
        render_mode=render_mode,
        sandbox=sandbox,
        trace=trace,
    )


def directory_tasks(
    path: str | Path,
    tasks: DirectoryTasks | None = None,
    without: Sequence[str] = (),
    today: str = TODAY,
) -> list[Task]:
    """Return tasks over a folder; arguments and what is raised are as for `directory`."""
    tree, day = tree_of(path, without), date.fromisoformat(today).isoformat()
    if tasks is not None:
        return [_as_task(task, tree, day) for task in read_tasks(tasks, DirectoryTask)]
    made = made_tasks(tree, day)
    if not made:
        raise UnfitFolder(
            f"no tasks can be made of {path}: it has no text in UTF-8, JSON and tables included;"
            " give tasks of your own"
        )
    return made


def _as_task(task: DirectoryTask, tree: Tree, today: str) -> Task:
    """Return a task as what the env plays; raise ValueError where that cannot be played."""
    start, goal = task.begun(tree), task.goal
    for number, call in enumerate(task.solution if isinstance(task.solution, tuple) else ()):
        if problem := check(ToolCall(call.tool, call.arguments), CANONICAL.specs):
            raise ValueError(f"task {task.name}: solution {number}: {problem}")
    try:
        done = all(goal.held(start, start, "").values())
    except Exception as error:
        raise ValueError(f"task {task.name}: check: {type(error).__name__}: {error}") from error
    if done and task.answer is None:
        raise ValueError(f"task {task.name}: all that it asks for holds before anything is done")
    request = Request((task.request,), task.facts)

    def draw(_: int, __: str) -> Scenario:
        return folder_scenario(task.name, request, start, goal, task.solved, task.rules, today)

    return Task(task.name, draw, about=task.request)


def _asked(check: Callable[..., object], folder: Path, answer: str) -> object:
    taken = len(inspect.signature(check).parameters)
    return check(*(folder, answer)[:taken])
