"""Finding files by name, and lines by what stands in them."""

import re
from functools import cache

from wildgym.tools.tool import Json, ToolError, reads
from wildgym.tools.world import World

_MOST = 200
_LONGEST_LINE = 300


@reads
def find_files(world: World, pattern: str = "**") -> list[Json]:
    """List files by a pattern over their paths, in the order of these.

    Args:
        pattern: Such as `src/*.py` or `**/config.*`: `*` within a folder, `**` across folders.
    """
    wanted, tree = _compiled(pattern), world.workspace_here().tree()
    found = [
        {"path": _shown(path), "bytes": len(tree[path].data)}
        for path in sorted(tree)
        if tree[path].regular and wanted.fullmatch(path)
    ]
    return _bounded(found, "files")


@reads
def search_text(world: World, text: str, pattern: str = "**") -> list[Json]:
    """List the lines in which a text occurs, to the letter.

    Args:
        text: What to look for.
        pattern: In which files: as for find_files.
    """
    wanted, tree = _compiled(pattern), world.workspace_here().tree()
    needle = text.encode("utf-8", "replace")
    if not needle:
        raise ToolError("invalid_arguments", "The text to look for is empty.")
    found = [
        {
            "path": _shown(path),
            "line": number,
            "text": line[:_LONGEST_LINE].decode("utf-8", "replace").rstrip("\r"),
        }
        for path in sorted(tree)
        if tree[path].regular and wanted.fullmatch(path) and needle in tree[path].data
        for number, line in enumerate(tree[path].data.split(b"\n"), 1)
        if needle in line
    ]
    return _bounded(found, "lines")


def _bounded(found: list[Json], what: str) -> list[Json]:
    if len(found) <= _MOST:
        return found
    raise ToolError(
        "too_many", f"{len(found)} {what} are found, more than {_MOST}: narrow the pattern."
    )


def _shown(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern over paths as a regular expression."""
    plain = pattern.removeprefix("/work/").removeprefix("./")
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    translated = re.sub(
        r"\*\*/|\*\*|\*|\?|[^*?]+", lambda m: parts.get(m[0]) or re.escape(m[0]), plain
    )
    return re.compile(translated, re.DOTALL)
