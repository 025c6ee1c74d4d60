"""Commands of a later version, in which options have other letters."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import listed
from wildgym.tools import Calls, Layer, ToolCall, ToolResult, World
from wildgym.tools.shell import run_command

Letters = Mapping[str, str]

_DRIFT: Mapping[str, Letters] = {
    "awk": {"F": "S", "v": "D"},
    "cut": {"d": "D", "f": "F", "c": "C"},
    "grep": {"F": "Q", "c": "N", "v": "V", "o": "O", "B": "K"},
    "head": {"n": "L"},
    "iconv": {"f": "i", "t": "T"},
    "sed": {"n": "q", "i": "w"},
    "sort": {"k": "K", "t": "T", "n": "N", "u": "U"},
    "tail": {"n": "L"},
    "tar": {"x": "E", "c": "W"},
    "tr": {"d": "D"},
    "uniq": {"c": "N"},
    "wc": {"l": "L"},
}
_TOKEN = re.compile(
    r"""'[^']*' | "(?:\\.|[^"\\])*" | \\. | [|;&()\n`] | [^\s'"\\|;&()`]+ | [^\S\n]+ | .""",
    re.VERBOSE | re.DOTALL,
)
_SEPARATORS = frozenset("|;&()\n`")
_BEFORE_A_COMMAND = frozenset({"do", "then", "else", "while", "until", "if", "!", "{", "time"})
_ASSIGNMENT = re.compile(r"\w+=")
_FUNCTION = """{name}() {{
    local given=()
    for one in "$@"; do
        case "$one" in
            --help) echo "{name}, version 10: as before, but {changes}."; return ;;
{cases}
            *) given+=("$one") ;;
        esac
    done
    command {name} "${{given[@]}}"
}}
"""
_CASE = """            -{new}*) given+=("-{old}${{one#-{new}}}") ;;
            -{old}*) echo "{name}: no option -{old}; see {name} --help" >&2; return 2 ;;"""


@dataclass(frozen=True)
class Drifted(Layer):
    """A toolset whose shell has other versions of some commands.

    Args:
        letters: For each of them, from the letters of options that it had to those that it has.
    """

    letters: Mapping[str, Letters]

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Put the other versions ahead of what is run."""
        command = call.arguments.get("command")
        if call.name != run_command.name or not isinstance(command, str):
            return self.inner.call(call, world)
        ahead = "".join([_function(name, letters) for name, letters in self.letters.items()])
        arguments = {**call.arguments, "command": ahead + command}
        return self.inner.call(ToolCall(call.name, arguments), world)

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Write the options as the commands' help says."""
        if call.name != run_command.name:
            return (yield call)
        written = "".join(_rewritten(call.arguments["command"], self.letters))
        return (yield ToolCall(call.name, {**call.arguments, "command": written}))


def _function(name: str, letters: Letters) -> str:
    changes = listed([f"-{old} is now -{new}" for old, new in letters.items()])
    cases = "\n".join([_CASE.format(name=name, old=o, new=n) for o, n in letters.items()])
    return _FUNCTION.format(name=name, changes=changes, cases=cases)


def _rewritten(command: str, letters: Mapping[str, Letters]) -> Iterator[str]:
    """Yield a command's parts with the letters of its options replaced."""
    expected, known, apart = True, dict[str, str](), True
    for token in _TOKEN.findall(command):
        if token in _SEPARATORS:
            expected, known = True, {}
        elif not token.isspace() and expected:
            expected = token in _BEFORE_A_COMMAND or _ASSIGNMENT.match(token) is not None
            known = {} if expected else dict(letters.get(token, {}))
        elif apart and token[:1] == "-" and token[1:2] in known:
            token = f"-{known[token[1]]}{token[2:]}"
        apart = token.isspace()
        yield token


class DriftFlags(Perturbation):
    """Give options of commands other letters, and say so in their `--help`."""

    axis: ClassVar = "environment"
    kind: ClassVar = "recoverable"
    bites: ClassVar = 0.2
    source: ClassVar = "E28"
    lesson: ClassVar = (
        "Options of commands have other letters here; I write them as the command's own help says."
    )
    families: ClassVar = ("codebase", "desk", "files")
    rank: ClassVar = -9

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Change a share of the commands."""
        specs = scenario.toolset.specs
        letters = {name: of for name, of in _DRIFT.items() if draw.chance(self.strength, name)}
        if run_command.name not in specs or scenario.world.workspace is None or not letters:
            return scenario
        spec = specs[run_command.name]
        note = (
            f"The commands {listed(letters)} are of a later version than usual: see their --help."
        )
        outer = {**specs, spec.name: spec.but(description=f"{spec.description} {note}")}
        layer = Drifted(scenario.toolset, outer, letters)
        return scenario.behind(self.name, layer, toolset=layer)
