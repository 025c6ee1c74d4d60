"""Tasks over codebases: one for each defect of the bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from wildgym.envs.codebase.bank import Bank, Defect
from wildgym.envs.codebase.judging import Call
from wildgym.envs.codebase.mutate.apply import apply, solved
from wildgym.envs.codebase.report import report
from wildgym.envs.codebase.taken import is_source
from wildgym.envs.codebase.toolchain import toolchain
from wildgym.envs.codebase.verifier import Hidden, codebase_verifier
from wildgym.envs.codebase.visible import edits, without_tests
from wildgym.envs.prompts import SystemPrompt, UserPrompt
from wildgym.envs.scenario import Scenario, Solution, Task
from wildgym.envs.workspace import WORKSPACE_DETOURS, WORKSPACE_TOOLS
from wildgym.tools import Rng, Tools, World, finish, wait
from wildgym.tools.editor import replace_text, view_file
from wildgym.tools.sandboxes import Outfit, Tree
from wildgym.tools.shell import run_command
from wildgym.tools.testing import PRELOAD, run_tests
from wildgym.tools.workspace import Workspace

_TODAY = "2031-06-02"
_FEW_TESTS = 800
_PERSONA = (
    "You maintain the Python package {package}: its source is the folder in which your commands"
    " start. You work through tools alone, without a network."
)
_CONTEXT = ("Today is {today}.", "The code of the package is in {code}, its tests are in {tests}.")
_RULES = (
    "Change the code of the package alone. Its tests, their configuration, and files elsewhere"
    " stay as they are: what you change there does not count.",
    "A repair is judged by tests that you do not see, and by what the package gives on data that"
    " you do not know.",
    "The code of a package knows nothing of who calls it: a repair that newly reaches for the test"
    " run, for the interpreter or for its caller (such as pytest, sys, os, inspect, gc) or that"
    " newly defines how values compare is no repair.",
    "Hand in the work when it is done; nothing has to be reported.",
)
_CANONICAL = Tools((*WORKSPACE_TOOLS, run_tests, wait, finish))


@dataclass(frozen=True)
class CodebaseTask:
    """One defect, to be repaired.

    Attributes:
        bank: Where it is from.
        defect: What is wrong.
    """

    bank: Bank
    defect: Defect

    @property
    def name(self) -> str:
        """The codebase, and a number that tells nothing."""
        return f"{self.bank.codebase.name}/{self.defect.id.rpartition('-')[2]}"

    @cached_property
    def hidden(self) -> Hidden:
        """What decides whether the defect is repaired."""
        codebase, defect = self.bank.codebase, self.defect
        few = len(self.bank.tests) <= _FEW_TESTS
        tests = self.bank.tests if few else defect.failing
        return Hidden(
            solved(codebase, defect.mutations),
            codebase,
            defect.failing,
            tuple(dict.fromkeys(test.partition("::")[0] for test in tests)),
            frozenset(self.bank.tests),
            tuple(_calls(self.bank, defect)),
        )

    @cached_property
    def start(self) -> Tree:
        """What the agent finds: the defect, and no test that would show it."""
        codebase, defect = self.bank.codebase, self.defect
        whole = self.hidden.pristine
        told = defect.operator == "removed_body"
        shown = whole if told else without_tests(whole, defect.failing)
        broken = apply(codebase, defect.mutations)
        return {p: broken[p] if is_source(p, codebase) else file for p, file in shown.items()}

    def solve(self) -> Solution:
        """Look, test, repair, test, as somebody who knows where the defect is."""
        codebase = self.bank.codebase
        yield run_command(command=f"ls {codebase.packages[0]}")
        for path, old, new in edits(self.start, self.hidden.pristine):
            if is_source(path, codebase):
                folder, _, name = path.rpartition("/")
                yield run_command(command=f"cd ./{folder}")
                found = yield run_command(command=f"wc -l < {name}")
                lines = int(found["output"].split()[-1]) + 1
                yield run_command(command="cd - > /dev/null")
                yield view_file(path=path, last_line=min(lines, 60))
                yield replace_text(path=path, old=old, new=new)
        yield run_tests(tests=[self.hidden.suite[0]])
        return None

    def scenario(self, seed: int, split: str) -> Scenario:
        """Draw how the defect is told of."""
        request = report(self.bank, self.defect, Rng(seed, split, self.name))
        codebase = self.bank.codebase
        world = World({}, {}, _TODAY)
        world.workspace = Workspace(self.start, working())
        fixed = {
            "package": codebase.name,
            "today": _TODAY,
            "code": ", ".join(codebase.packages),
            "tests": ", ".join(codebase.tests),
        }
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
            solution=lambda _: self.solve(),
            verifier=codebase_verifier(self.hidden),
            detours=WORKSPACE_DETOURS,
        )


@cache
def working() -> Outfit:
    """Return what an agent's sandbox is furnished with."""
    return Outfit(toolchain(), PRELOAD)


def _calls(bank: Bank, defect: Defect) -> Sequence[Call]:
    calls = [(entry, given) for entry in defect.entries for given in bank.entries[entry]]
    witness = defect.witness
    return calls if witness is None else [(witness.entry, witness.arguments), *calls]


def as_task(task: CodebaseTask) -> Task:
    """Return a task as what the env plays."""
    about = f"{task.bank.codebase.field}: {task.defect.operator}"
    return Task(task.name, task.scenario, (task.bank.codebase.split,), about)
