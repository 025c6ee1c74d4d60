"""Tools as commands: an action is a program for bash in a fenced block."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.bash import call_of_words
from wildgym.envs.scaffolds.running import Calling, Language, RunningScaffold
from wildgym.envs.scaffolds.values import declared_type, read_result, write_json, write_value
from wildgym.tools import Specs, ToolCall, ToolResult
from wildgym.tools.sandboxes import Ran, Sandbox

_SHELL = "/bin/bash"
_COMMAND = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_TAKEN = frozenset(
    (
        *("if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until"),
        *("do", "done", "in", "function", "time", "coproc", "call", "alias", "bg", "bind", "break"),
        *("builtin", "caller", "cd", "command", "compgen", "complete", "compopt", "continue"),
        *("declare", "dirs", "disown", "echo", "enable", "eval", "exec", "exit", "export", "false"),
        *("fc", "fg", "getopts", "hash", "help", "history", "jobs", "kill", "let", "local"),
        *("logout", "mapfile", "popd", "printf", "pushd", "pwd", "read", "readarray", "readonly"),
        *("return", "set", "shift", "shopt", "source", "suspend", "test", "times", "trap", "true"),
        *("type", "typeset", "ulimit", "umask", "unalias", "unset"),
    )
)
"""What bash itself means by these words. It means something by `wait`, too: see `_WAIT`."""

# One call at a time has the turn, which is a byte in a pipe; `sandboxes.resident.relay` says more.
# Sizes are in bytes, as they are to `read` in the locale C.
_CALL = r"""
call() {
    local LC_ALL=C IFS=' ' _status=1 _size=0 _result=;
    read -r -N 1 -u 6 _result || return 1;
    printf '%s\0' "$#" "$@" >&4 && read -r -u 5 _status _size &&
    IFS= read -r -N "$_size" -u 5 _result;
    printf . >&7;
    [ "$_status" != 0 ] || { printf '%s\n' "$_result"; return; };
    printf '%s\n' "$_result" >&2;
    return "$_status";
}
"""
_WAIT = 'wait() { case "${1-}" in --*) call wait "$@";; *) builtin wait "$@";; esac; }'
# The program comes on standard input: it may be longer than an argument.
_BEGIN = 'BASH_ARGV0=bash; IFS= read -r -N 1000000 _program; exec < /dev/null; eval "$_program"'
_CONTROL = re.compile(r"[\x01-\x1f\x7f]")
_NOTE = (
    "Tools are commands. They take strings as they are and any other value as JSON, both quoted as"
    " for a shell, and write a line of JSON. One that fails writes its error to stderr and returns"
    " 1. They are functions: a program of the same name is `command name`. Where bash has another"
    " meaning or none for the name of a tool, write `call tool-name`."
)


@dataclass(frozen=True)
class Bash:
    """Programs for bash.

    Attributes:
        opens: What the line before a program may be.
        group: The group of syntaxes.
    """

    opens: Sequence[str] = ("```bash", "```sh")
    group: str = "bash-only"

    def note(self, specs: Specs) -> str:
        """Tell of commands, and of tools that are none by their own name."""
        others = [name for name in specs if not _is_command(name)]
        return f"{_NOTE} So do for {', '.join(others)}.\n" if others else f"{_NOTE}\n"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write a command for each call."""
        return "\n".join(_written(call, specs) for call in calls)

    def run(self, program: str, sandbox: Sandbox, calling: Calling, seconds: float) -> Ran:
        """Run a program after the definitions of all commands."""
        return sandbox.run(
            _prelude(calling.offer.specs),
            stdin=program.encode(),
            timeout=seconds,
            merge=True,
            shell=_SHELL,
            answering=calling.answer,
        )

    def call(self, words: Sequence[str], specs: Specs) -> ToolCall:
        """Read a tool's name and arguments, as the shell has split them."""
        return call_of_words(words, specs)

    def answer(self, result: ToolResult) -> bytes:
        """Write a status, the size of a line of JSON in bytes, and the line."""
        value = {"error": result.value} if result.is_error else result.value
        line = write_json(value).encode("utf-8", "replace")
        return b"%d %d\n%s" % (result.is_error, len(line), line)

    def result(self, line: str) -> ToolResult | None:
        """Read what a command writes."""
        return read_result(line) if line else None


def _prelude(specs: Specs) -> str:
    """Define the commands, in one line, so that the first line of the program is line 1."""
    commands = [name for name in specs if _is_command(name)]
    defined = [
        _WAIT if name == "wait" else f'{name}() {{ call {name} "$@"; }}' for name in commands
    ]
    exported = f"export -f call {' '.join(commands)}"
    return "; ".join([" ".join(_CALL.split()), *defined, exported, _BEGIN])


def _written(call: ToolCall, specs: Specs) -> str:
    # A bare `wait` is bash's own.
    bare = _is_command(call.name) and (call.name != "wait" or call.arguments)
    command = call.name if bare else f"call {_quoted(call.name)}"
    arguments = [
        f" --{name} {_quoted(write_value(value, declared_type(specs, call.name, name)))}"
        for name, value in call.arguments.items()
    ]
    return command + "".join(arguments)


def _quoted(text: str) -> str:
    """Quote a word for bash, and keep it on one line."""
    if not _CONTROL.search(text):
        return quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + _CONTROL.sub(lambda found: rf"\x{ord(found[0]):02x}", escaped) + "'"


def _is_command(name: str) -> bool:
    return name not in _TAKEN and _COMMAND.fullmatch(name) is not None


_BASH: Language = Bash()

RUNNING = (RunningScaffold("bash-only", _BASH, docs.markdown),)
