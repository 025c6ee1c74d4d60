"""A line for each argument, as in configuration files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.values import (
    FormatError,
    declared_type,
    read_json,
    read_value,
    write_json,
)
from wildgym.tools import Json, Specs, ToolCall


@dataclass(frozen=True)
class Lines:
    """A line that names the tool, and below it a line for each argument.

    A value is JSON; a string of one line may stand without quotes.

    Attributes:
        head: The line that names the tool; `{}` is its name.
        argument: What stands before a value; `{}` is the argument's name.
        block: Around each call.
        below: The line that stands between a head and its arguments, if any.
        bare: Whether strings are written without quotes where they can be.
        group: The group of syntaxes.
    """

    head: str
    argument: str
    block: tuple[str, str]
    below: str = ""
    bare: bool = True
    group: str = "lines"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls."""
        return "\n".join(
            "\n".join([self.block[0], *self._lines(call, specs), self.block[1]]) for call in calls
        )

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read block after block; prose may stand around them."""
        opens, closes = self.block
        first, calls, at = text.find(opens), [], 0
        while (start := text.find(opens, at)) >= 0:
            end = self._end.search(text, start)
            if not end:
                raise FormatError(f"{opens} is never closed by {closes}.")
            calls += self._read(text[start + len(opens) : end.start()].split("\n"), specs)
            at = end.end()
        return first, calls

    def _lines(self, call: ToolCall, specs: Specs) -> list[str]:
        return [
            self.head.format(call.name),
            *([self.below] if self.below else ()),
            *(
                self.argument.format(name) + self._value(v, declared_type(specs, call.name, name))
                for name, v in call.arguments.items()
            ),
        ]

    def _value(self, value: Json, kind: str | None) -> str:
        plain = self.bare and kind == "string" and isinstance(value, str)
        if plain and value.strip() == value and value.isprintable() and value[:1] not in _MARKS:
            return str(value)
        return write_json(value)

    def _read(self, lines: Sequence[str], specs: Specs) -> list[ToolCall]:
        calls: list[ToolCall] = []
        arguments: dict[str, Json] = {}
        for line in lines:
            if not line.strip() or line.rstrip() == self.below:
                continue
            if head := self._head.fullmatch(line):
                arguments = {}
                calls.append(ToolCall(head[1], arguments))
                continue
            argument = self._argument.fullmatch(line) if calls else None
            if not argument:
                what = f"{self.argument.format('NAME')}value" if calls else self.head.format("NAME")
                raise FormatError(
                    f"A line should be {what!r}, not {line[:60]!r}. A value is one line, as JSON."
                )
            name, text = argument[1], argument[2].strip()
            arguments[name] = _read_value(text, declared_type(specs, calls[-1].name, name), name)
        if not calls:
            raise FormatError(f"The block has no line {self.head.format('NAME')!r}.")
        return calls

    @cached_property
    def _end(self) -> re.Pattern[str]:
        return re.compile(rf"\n[ \t]*+{re.escape(self.block[1])}")

    @cached_property
    def _head(self) -> re.Pattern[str]:
        return re.compile(rf"{_escaped(self.head)}[ \t]*+")

    @cached_property
    def _argument(self) -> re.Pattern[str]:
        return re.compile(rf"{_escaped(self.argument.rstrip())}[ \t]*+(.*)", re.DOTALL)


_MARKS = ("", '"', "'", "`", "|", ">")


def _escaped(template: str) -> str:
    """Return what reads a template: blanks at its beginning have to be there, others need not."""
    indent = r"[ \t]++" if template[:1] == " " else ""
    text = r"[ \t]*+".join(map(re.escape, template.split()))
    return indent + text.replace(r"\{\}", r"([\w.-]+)")


def _read_value(text: str, kind: str | None, name: str) -> Json:
    if kind != "string":
        return read_value(text, kind, name)
    if text[:1] == '"':
        value = read_json(text, f"The value of {name!r}")
        if not isinstance(value, str):
            raise FormatError(f"The value of {name!r} is no string.")
        return value
    if text[:1] == "'" == text[-1:] and len(text) > 1:
        return text[1:-1]
    return text


_YAML: Syntax = Lines("tool: {}", "  {}: ", ("```yaml", "```"), below="arguments:", bare=False)
_INI: Syntax = Lines("[{}]", "{} = ", ("```ini", "```"))
_MARKDOWN: Syntax = Lines("**{}**", "- {}: ", ("### Call", "### End"))

_NOTE = "Each value is one line: JSON, or a string as it is.\n"

SCAFFOLDS = (
    TextScaffold("yaml", _YAML, docs.yaml, "```yaml\n# result\n{}\n```", 8, _NOTE),
    TextScaffold("ini", _INI, docs.markdown, "<output>\n{}\n</output>", 8, _NOTE),
    TextScaffold(
        "markdown", _MARKDOWN, docs.markdown, "### Result\n{}\n### End of result", 8, _NOTE
    ),
)
