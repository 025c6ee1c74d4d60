"""How a task of the files family is declared: a folder, a request, its goal, and its solution."""

import inspect
from collections.abc import Callable

from wildgym.envs.files.clutter import clutter
from wildgym.envs.files.goal import Goal as Goal
from wildgym.envs.files.goal import verifier
from wildgym.envs.files.scene import Scene as Scene
from wildgym.envs.prompts import SystemPrompt, UserPrompt
from wildgym.envs.request import Request
from wildgym.envs.request import ask as ask
from wildgym.envs.scenario import Scenario, Solution, Task
from wildgym.envs.workspace import WORKSPACE_DETOURS
from wildgym.tools import Facts, Tools, World, finish, wait
from wildgym.tools.editor import create_file, insert_lines, replace_text, undo_edit, view_file
from wildgym.tools.find import find_files, search_text
from wildgym.tools.python import run_python
from wildgym.tools.shell import run_command
from wildgym.tools.workspace import Workspace

_PERSONA = (
    "You are the assistant of {user_name} ({user_email}). You work through tools alone, in a folder"
    " of files: commands start in it, and all paths are relative to it."
)
_CONTEXT = ("Today is {today}.",)
_RULES = (
    "Carry out what is asked, completely, and change nothing else: every file that the request is"
    " not about stays as it is, to the byte.",
    "Leave no files of your own in the folder. What you need on the way belongs into the folder"
    " for temporary files, /tmp.",
    "Unless the request says otherwise, files keep their format: encoding, delimiter, order of rows"
    " and columns. Amounts have two decimals and a decimal point.",
    "When something is to be reported, the answer that you hand in holds only that: numbers"
    " plain, several items separated by commas.",
    "A folder with a file CLOSED.md in it is closed, and so are the folders in it: no file there"
    " may be changed, added, moved or deleted. If a request needs that, change nothing at all and"
    " hand in the work with the status 'refused', and as the answer the name of who closed the"
    " folder, as the file says.",
)
_TOOLS = (
    *(run_command, run_python, view_file, create_file, replace_text, insert_lines, undo_edit),
    *(find_files, search_text, wait, finish),
)
_CANONICAL = Tools(_TOOLS)

Drawn = tuple[Request, Goal]
Draw = Callable[[Scene], Drawn]


class FilesTask:
    """A task template: calling it draws, `solution` registers how it is solved."""

    def __init__(self, name: str, draw: Draw) -> None:
        self.name = name
        self.draw = draw
        self.needs: tuple[str, ...] = ()
        self._solution: Callable[..., Solution] | None = None

    def solution(self, program: Callable[..., Solution]) -> Callable[..., Solution]:
        """Register the solution. Its parameters name the facts that it needs to be told."""
        self._solution = program
        self.needs = tuple(inspect.signature(program).parameters)
        return program

    def solve(self, facts: Facts) -> Solution:
        """Start the solution with the facts that it needs."""
        assert self._solution is not None, f"{self.name} has no solution"
        return self._solution(**{name: facts[name] for name in self.needs})

    def scenario(self, seed: int, split: str) -> Scenario:
        """Draw a scenario."""
        scene = Scene((seed, split, self.name), split)
        request, goal = self.draw(scene)
        clutter(scene, goal.files.keys())
        world = World({}, {}, scene.today)
        world.workspace = Workspace(scene.tree)
        user = scene.user
        fixed = {"user_name": user.name, "user_email": user.email, "today": scene.today}
        facts = {**fixed, **request.facts}
        return Scenario(
            task=self.name,
            system=SystemPrompt(_PERSONA, _CONTEXT, _RULES),
            user=UserPrompt(request.parts),
            facts=facts,
            told=facts,
            origin=world,
            canonical=_CANONICAL,
            world=world,
            toolset=_CANONICAL,
            solution=self.solve,
            verifier=verifier(goal),
            detours=WORKSPACE_DETOURS,
        )


TASKS: dict[str, FilesTask] = {}


def task(draw: Draw) -> FilesTask:
    """Register a function that draws a scene as the task `module/function`."""
    theme = draw.__module__.rpartition(".")[2]
    made = FilesTask(f"{theme}/{draw.__name__}", draw)
    if made.name in TASKS:
        raise ValueError(f"there are two tasks {made.name}")
    TASKS[made.name] = made
    return made


def as_task(template: FilesTask) -> Task:
    """Return a template as what the env plays."""
    return Task(template.name, template.scenario)
