"""The editor: look at a file, write it, change a place in it, and take that back."""

import errno
from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import Field

from wildgym.tools.sandboxes import Sandbox
from wildgym.tools.tool import Json, ToolError, reads, writes
from wildgym.tools.workspace import relative
from wildgym.tools.world import World

T = TypeVar("T")
Line = Annotated[int, Field(ge=1)]

_UNDO = "undo_edit"
_LONGEST = 64_000
_REASONS = {
    errno.ENOENT: ("not_found", "There is no file {path!r}."),
    errno.EISDIR: ("not_a_file", "{path!r} is a folder."),
    errno.ENOTDIR: ("not_found", "A part of {path!r} is no folder."),
    errno.EINVAL: ("not_a_file", "{path!r} is no regular file."),
    errno.ENXIO: ("not_a_file", "{path!r} is no regular file."),
    errno.EXDEV: ("invalid_path", "{path!r} leads out of the workspace."),
    errno.ELOOP: ("invalid_path", "{path!r} is a link that leads nowhere."),
    errno.EACCES: ("not_permitted", "{path!r} may not be opened that way: see its permissions."),
    errno.EPERM: ("not_permitted", "{path!r} may not be opened that way."),
    errno.ENAMETOOLONG: ("invalid_path", "{path!r} is too long."),
    errno.ENOSPC: ("disk_full", "There is no room left to write {path!r}."),
    errno.EFBIG: ("too_large", "{path!r} is too large."),
}


@reads
def view_file(
    world: World, path: str, first_line: Line = 1, last_line: Line | None = None
) -> dict[str, Json]:
    """Show a text file, or some of its lines.

    Args:
        path: Relative to the workspace.
        first_line: The first line to show, from 1.
        last_line: The last line to show; all that follow if absent.
    """
    lines = _lines(_text(world, path))
    text = "".join(lines[first_line - 1 : last_line])
    result = {"path": path, "first_line": first_line, "total_lines": len(lines), "text": text}
    if len(text) > _LONGEST:
        result["text"] = text[:_LONGEST]
        result["note"] = f"{len(text) - _LONGEST} characters are left out: show fewer lines."
    return result


@writes
def create_file(world: World, path: str, text: str) -> dict[str, Json]:
    """Write a file, new or in place of one that is there; its folders are made.

    Args:
        path: Relative to the workspace.
        text: The whole content.
    """
    inside = _path(world, path)
    sandbox = world.workspace_here().sandbox
    try:
        before = sandbox.read(inside)
    except OSError:
        before = None
    return {"path": path, "bytes": _written(world, inside, before, text)}


@writes
def replace_text(world: World, path: str, old: str, new: str) -> dict[str, Json]:
    """Replace a piece of text that occurs exactly once in a file.

    Args:
        path: Relative to the workspace.
        old: What stands there, to the letter, line ends included.
        new: What is to stand there.
    """
    inside, content = _path(world, path), _text(world, path)
    count = content.count(old) if old else 0
    if count != 1:
        found = f"occurs {count} times" if count else "does not occur"
        raise ToolError("not_unique" if count else "not_found", f"The text {found} in {path!r}.")
    _written(world, inside, content.encode(), content.replace(old, new))
    return {"path": path, "line": content[: content.index(old)].count("\n") + 1}


@writes
def insert_lines(
    world: World, path: str, after_line: Annotated[int, Field(ge=0)], text: str
) -> dict[str, Json]:
    """Insert lines into a file.

    Args:
        path: Relative to the workspace.
        after_line: The line after which they go; 0 for the beginning.
        text: The lines.
    """
    inside, content = _path(world, path), _text(world, path)
    lines = _lines(content)
    if after_line > len(lines):
        raise ToolError("not_found", f"{path!r} has only {len(lines)} lines.")
    added = _lines(text if text.endswith("\n") else text + "\n")
    before = lines[:after_line]
    if before and not before[-1].endswith("\n"):
        before[-1] += "\n"
    _written(world, inside, content.encode(), "".join([*before, *added, *lines[after_line:]]))
    return {"path": path, "lines": len(added)}


@writes
def undo_edit(world: World, path: str) -> dict[str, Json]:
    """Take back the last change that the editor made to a file.

    Args:
        path: Relative to the workspace.
    """
    inside = _path(world, path)
    versions = world.memory.get((_UNDO, inside), ())
    if not versions:
        raise ToolError("nothing_to_undo", f"The editor has not changed {path!r}.")
    sandbox = world.workspace_here().sandbox
    if versions[-1] is None:
        _attempt(path, lambda: sandbox.remove(inside))
    else:
        _attempt(path, lambda: sandbox.write(inside, versions[-1]))
    world.memory[_UNDO, inside] = versions[:-1]
    return {"path": path, "existed": versions[-1] is not None}


def _path(world: World, path: str) -> str:
    return relative(path, world.workspace_here().sandbox.workspace)


def _text(world: World, path: str) -> str:
    inside, sandbox = _path(world, path), world.workspace_here().sandbox
    data = _attempt(path, lambda: sandbox.read(inside))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ToolError(
            "not_text",
            f"{path!r} is not UTF-8 text (byte {error.start}); use a command to look at it.",
        ) from None


def _written(world: World, inside: str, before: bytes | None, text: str) -> int:
    """Write a file, and remember what was there."""
    sandbox: Sandbox = world.workspace_here().sandbox
    data = text.encode("utf-8", "replace")
    _attempt(inside, lambda: sandbox.write(inside, data, None))
    versions = world.memory.get((_UNDO, inside), ())
    world.memory[_UNDO, inside] = (*versions, before)
    return len(data)


def _attempt(path: str, work: Callable[[], T]) -> T:
    """Do something with a file; say what an agent can do where that fails."""
    try:
        return work()
    except OSError as error:
        code, message = _REASONS.get(error.errno or 0, ("failed", str(error.strerror)))
        raise ToolError(code, message.format(path=path)) from None


def _lines(text: str) -> list[str]:
    """Return the lines of a text with their ends; only a newline ends one."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
