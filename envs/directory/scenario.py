"""Scenarios over a folder of the user's own."""

from collections.abc import Callable, Sequence

from wildgym.envs.directory.goal import FolderGoal
from wildgym.envs.prompts import SystemPrompt, UserPrompt, literal
from wildgym.envs.request import Request
from wildgym.envs.scenario import Scenario, Solution
from wildgym.envs.workspace import WORKSPACE_DETOURS, WORKSPACE_TOOLS
from wildgym.tools import Facts, Tools, World, finish, wait
from wildgym.tools.sandboxes.tree import Tree
from wildgym.tools.workspace import Workspace

TODAY = "2031-06-02"
"""The date of episodes, where nobody says another one: equal seeds give equal episodes forever."""

_USER = "Robin Adler"
PERSONA = (
    "You are the assistant of {user_name}. You work through tools alone, in a folder of files:"
    " commands start in it, and all paths are relative to it."
)
_CONTEXT = ("Today is {today}.",)
_RULES = (
    "Carry out what is asked, completely, and change nothing else: every file that the request is"
    " not about stays as it is, to the byte.",
    "Leave no files of your own in the folder. What you need on the way belongs into the folder"
    " for temporary files that TMPDIR names.",
    "When something is to be reported, the answer that you hand in holds only that: numbers"
    " plain, several items separated by commas.",
)
CANONICAL = Tools((*WORKSPACE_TOOLS, wait, finish))


def folder_scenario(
    task: str,
    request: Request,
    tree: Tree,
    goal: FolderGoal,
    solution: Callable[[Facts], Solution],
    rules: Sequence[str] = (),
    today: str = TODAY,
) -> Scenario:
    """Return a scenario over a folder.

    Args:
        task: The name of the task.
        request: What is asked.
        tree: What is in the folder at the beginning.
        goal: What should be there in the end.
        solution: A way to get there.
        rules: What the agent is told beside.
        today: The date of the episode, ISO 8601.
    """
    world = World({}, {}, today)
    world.workspace = Workspace(tree)
    facts = {"user_name": _USER, "today": today, **request.facts}
    return Scenario(
        task=task,
        system=SystemPrompt(PERSONA, _CONTEXT, (*_RULES, *map(literal, rules))),
        user=UserPrompt(request.parts),
        facts=facts,
        told=facts,
        origin=world,
        canonical=CANONICAL,
        world=world,
        toolset=CANONICAL,
        solution=solution,
        verifier=goal,
        detours=WORKSPACE_DETOURS,
    )
