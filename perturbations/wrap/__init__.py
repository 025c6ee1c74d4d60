"""Around what one has: `wildgym.wrap.mcp` makes an env of any MCP server."""

import importlib
from typing import Any

_WRAPS = {
    "mcp": "wildgym.perturbations.wrap.server",
    "McpEnv": "wildgym.perturbations.wrap.server",
    "McpTask": "wildgym.perturbations.wrap.tasks",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: each comes with an extra of its own."""
    if name not in _WRAPS:
        raise AttributeError(f"wildgym.wrap has no {name!r}; it has {', '.join(_WRAPS)}")
    return getattr(importlib.import_module(_WRAPS[name]), name)


def __dir__() -> list[str]:
    return list(_WRAPS)
