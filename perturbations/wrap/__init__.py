"""Around what one has: envs of any MCP server, any OpenAPI application, any folder."""

import importlib
from typing import Any

_WRAPS = {
    "directory": "wildgym.perturbations.wrap.directory",
    "DirectoryTask": "wildgym.perturbations.wrap.directory",
    "mcp": "wildgym.perturbations.wrap.server",
    "openapi": "wildgym.perturbations.wrap.openapi",
    "operations": "wildgym.perturbations.wrap.openapi",
    "WrappedEnv": "wildgym.perturbations.wrap.served",
    "WrappedTask": "wildgym.perturbations.wrap.tasks",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: each comes with an extra of its own."""
    if name not in _WRAPS:
        raise AttributeError(f"wildgym.wrap has no {name!r}; it has {', '.join(_WRAPS)}")
    return getattr(importlib.import_module(_WRAPS[name]), name)


def __dir__() -> list[str]:
    return list(_WRAPS)
