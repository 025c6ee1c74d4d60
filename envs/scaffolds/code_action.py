"""Calls as Python: an action is a program in a fenced block, where tools are functions."""

import builtins
import json
import keyword
from collections.abc import Sequence
from dataclasses import dataclass

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.running import MODULE, Calling, Language, RunningScaffold
from wildgym.envs.scaffolds.values import as_call, read_json, read_result
from wildgym.tools import Specs, ToolCall, ToolResult, ToolSpec
from wildgym.tools.sandboxes import Ran, Sandbox

_RUN = f"from {MODULE} import run\nrun(DATA)"
_FAILED = "ToolError: "
_TRIED = 'try:\n    {}\nexcept ToolError as error:\n    show({{"error": error.value}})'
_TAKEN = frozenset({*dir(builtins), *keyword.kwlist, "json", "show", "tools", "ToolError"})
_NOTE = (
    "Tools are functions. They take arguments by name, and return JSON values as Python has them."
    " One that fails raises ToolError, which has `code`, `message` and `value`. `show(value)`"
    " prints a value as JSON; `json` is imported. Where Python has another meaning or none for the"
    ' name of a tool or an argument, write tools["tool-name"](**{"argument-name": value}).'
)


@dataclass(frozen=True)
class Python:
    """Python programs.

    Attributes:
        opens: What the line before a program may be.
        group: The group of syntaxes.
    """

    opens: Sequence[str] = ("```python", "```py")
    group: str = "code-action"

    def note(self, specs: Specs) -> str:
        """Tell of functions, and of tools that are none by their own name."""
        others = [name for name in specs if not _is_function(name)]
        return f"{_NOTE} So do for {', '.join(others)}.\n" if others else f"{_NOTE}\n"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Show each result. Where there are several, a failure does not end the others."""
        shown = [f"show({_written(call)})" for call in calls]
        if len(calls) == 1:
            return shown[0]
        return "\n".join(_TRIED.format(line) for line in shown)

    def run(self, program: str, sandbox: Sandbox, calling: Calling, seconds: float) -> Ran:
        """Run a program by the module that is installed there."""
        specs = calling.offer.specs
        asked = {
            "program": program,
            "tools": {name: _ordered(spec) for name, spec in specs.items()},
            "functions": [name for name in specs if _is_function(name)],
        }
        return sandbox.python(
            _RUN,
            data=json.dumps(asked).encode(),
            timeout=seconds,
            merge=True,
            answering=calling.answer,
        )

    def call(self, words: Sequence[str], specs: Specs) -> ToolCall:
        """Read one word of JSON."""
        return as_call(read_json(words[0], "The call"))

    def answer(self, result: ToolResult) -> bytes:
        """Write the size of a JSON object, in four bytes, and the object."""
        answer = json.dumps({"error" if result.is_error else "value": result.value}).encode()
        return len(answer).to_bytes(4, "big") + answer

    def result(self, line: str) -> ToolResult | None:
        """Read what `render` prints, or the error that ended a program."""
        if line.startswith(_FAILED):
            return ToolResult(json.loads(line.removeprefix(_FAILED)), is_error=True)
        return None if line[:1] in ("", " ") or line.startswith("Traceback ") else read_result(line)


def _written(call: ToolCall) -> str:
    function = call.name if _is_function(call.name) else f"tools[{call.name!r}]"
    if all(_is_word(name) for name in call.arguments):
        given = ", ".join([f"{name}={value!r}" for name, value in call.arguments.items()])
    else:
        given = f"**{dict(call.arguments)!r}"
    return f"{function}({given})"


def _ordered(spec: ToolSpec) -> list[str]:
    """Return a tool's arguments in the order in which `docs.signatures` shows them."""
    return sorted(spec.parameters["properties"], key=lambda name: name not in spec.required)


def _is_function(name: str) -> bool:
    return _is_word(name) and name not in _TAKEN and not name.startswith("__")


def _is_word(name: str) -> bool:
    # Python takes some letters beyond ASCII for others.
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)


_PYTHON: Language = Python()

RUNNING = (RunningScaffold("code-action", _PYTHON, docs.signatures),)
