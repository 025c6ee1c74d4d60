"""A file that the request names and that is not there: moved, or gone."""

import json
import re
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.prompts import fields
from wildgym.perturbations.core import Perturbation, Twin
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import (
    about_bytes,
    about_names,
    closed,
    facts_that_are_files,
    files_of,
    is_codebase,
    regular_files,
    world_with,
)
from wildgym.perturbations.inside import removals
from wildgym.perturbations.reshaped import Form, Reshaped, ran
from wildgym.perturbations.twins import case_number, is_impossible, twinned
from wildgym.tools import Calls, CannotBeDone, Facts, ToolCall
from wildgym.tools.sandboxes import Tree

_NOTE = "REMOVED.md"
_FOLDERS = ("elsewhere", "unsorted", "handed-over", "by-hand")
_GONE = ("old/prices-2029.csv", "drafts/plan.md", "tmp/export.json", "logs/2029-11.log")
_LOOK = """
import json, os
name, note = {name!r}, {note!r}
found = [os.path.join(f, n) for f, _, names in os.walk(".") for n in names if n == name]
print(json.dumps([sorted(found), open(note, encoding="utf-8").read()]))
"""


@dataclass(frozen=True)
class Missing(Reshaped):
    """A file that has to be looked for.

    Args:
        path: Where it should be.
        look: A call that looks for it by its name, and at the note.
        evidence: The number under which it was removed.
        hopeless: Whether it was.
    """

    path: str
    look: ToolCall
    evidence: str
    hopeless: bool

    def brief(self, told: Facts) -> Calls[Facts]:
        """Look for it; where it is gone, find out under which number."""
        looked = yield self.look
        places, note = json.loads(looked.value["output"])
        if places:
            return (yield from super().brief(told))
        number = re.search(rf"^- {re.escape(self.path)}: (K\d+)", note, re.MULTILINE)
        raise CannotBeDone(number and number[1])


class MissingFile(Perturbation):
    """Remove a file that the request names; in its twin, move it to another folder."""

    axis: ClassVar = "environment"
    kind: ClassVar = "destroying"
    bites: ClassVar = 0.8
    source: ClassVar = "U10, E15"
    lesson: ClassVar = (
        "The file is not where it should be, so I look for it elsewhere before I say that it "
        "is gone."
    )
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -40  # beneath what changes how files are kept

    twin: Twin = "solvable"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Do it to one file, or with less strength more often to none."""
        tree = files_of(scenario)
        named, taken = _named(scenario, tree), {p.partition("/")[0] for p in tree}
        free = [folder for folder in _FOLDERS if folder not in taken]
        if not named or not free or _NOTE in tree or is_impossible(scenario):
            return scenario
        if not draw.chance(self.strength, "whether"):
            return scenario
        path, hopeless = draw.rng("which").pick(named), self.twin == "impossible"
        name = path.rpartition("/")[2]
        new = "" if hopeless else f"{draw.rng('where').pick(free)}/{name}"
        gone = draw.rng("gone").sample(_GONE, 2)
        listed = draw.rng("order").shuffled([*gone, path] if hopeless else gone)
        lines = "".join(f"- {other}: {case_number(draw, other)}\n" for other in listed)
        text = f"# Removed for good\n\n{lines}"
        form = Form(removals, {"note": _NOTE, "text": text, "old": path, "new": new})
        specs, undo = scenario.toolset.specs, scenario.canonically
        obstacle = Missing(
            *(ran(form.program("canonical"), specs), ran(form.program("kept"), specs), path),
            *(ran(_LOOK.format(name=name, note=_NOTE).strip(), specs), case_number(draw, path)),
            hopeless,
        )
        return twinned(
            scenario,
            self.name,
            obstacle,
            _RULE,
            world=world_with(scenario, form.kept(tree)),
            canonically=lambda left: undo(form.canonical(left)),
        )


def _named(scenario: Scenario, tree: Tree) -> list[str]:
    """Return the files that the request names, none where it is about names or bytes."""
    if is_codebase(scenario) or about_names(scenario) or about_bytes(scenario):
        return []
    assert scenario.asked is not None
    # As the task words it: what other axes make of the request must not move the choice.
    shown = {name for part in scenario.asked.parts for name in fields(part)}
    names = [path.rpartition("/")[2] for path in tree]
    regular = {path: path.rpartition("/")[2] for path in regular_files(tree) if "/" in path}
    files = {path for name, path in facts_that_are_files(scenario).items() if name in shown}
    return sorted(
        path
        for path in files & regular.keys()
        if names.count(regular[path]) == 1 and not closed(path, tree)
    )


_RULE = (
    "Files may lie in another folder than a request says, under the same name: work with them, and"
    f" leave them, where they are. {_NOTE} lists what was removed for good. If what is asked needs"
    " such a file, change nothing and hand in the work with the status 'impossible', and as the"
    f" answer the number that {_NOTE} has for it."
)
