"""Tasks made by program of whatever lies in a folder, where nobody gives any."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from wildgym.envs.directory.made import data, texts
from wildgym.envs.directory.made.case import Case
from wildgym.envs.directory.scenario import TODAY, folder_scenario
from wildgym.envs.scenario import Scenario, Solution, Task
from wildgym.tools import Facts, Rng
from wildgym.tools.sandboxes.tree import Tree

_MOST = 64

KINDS: Mapping[str, Callable[[Tree, Rng], Iterator[Case]]] = {
    "find_file": texts.find_file,
    "count_lines": texts.count_lines,
    "put_word_right": texts.put_word_right,
    "move_back": texts.move_back,
    "json_value": data.json_value,
    "csv_cell": data.csv_cell,
    "csv_count": data.csv_count,
}
"""For each kind of task, what yields some of its cases in drawn order."""


def made_tasks(tree: Tree, today: str = TODAY) -> list[Task]:
    """Return a task for each kind that a folder has cases of; each seed draws one of its cases.

    What should be is computed here, of the files; the solutions find it through the tools.

    Args:
        tree: What is in the folder.
        today: The date of the episodes, ISO 8601.
    """
    made = []
    for name, kind in KINDS.items():
        cases = list(islice(kind(tree, Rng("own folder", name)), _MOST))
        if cases:
            made.append(_task(f"own/{name}", kind.__doc__ or "", tree, cases, today))
    return made


def _task(name: str, about: str, tree: Tree, cases: list[Case], today: str) -> Task:
    def draw(seed: int, split: str) -> Scenario:
        case = Rng(seed, name).pick(cases)
        begun = {path: file for path, file in tree.items() if path not in case.goal.files}
        start = {**(begun if case.start else tree), **case.start}
        solve, needs = case.solve, list(case.request.facts)

        def solution(told: Facts) -> Solution:
            return solve(**{fact: told[fact] for fact in needs})

        return folder_scenario(name, case.request, start, case.goal, solution, today=today)

    return Task(name, draw, about=about.partition("\n")[0])
