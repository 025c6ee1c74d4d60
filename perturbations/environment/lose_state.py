"""Commands that start anew each time, and elsewhere."""

from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.envs.workspace import KEEPING
from wildgym.perturbations.choice import chosen
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import Calls, Layer, ToolCall, ToolResult, ToolSpec, World
from wildgym.tools.python import run_python, run_script
from wildgym.tools.shell import run_command, run_once

_NOTE = (
    " Each call starts anew: of the shell or interpreter before, nothing is left but files, and it"
    " starts in /, so change to ~ first, where the files are."
)
_AWAY = {run_command.name: "cd /\n", run_python.name: 'import os; os.chdir("/")\n'}
_BACK = {
    run_command.name: KEEPING,
    run_python.name: 'import os; os.chdir(os.path.expanduser("~"))\n',
}
_ARGUMENT = {run_command.name: "command", run_python.name: "code"}
_FRESH = {run_command.name: run_once, run_python.name: run_script}


@dataclass(frozen=True)
class Forgetful(Layer):
    """A toolset whose shell or interpreter is another one for each call, in another folder.

    Args:
        tools: Which of the two.
    """

    tools: frozenset[str]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Run it in a fresh one."""
        if call.name not in self.tools:
            return self.inner.call(call, world)
        fresh = _FRESH[call.name]
        if not isinstance(call.arguments.get(_ARGUMENT[call.name]), str):
            return fresh.run(world, call.arguments)
        return fresh.run(world, _after(_AWAY[call.name], call).arguments)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Go on where the last command left: its state is kept in a file."""
        if call.name not in self.tools:
            return (yield call)
        return (yield _after(_BACK[call.name], call))


def _after(line: str, call: ToolCall) -> ToolCall:
    """Return a call that does something else first."""
    name = _ARGUMENT[call.name]
    return ToolCall(call.name, {**call.arguments, name: line + call.arguments[name]})


class LoseState(Perturbation):
    """Start every command and every piece of Python anew, in another folder, and say so."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.6
    source: ClassVar = "E30"
    lesson: ClassVar = (
        "Each command starts anew in another folder, so I keep the state in a file and go on "
        "from there."
    )
    families: ClassVar = ("codebase", "desk", "files")
    rank: ClassVar = -10  # above the forms of files, whose programs go through this, too

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Let a share of the shell and the interpreter forget."""
        specs = scenario.toolset.specs
        tools = chosen(specs, draw, self.strength) & _FRESH.keys()
        if not tools:
            return scenario
        outer = {name: _noted(spec) if name in tools else spec for name, spec in specs.items()}
        layer = Forgetful(scenario.toolset, outer, frozenset(tools))
        return scenario.behind(self.name, layer, toolset=layer)


def _noted(spec: ToolSpec) -> ToolSpec:
    return spec.but(description=_FRESH[spec.name].spec.description + _NOTE)
