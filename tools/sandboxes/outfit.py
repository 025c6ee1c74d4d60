"""What a sandbox is furnished with beside the workspace."""

from dataclasses import dataclass, field

from wildgym.tools.sandboxes.core import Limits
from wildgym.tools.sandboxes.tree import Tree


@dataclass(frozen=True, slots=True, eq=False)
class Outfit:
    """Sandboxes of one outfit serve each other's episodes; it is compared by identity.

    Attributes:
        site: Packages on the path of every Python.
        preload: Modules that fresh Python calls find imported already.
        limits: How much of everything there is.
    """

    site: Tree = field(default_factory=dict)
    preload: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


BARE = Outfit()
"""A shell and Python's standard library."""
