"""A repository on the desk: a real package with one of its defects, and how that is repaired."""

from dataclasses import dataclass
from functools import cache, cached_property
from shlex import quote

from wildgym.envs.codebase.bank import load
from wildgym.envs.codebase.mutate.apply import renamed
from wildgym.envs.codebase.report import shown_call
from wildgym.envs.codebase.task import CodebaseTask
from wildgym.envs.codebase.visible import edits
from wildgym.envs.files.solving import Part
from wildgym.tools import Json, Rng
from wildgym.tools.editor import replace_text, view_file
from wildgym.tools.sandboxes import Tree
from wildgym.tools.shell import run_command
from wildgym.tools.testing import run_tests

FOLDER = "repo/"
_QUICK = {"train": ("cachetools",), "test": ("inflection", "webcolors")}
"""Packages whose tests take a fraction of a second."""


@dataclass(frozen=True)
class Repository:
    """A package with a defect.

    Attributes:
        task: The defect, as the codebase family has it.
    """

    task: CodebaseTask

    @property
    def name(self) -> str:
        """A name that tells nothing."""
        return self.task.name

    @property
    def package(self) -> str:
        """The package."""
        return self.task.bank.codebase.name

    @cached_property
    def files(self) -> Tree:
        """What lies in the folder."""
        return {FOLDER + path: file for path, file in self.task.start.items()}

    @property
    def shown(self) -> tuple[str, str, str]:
        """A call that shows the defect, what it gives, and what would be right."""
        witness = self.task.defect.witness
        assert witness is not None
        return shown_call(witness), witness.observed[:200], witness.expected[:200]


def repository(rng: Rng, split: str) -> Repository:
    """Draw a repository."""
    return of_name(rng.pick([name for codebase in _QUICK[split] for name in _names(codebase)]))


@cache
def _names(codebase: str) -> tuple[str, ...]:
    """Return the names of the defects that a call shows, and that one edit of code repairs."""
    bank = load(codebase)
    return tuple(
        CodebaseTask(bank, defect).name
        for defect in bank.defects
        if defect.witness is not None
        and len(defect.mutations) == 1
        and defect.operator != "removed_body"
        and renamed(bank.codebase, defect.mutations[0]) is None
    )


@cache
def of_name(name: str) -> Repository:
    """Return the repository with a name."""
    codebase, _, number = name.partition("/")
    bank = load(codebase)
    (defect,) = [d for d in bank.defects if d.id.rpartition("-")[2] == number]
    return Repository(CodebaseTask(bank, defect))


def repair(name: str) -> Part[Json]:
    """Look, repair, test, as somebody who knows where the defect is."""
    task = of_name(name).task
    yield run_tests(tests=[FOLDER + task.hidden.suite[0]])
    broken, whole = task.start, task.hidden.pristine
    path, old, new = next(
        edit for edit in edits(broken, whole) if edit[0] == task.defect.mutations[0].path
    )
    line = quote(old.strip().splitlines()[0])
    found = yield run_command(command=f"grep -F -r -l --include='*.py' -e {line} {FOLDER}")
    (place,) = [place for place in found["output"].splitlines() if place == FOLDER + path]
    yield view_file(path=place, last_line=80)
    yield replace_text(path=place, old=old, new=new)
    return (yield run_tests(tests=[FOLDER + task.hidden.suite[0]]))
