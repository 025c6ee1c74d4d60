"""Programs that run inside sandboxes. They are sent as source, so each stands alone."""

from functools import cache
from importlib.resources import files

_PACKAGE = "wildgym.envs.codebase"
_ELSEWHERE = {"values": _PACKAGE}


@cache
def program(last: str, *names: str) -> str:
    """Return a program made of modules of this folder, and a line that uses their names."""
    sources = {
        name: (files(_ELSEWHERE.get(name, f"{_PACKAGE}.inside")) / f"{name}.py").read_text()
        for name in names
    }
    # One by one, since each has imports that have to stand first.
    return (
        f"for _name, _source in {sources!r}.items():\n"
        "    exec(compile(_source, f'<{_name}>', 'exec'), globals())\n"
        f"{last}\n"
    )
