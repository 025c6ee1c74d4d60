"""Scaffolds: how tools, calls and results are written. One file for each group of syntaxes."""

import importlib
import pkgutil
from collections.abc import Mapping

from wildgym.envs.scaffolds.core import Offer as Offer
from wildgym.envs.scaffolds.core import Parsed as Parsed
from wildgym.envs.scaffolds.core import Scaffold as Scaffold
from wildgym.envs.scaffolds.core import Syntax as Syntax
from wildgym.envs.scaffolds.core import TextScaffold as TextScaffold
from wildgym.envs.scaffolds.native import Native as Native
from wildgym.envs.scaffolds.running import RunningScaffold as RunningScaffold
from wildgym.envs.scaffolds.values import FormatError as FormatError

_modules = [
    importlib.import_module(f"wildgym.envs.scaffolds.{name}")
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__))
]

READ: Mapping[str, TextScaffold] = {
    scaffold.name: scaffold for module in _modules for scaffold in getattr(module, "SCAFFOLDS", ())
}
"""Scaffolds whose actions are read, by name: what the modules of this package list as their own."""

RUN: Mapping[str, RunningScaffold] = {
    scaffold.name: scaffold for module in _modules for scaffold in getattr(module, "RUNNING", ())
}
"""Scaffolds whose actions are run, in a sandbox: they cost milliseconds, and not every machine has
one. So no choice takes them unasked."""

SCAFFOLDS: Mapping[str, TextScaffold | RunningScaffold] = {**READ, **RUN}
"""Every text scaffold by name."""
