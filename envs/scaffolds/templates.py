"""Syntaxes given by templates, and the one reader of those that have an element per argument."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from wildgym.envs.scaffolds.elements import Content, Raw
from wildgym.envs.scaffolds.values import FormatError, declared_type, expected
from wildgym.tools import Json, Specs, ToolCall


def untyped(*tokens: str) -> str:
    """Return what an agent is told of values whose type stands nowhere."""
    listed = " or ".join(tokens)
    return (
        "Strings stand as they are, any other value as JSON. Only where a string contains"
        f" {listed}, write &lt; for its <.\n"
    )


@dataclass(frozen=True)
class Elements:
    """A call is an element, and so is each of its arguments.

    All templates are pairs: what stands before, and what after. `{}` is a name. Agents may put
    other blanks where a template has some, or none, and blanks around names and between tags.

    Attributes:
        group: The group of syntaxes.
        call: Around the arguments of a call; a second `{}` is its number, from 1.
        argument: Around a value. If it begins on a line of its own, so does the value.
        content: How a value stands there.
        block: Around all calls; empty where each call stands alone.
        kind: From a value to the second `{}` of `argument`, for syntaxes that mark what is a
            string; the others leave that to the declared type.
        between: What stands between calls.
    """

    group: str
    call: tuple[str, str]
    argument: tuple[str, str]
    content: Content
    block: tuple[str, str] = ("", "")
    kind: Callable[[Json], str] | None = None
    between: str = "\n"

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls; no value closes an element."""
        written = [self._write(call, n, specs) for n, call in enumerate(calls, start=1)]
        return self.block[0] + self.between.join(written) + self.block[1]

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read block after block; prose may stand around them."""
        begins = first_mark(self.block[0] or self.call[0])
        first, calls, at = text.find(begins), [], 0
        while (start := text.find(begins, at)) >= 0:
            at = start + len(begins if self.block[0] else "")
            end = None
            while not end:
                call, at = self._read(text, at, specs)
                calls.append(call)
                end = pattern(self.block[1]).match(text, at)
            at = end.end()
        return first, calls

    def _write(self, call: ToolCall, n: int, specs: Specs) -> str:
        before, after = self.argument
        written = [self.call[0].format(call.name, n)]
        for name, value in call.arguments.items():
            mark, kind = "", declared_type(specs, call.name, name)
            if self.kind:
                mark, kind = self._marked(self.kind, value)
            text = self.content.write(value, kind)
            written += before.format(name, mark), text, after.format(name)
        return "".join([*written, self.call[1]])

    def _marked(self, kind: Callable[[Json], str], value: Json) -> tuple[str, str]:
        """Return the mark of a value, and how it is written: a string as JSON if it has to be."""
        if not isinstance(value, str):
            return kind(value), "json"
        if isinstance(self.content, Raw) and self.content.breaks(value):
            return kind({}), "json"
        return kind(value), "string"

    def _read(self, text: str, at: int, specs: Specs) -> tuple[ToolCall, int]:
        call = pattern(self.call[0]).match(text, at)
        if not call:
            raise expected(shown(self.call[0]), text, at)
        tool, at = call[1], call.end()
        arguments: dict[str, Json] = {}
        while not (end := pattern(self.call[1]).match(text, at)):
            argument = pattern(self.argument[0]).match(text, at)
            if not argument:
                raise expected(f"{shown(self.argument[0])} or {shown(self.call[1])}", text, at)
            inside, at = self._inside(text, argument)
            kind = declared_type(specs, tool, argument[1])
            if self.kind:
                kind = "string" if argument[2] == self.kind("") else "json"
            arguments[argument[1]] = self.content.read(inside, kind, argument[1])
        return ToolCall(tool, arguments), end.end()

    def _inside(self, text: str, argument: re.Match[str]) -> tuple[str, int]:
        """Return the text of an argument that is opened, and where it ends."""
        start, closes = argument.end(), self.argument[1].strip().format(argument[1])
        end = self.content.end(text, start, closes)
        if end < 0:
            raise FormatError(f"{argument[0].strip()} is never closed by {closes}.")
        edge = "\n" if self.argument[0].endswith("\n") else ""
        return text[start:end].removeprefix(edge).removesuffix(edge), end + len(closes)


@cache
def pattern(template: str) -> re.Pattern[str]:
    """Return what reads a template: a group for each `{}`, and any blanks around that and tags."""
    blanks = r"\s*+"
    text = blanks.join(re.escape(part) for part in template.split()).replace("><", f">{blanks}<")
    return re.compile(blanks + text.replace(r"\{\}", rf"{blanks}([\w.-]+){blanks}"))


@cache
def first_mark(template: str) -> str:
    """Return how a template begins: what stands before its first name or line end."""
    return re.split(r"\n|\{\}", template)[0]


def shown(template: str) -> str:
    """Return a template as an agent is shown it."""
    return template.strip().format("NAME", "…")
