"""What solutions share: facts put into code, and what a program printed."""

import json
import re
from collections.abc import Generator
from shlex import quote
from textwrap import dedent
from typing import Any, TypeVar

from wildgym.tools import Json, ToolCall
from wildgym.tools.editor import view_file
from wildgym.tools.find import find_files
from wildgym.tools.python import run_python
from wildgym.tools.shell import run_command

T = TypeVar("T")
Part = Generator[ToolCall, Any, T]
"""A part of a solution, which ends with a T."""


def python(code: str, **facts: Json) -> Part[Json]:
    """Run Python in which facts are assigned to their names; return what it prints, as JSON.

    Args:
        code: The program; it prints one JSON value, or nothing.
        facts: What is assigned before.
    """
    given = "".join([f"{name} = {value!r}\n" for name, value in facts.items()])
    ran = yield run_python(code=given + dedent(code).strip())
    return json.loads(ran["output"]) if ran["output"].strip() else None


def shell(command: str, **facts: Json) -> Part[list[str]]:
    """Run a command for which facts are variables; return what it prints, line by line.

    Args:
        command: The command.
        facts: What is assigned before.
    """
    given = "".join([f"{name}={quote(str(value))}\n" for name, value in facts.items()])
    ran = yield run_command(command=given + dedent(command).strip())
    return [line for line in ran["output"].split("\n") if line]


def closed_by(folder: str) -> Part[str | None]:
    """Look whether a folder is closed; return the name of who closed it, or None."""
    for found in (yield find_files(pattern="**/CLOSED.md")):
        closed = found["path"].removesuffix("CLOSED.md")
        if f"{folder}/".startswith(closed):
            shown = yield view_file(path=found["path"])
            return str(re.findall(r" by (.+)\.\n", shown["text"])[0])
    return None
