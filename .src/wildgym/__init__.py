"""Gymnasium environments for tool-using agents, perturbed along the whole trajectory.

Importing this package registers its environment ids and does nothing else.
"""

import importlib
from typing import Any

import gymnasium

for _family in ("api", "codebase", "desk", "files", "web"):
    gymnasium.register(
        id=f"wildgym/{_family.capitalize()}-v0",
        entry_point="wildgym.perturbations.factory:make",
        vector_entry_point="wildgym.perturbations.factory:make_vec",
        kwargs={"family": _family},
    )


def __getattr__(name: str) -> Any:
    """Import `wildgym.wrap` when it is asked for."""
    if name != "wrap":
        raise AttributeError(f"module 'wildgym' has no attribute {name!r}")
    return importlib.import_module("wildgym.wrap")
