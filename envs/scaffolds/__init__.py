"""Scaffolds: how tools, calls and results are written. One file for each group of syntaxes."""

import importlib
import pkgutil
from collections.abc import Mapping

from wildgym.envs.scaffolds.core import FormatError as FormatError
from wildgym.envs.scaffolds.core import Offer as Offer
from wildgym.envs.scaffolds.core import Parsed as Parsed
from wildgym.envs.scaffolds.core import Scaffold as Scaffold
from wildgym.envs.scaffolds.core import Syntax as Syntax
from wildgym.envs.scaffolds.core import TextScaffold as TextScaffold
from wildgym.envs.scaffolds.native import Native as Native

_modules = sorted(module.name for module in pkgutil.iter_modules(__path__))

SCAFFOLDS: Mapping[str, TextScaffold] = {
    scaffold.name: scaffold
    for name in _modules
    for scaffold in getattr(
        importlib.import_module(f"wildgym.envs.scaffolds.{name}"), "SCAFFOLDS", ()
    )
}
"""Every text scaffold by name: what the modules of this package list as their own."""

HELD_OUT_GROUPS = frozenset({"typed-attribute", "special-token", "react"})
"""Groups of syntaxes that the `train` choice of scaffolds leaves out whole."""


def scaffolds(choice: str) -> list[TextScaffold]:
    """Return the scaffolds that a choice stands for.

    Args:
        choice: A name, or "random" for all, or "train" or "heldout" for a side of the split.

    Raises:
        ValueError: There is no such scaffold.
    """
    if choice == "random":
        return list(SCAFFOLDS.values())
    if choice in ("train", "heldout"):
        held_out = choice == "heldout"
        return [s for s in SCAFFOLDS.values() if (s.group in HELD_OUT_GROUPS) is held_out]
    if choice not in SCAFFOLDS:
        known = ", ".join(["random", "train", "heldout", *SCAFFOLDS])
        raise ValueError(f"there is no scaffold {choice!r}; scaffolds: {known}")
    return [SCAFFOLDS[choice]]
