"""Files that are kept in another form: brought into the usual one for work, and put back."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import ModuleType
from typing import Any

from wildgym.envs import Scenario
from wildgym.envs.prompts import literal
from wildgym.perturbations.folder import files_of, regular_files, world_with
from wildgym.perturbations.inside import folder, mixed
from wildgym.tools import Calls, Facts, Json, Obstacle, Specs, ToolCall, ToolResult, finish
from wildgym.tools.python import run_python
from wildgym.tools.sandboxes import File, Tree
from wildgym.tools.shell import run_command

_LARGEST = 4 << 20
_END = "END-OF-PROGRAM"


@dataclass(frozen=True)
class Form:
    """A way of keeping files, with its inverse: one program for both sides.

    Args:
        module: Its functions `kept` and `canonical`, over content and mode of each file by path.
        settings: Their other arguments, as the agent is told them.
    """

    module: ModuleType
    settings: Mapping[str, Json]

    def kept(self, tree: Tree) -> Tree:
        """Return files as they are kept."""
        return self._through(self.module.kept, tree)

    def canonical(self, tree: Tree) -> Tree:
        """Return files as they usually are; raise ValueError where they are not kept so."""
        if any(len(file.data) > _LARGEST for file in tree.values()):
            raise ValueError("a file is too large to be one that was asked for")
        try:
            return self._through(self.module.canonical, tree)
        except Exception as error:
            # Parsers fail in many ways on what an agent may write.
            raise ValueError(f"a file is not in its form: {error}") from error

    def program(self, function: str) -> str:
        """Return a program that does the same to the folder that it runs in."""
        return (
            f"{source(folder)}\n\n{source(self.module)}\n\n"
            f"before = read_folder()\nwrite_folder(before, {function}(before{self._arguments}))\n"
        )

    def sparing_program(self) -> str:
        """Return a program that makes files usual again, and spares those that are already."""
        both = [f"lambda files: {name}(files{self._arguments})" for name in ("kept", "canonical")]
        return (
            f"{source(folder)}\n\n{source(self.module)}\n\n{source(mixed)}\n\n"
            f"before = read_folder()\nwrite_folder(before, usual(before, {', '.join(both)}))\n"
        )

    @property
    def _arguments(self) -> str:
        return "".join([f", {name}={value!r}" for name, value in self.settings.items()])

    def _through(self, change: Any, tree: Tree) -> Tree:
        mine = {path: tuple(file) for path, file in regular_files(tree).items()}
        others = {path: file for path, file in tree.items() if path not in mine}
        changed = change(mine, **self.settings)
        return others | {path: File(data, mode) for path, (data, mode) in changed.items()}


@cache
def source(module: ModuleType) -> str:
    """Return the code of a module of ours."""
    return inspect.getsource(module).strip()


def ran(program: str, specs: Specs) -> ToolCall:
    """Return the call that runs a Python program, with a tool that is offered."""
    if run_python.name in specs:
        return run_python(code=program)
    return run_command(command=f"python3 - <<'{_END}'\n{program}\n{_END}")


@dataclass(frozen=True)
class Reshaped(Obstacle):
    """Files in another form, which are to be left in that form.

    Args:
        first: What brings them into the usual form.
        last: What puts them back.
        sparing: What else brings them into the usual form, where others have brought some that are
            in it; None if it makes no difference.
    """

    first: ToolCall
    last: ToolCall
    sparing: ToolCall | None = field(default=None, kw_only=True)

    def brief(self, told: Facts) -> Calls[Facts]:
        """Bring all files into the form that one is used to."""
        done = yield self.first
        failed = isinstance(done.value, dict) and done.value.get("exit_code")
        if failed and self.sparing is not None:
            yield self.sparing
        return told

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Before the work is handed in, put them back, and what is new beside them."""
        if call.name == finish.name:
            yield self.last
        return (yield call)


def reshaped(scenario: Scenario, operator: str, form: Form, rule: str) -> Scenario:
    """Return the scenario with its files kept in another form, of which a rule tells."""
    specs = scenario.toolset.specs
    before, undo = files_of(scenario), scenario.canonically
    after = form.kept(before)
    if after == before:
        return scenario
    return scenario.behind(
        operator,
        Reshaped(
            ran(form.program("canonical"), specs),
            ran(form.program("kept"), specs),
            sparing=ran(form.sparing_program(), specs),
        ),
        world=world_with(scenario, after),
        canonically=lambda tree: undo(form.canonical(tree)),
        system=replace(scenario.system, rules=(*scenario.system.rules, literal(rule))),
    )
