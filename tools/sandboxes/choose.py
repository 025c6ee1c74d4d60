"""Which backend: the strongest there is, or the one that was named, and never another."""

import importlib
from collections.abc import Mapping
from functools import cache
from typing import cast

from wildgym.tools.sandboxes.client import Sandbox
from wildgym.tools.sandboxes.core import Backend, SandboxLost, Unavailable

_CLASSES: Mapping[str, str] = {
    "docker": "Docker",
    "bubblewrap": "Bubblewrap",
    "namespaces": "Namespaces",
    "landlock": "Landlock",
}
BACKENDS = tuple(_CLASSES)
"""Names of all backends, the strongest first."""


@cache
def backend(name: str) -> Backend:
    """Return a backend by its name, or the strongest that keeps every promise for "auto".

    Raises:
        ValueError: There is no backend of that name.
        Unavailable: None can be had here; the message says why of each.
    """
    if name == "auto":
        return _strongest()
    if name not in _CLASSES:
        raise ValueError(f"there is no sandbox {name!r}; sandboxes: auto, {', '.join(BACKENDS)}")
    module = importlib.import_module(f"wildgym.tools.sandboxes.{name}")
    return cast(Backend, getattr(module, _CLASSES[name])())


def why_not(name: str) -> str:
    """Return why a backend cannot be had here, or an empty string: found out by using it."""
    try:
        sandbox = Sandbox(backend(name))
    except (Unavailable, SandboxLost) as error:
        return str(error)
    try:
        ran = sandbox.run("exit 42")
    except SandboxLost as error:
        return str(error)
    finally:
        sandbox.close()
    return "" if ran.exit_code == 42 else f"a command ended with {ran.exit_code} instead of 42"


def _strongest() -> Backend:
    reasons = []
    for name in BACKENDS:
        lacking, reason = backend(name).lacks, why_not(name)
        if not reason and not lacking:
            return backend(name)
        cannot = f"it cannot promise {'; '.join(lacking)}: name it if that will do"
        reasons.append(f"- {name}: {reason or cannot}")
    listed = "\n".join(reasons)
    raise Unavailable(
        "No sandbox is available that keeps an agent's commands from your files and network:\n"
        f"{listed}\n`wildgym doctor` shows more."
    )
