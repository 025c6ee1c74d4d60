"""How a task of the files family is declared: a folder, a request, its goal, and its solution."""

from collections.abc import Callable

from wildgym.envs.files.clutter import clutter
from wildgym.envs.files.goal import Goal as Goal
from wildgym.envs.files.goal import verifier
from wildgym.envs.files.scene import Scene as Scene
from wildgym.envs.prompts import SystemPrompt, UserPrompt
from wildgym.envs.request import Request
from wildgym.envs.request import ask as ask
from wildgym.envs.scenario import Scenario, Task
from wildgym.envs.template import Template
from wildgym.envs.workspace import WORKSPACE_DETOURS, WORKSPACE_TOOLS
from wildgym.tools import Tools, World, finish, wait
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
    " for temporary files that TMPDIR names.",
    "Unless the request says otherwise, files keep their format: encoding, delimiter, order of rows"
    " and columns. Amounts have two decimals and a decimal point.",
    "When something is to be reported, the answer that you hand in holds only that: numbers"
    " plain, several items separated by commas.",
    "A folder with a file CLOSED.md in it is closed, and so are the folders in it: no file there"
    " may be changed, added, moved or deleted. If a request needs that, change nothing at all and"
    " hand in the work with the status 'refused', and as the answer the name of who closed the"
    " folder, as the file says.",
)
_CANONICAL = Tools((*WORKSPACE_TOOLS, wait, finish))

Drawn = tuple[Request, Goal]
Draw = Callable[[Scene], Drawn]


class FilesTask(Template[Draw]):
    """A task template over a folder."""

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
    return Task(template.name, template.scenario, about=template.about)
