"""One command in a fenced block."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.values import (
    FormatError,
    declared_type,
    expected,
    read_value,
    write_value,
)
from wildgym.tools import Json, Specs, ToolCall

_FENCE = re.compile(r"```(?:bash|sh)\b")
_END = re.compile(r"(?:\s|\\\n)*+```")
_WORD = re.compile(
    r"""(?:\s|\\\n)*+((?:[^\s'"\\`]++|'[^']*+'|"(?:[^"\\]|\\.)*+"|\\[^\n]|`(?!``))++)""", re.DOTALL
)
_QUOTED = re.compile(r"""'([^']*+)'|"((?:[^"\\]|\\.)*+)"|\\(.)""", re.DOTALL)
_ESCAPE = re.compile(r"""\\(?:\n|([$`"\\]))""")
_ARGUMENT = re.compile(r"--([\w.-]+)(?:=(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Bash:
    """A tool's name, then `--argument value` for each argument, quoted as for a shell.

    Not read by `shlex`, which takes quadratic time, and does not see that a fence within quotes
    ends no block.

    Attributes:
        group: The group of syntaxes.
    """

    group: str = "bash"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write a block for each call."""
        return "\n".join(f"```bash\n{_command(call, specs)}\n```" for call in calls)

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read the command of each block."""
        first = at = 0
        calls: list[ToolCall] = []
        while fence := _FENCE.search(text, at):
            first = first if calls else fence.start()
            words, at = _words(text, fence.end())
            calls.append(call_of_words(words, specs))
        return first, calls


def _command(call: ToolCall, specs: Specs) -> str:
    arguments = [
        f" --{name} {quote(write_value(value, declared_type(specs, call.name, name)))}"
        for name, value in call.arguments.items()
    ]
    return call.name + "".join(arguments)


def _words(text: str, at: int) -> tuple[list[str], int]:
    """Split a command up to the end of its block, and undo quotes."""
    words = []
    while not (end := _END.match(text, at)):
        word = _WORD.match(text, at)
        if not word:
            raise expected("the end of the quotes, and ``` to close the block", text, at)
        words.append(_QUOTED.sub(_unquoted, word[1]))
        at = word.end()
    return words, end.end()


def _unquoted(part: re.Match[str]) -> str:
    single, double, escaped = part.groups()
    if double is not None:
        return _ESCAPE.sub(r"\1", double)
    return str(escaped if single is None else single)


def call_of_words(words: Sequence[str], specs: Specs) -> ToolCall:
    """Read a tool's name, and arguments as `--name value` or `--name=value`; raise FormatError."""
    if not words or not words[0]:
        raise FormatError("There is no command: write a tool's name and its arguments.")
    name, given = words[0], iter(words[1:])
    arguments: dict[str, Json] = {}
    for word in given:
        argument = _ARGUMENT.fullmatch(word)
        if not argument:
            raise FormatError(
                f"After the name of one tool stand its arguments as --name value: {word[:40]!r} is"
                " neither. Quote a value that has blanks."
            )
        key, value = argument.groups()
        if value is None and (value := next(given, None)) is None:
            raise FormatError(f"--{key} has no value.")
        arguments[key] = read_value(value, declared_type(specs, name, key), key)
    return ToolCall(name, arguments)


_BASH: Syntax = Bash()

SCAFFOLDS = (
    TextScaffold(
        "bash",
        _BASH,
        docs.markdown,
        "<output>\n{}\n</output>",
        note="Strings stand as they are, any other value as JSON; quote both as for a shell.\n",
    ),
)
