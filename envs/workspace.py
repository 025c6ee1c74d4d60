"""What the families over a folder have in common: how each tool's work is done by the others."""

import json
from collections.abc import Callable, Generator, Mapping
from textwrap import dedent
from typing import Any

from wildgym.envs.scenario import Solution
from wildgym.tools import Json, ToolCall, ToolError
from wildgym.tools.editor import create_file, insert_lines, replace_text, undo_edit, view_file
from wildgym.tools.find import find_files, search_text
from wildgym.tools.python import run_python
from wildgym.tools.shell import run_command

WORKSPACE_TOOLS = (
    *(run_command, run_python, view_file, create_file, replace_text, insert_lines, undo_edit),
    *(find_files, search_text),
)
"""What every family over a folder offers."""

_AS_A_CELL = """
import ast, traceback
try:
    tree, names, last = ast.parse(CODE), {"__name__": "__main__"}, None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body.pop()
    exec(compile(tree, "<cell>", "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
        if value is not None:
            print(repr(value))
except Exception:
    traceback.print_exc()
    raise SystemExit(1)
"""
_AS_A_COMMAND = """
import json, subprocess
done = subprocess.run(
    ["/bin/bash", "-c", COMMAND],
    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS,
)
print(json.dumps([done.returncode, done.stdout.decode("utf-8", "replace")]))
"""
_FILES = """
import json, os, re
parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
wanted = re.compile(re.sub(
    r"\\*\\*/|\\*\\*|\\*|\\?|[^*?]+", lambda m: parts.get(m[0]) or re.escape(m[0]), PATTERN
), re.DOTALL)
paths = sorted(
    os.path.relpath(os.path.join(folder, name))
    for folder, _, names in os.walk(".")
    for name in names
)
paths = [p for p in paths if wanted.fullmatch(p) and os.path.isfile(p) and not os.path.islink(p)]
"""


KEEPING = """
[ -e "$TMPDIR/.shell" ] && . "$TMPDIR/.shell" || cd ~
trap '{ printf "cd -- %q\\n" "$PWD"; declare -px; declare -fpx; } > "$TMPDIR/.shell"' EXIT
set -a
"""
"""What a command begins with that goes on where the last one was left: its state is in a file."""


def python_by_command(code: str, timeout_seconds: int = 60) -> Solution:
    """Give code to the command of that name. No names are kept."""
    program = f"CODE = {code!r}\n{_AS_A_CELL.strip()}"
    command = f"python3 - <<'END-OF-CODE'\n{program}\nEND-OF-CODE"
    return (yield run_command(command=command, timeout_seconds=timeout_seconds))


def command_by_python(command: str, timeout_seconds: int = 60) -> Solution:
    """Start a shell."""
    kept = KEEPING + command
    exit_code, output = yield from _told(_AS_A_COMMAND, COMMAND=kept, SECONDS=timeout_seconds)
    return {"exit_code": exit_code, "output": output}


def view_by_python(path: str, first_line: int = 1, last_line: int | None = None) -> Solution:
    """Read the file, and cut the lines out."""
    text = yield from _read(path)
    lines = _lines(text)
    shown = "".join(lines[first_line - 1 : last_line])
    return {"path": path, "first_line": first_line, "total_lines": len(lines), "text": shown}


def create_by_python(path: str, text: str) -> Solution:
    """Write the file."""
    return {"path": path, "bytes": (yield from _write(path, text))}


def replace_by_python(path: str, old: str, new: str) -> Solution:
    """Read the file, replace the text if it is there once, and write the file."""
    content = yield from _read(path)
    count = content.count(old) if old else 0
    if count != 1:
        raise ToolError("not_unique" if count else "not_found", f"{count} such texts in {path!r}.")
    yield from _write(path, content.replace(old, new))
    return {"path": path, "line": content[: content.index(old)].count("\n") + 1}


def insert_by_python(path: str, after_line: int, text: str) -> Solution:
    """Read the file, insert the lines, and write the file."""
    lines = _lines((yield from _read(path)))
    if after_line > len(lines):
        raise ToolError("not_found", f"{path!r} has only {len(lines)} lines.")
    added = _lines(text if text.endswith("\n") else text + "\n")
    before = lines[:after_line]
    if before and not before[-1].endswith("\n"):
        before[-1] += "\n"
    yield from _write(path, "".join([*before, *added, *lines[after_line:]]))
    return {"path": path, "lines": len(added)}


def find_by_python(pattern: str = "**") -> Solution:
    """Walk through the folder."""
    code = _FILES + 'print(json.dumps([{"path": p, "bytes": os.path.getsize(p)} for p in paths]))'
    return (yield from _told(code, PATTERN=pattern))


def search_by_python(text: str, pattern: str = "**") -> Solution:
    """Walk through the folder, and through the lines of each file."""
    code = _FILES + dedent("""
        found = [
            {"path": p, "line": n, "text": line[:300].decode("utf-8", "replace").rstrip("\\r")}
            for p in paths
            for n, line in enumerate(open(p, "rb").read().split(b"\\n"), 1)
            if TEXT.encode() in line
        ]
        print(json.dumps(found))
    """)
    return (yield from _told(code, PATTERN=pattern, TEXT=text))


def _read(path: str) -> Generator[ToolCall, Any, str]:
    code = """
    import json, os
    found = os.path.isfile(PATH)
    print(json.dumps(open(PATH, encoding="utf-8", newline="").read() if found else None))
    """
    text: str | None = yield from _told(code, PATH=path)
    if text is None:
        raise ToolError("not_found", f"There is no file {path!r}.")
    return text


def _write(path: str, text: str) -> Generator[ToolCall, Any, int]:
    code = """
    import json, os
    os.makedirs(os.path.dirname(PATH) or ".", exist_ok=True)
    with open(PATH, "wb") as file:
        print(json.dumps(file.write(TEXT.encode())))
    """
    size: int = yield from _told(code, PATH=path, TEXT=text)
    return size


def _told(code: str, **given: Json) -> Generator[ToolCall, Any, Any]:
    """Run a program that prints JSON."""
    assigned = "".join([f"{name} = {value!r}\n" for name, value in given.items()])
    ran = yield run_python(code=assigned + dedent(code).strip())
    if ran["exit_code"] != 0:
        raise ToolError("failed", ran["output"])
    return json.loads(ran["output"])


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


WORKSPACE_DETOURS: Mapping[str, Callable[..., Solution]] = {
    "run_command": command_by_python,
    "run_python": python_by_command,
    "view_file": view_by_python,
    "create_file": create_by_python,
    "replace_text": replace_by_python,
    "insert_lines": insert_by_python,
    "find_files": find_by_python,
    "search_text": search_by_python,
}
"""For each tool that can be done without: a program of other calls that gives the same value.

The editor's memory is its own: where a change was made otherwise, `undo_edit` does not know of it.
"""
