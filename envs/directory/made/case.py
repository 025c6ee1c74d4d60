"""What kinds of made tasks have in common: a case, and which files and values are fit for one."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from wildgym.envs.answer import written
from wildgym.envs.directory.goal import FolderGoal
from wildgym.envs.request import Request
from wildgym.envs.scenario import Solution
from wildgym.tools import Json
from wildgym.tools.sandboxes.tree import File, Tree

_LONGEST = 60
_GUESSES = frozenset({"", "0", "1", "2", "3", "10", "yes", "no", "none", "true", "false", "done"})
_PLAIN_PATH = re.compile(r"[^*?\[\]'\"\n,;]+")


@dataclass(frozen=True)
class Case:
    """One request over a folder.

    Args:
        request: What is asked.
        goal: What decides.
        solve: From the request's facts, by name, to a way to do it.
        start: Files that are there at the beginning in place of those that the goal names.
    """

    request: Request
    goal: FolderGoal
    solve: Callable[..., Solution]
    start: Mapping[str, File] = field(default_factory=dict)


def texts_in(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield the paths and texts of files in UTF-8, with usual line ends and plain names."""
    for path, file in tree.items():
        if file.regular and _PLAIN_PATH.fullmatch(path) and b"\0" not in file.data:
            try:
                text = file.data.decode()
            except UnicodeDecodeError:
                continue
            if text.strip() and "\r" not in text and not text.startswith("\ufeff"):
                yield path, text


def askable(answer: Json, request: Request) -> bool:
    """Say whether a value can be an answer: short, and neither a usual guess nor told already."""
    text = written(answer)
    told = " ".join([*request.parts, *map(str, request.facts.values())]).casefold()
    return (
        text.casefold() not in _GUESSES
        and len(text) <= _LONGEST
        and text == text.strip(" \t\r\n.\"'`")
        and text.isprintable()
        and text.casefold() not in told
    )
