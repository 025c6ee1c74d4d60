"""What a folder of the user's own should be like in the end, and the verifier that looks."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from wildgym.envs.files.formats import Content, JsonDocument
from wildgym.envs.scenario import Scenario
from wildgym.envs.trajectory import Trajectory
from wildgym.envs.verifier import Verdict, handed_in
from wildgym.tools import Json, World
from wildgym.tools.sandboxes.tree import File, Tree

FolderCheck = Callable[[Path, str], object]
"""From a copy of the folder as it was left, and the answer, to whether it was done."""

_NOT_DONE = (AssertionError, LookupError, OSError, ValueError)


@dataclass(frozen=True)
class Passages(Content):
    """A text with a passage in it, or without one.

    Args:
        contains: What stands in it; empty for anything.
        lacks: What does not; empty for nothing.
    """

    contains: str = ""
    lacks: str = ""

    def right(self, data: bytes) -> bool:
        """Look for both."""
        text = data.decode()
        return self.contains in text and not (self.lacks and self.lacks in text)


@dataclass(frozen=True)
class Wording(Content):
    """A text, to the letter, but that the last line may end in a newline or not.

    Args:
        text: The text.
    """

    text: str

    def right(self, data: bytes) -> bool:
        """Compare."""
        return data.decode().removesuffix("\n") == self.text.removesuffix("\n")


def content(value: Json) -> Content:
    """Return what a file should hold: a text, or any other value as JSON."""
    return Wording(value) if isinstance(value, str) else JsonDocument(value)


@dataclass(frozen=True)
class FolderGoal:
    """What should be: its verifier, too.

    Args:
        files: What files should hold, by path.
        gone: Paths at which nothing should be.
        answer: What should be reported; None if nothing is.
        may_change: Globs over the paths that may change beside; `*` matches `/`, too.
        check: What else decides.
    """

    files: Mapping[str, Content] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    answer: Json = None
    may_change: tuple[str, ...] = ()
    check: FolderCheck | None = None

    def __call__(self, scenario: Scenario, world: World, trajectory: Trajectory) -> Verdict:
        """Compare what is left with what should be, and with what was there."""
        start = scenario.origin.workspace_here().start
        given = str((world.answer or {"answer": ""})["answer"])
        try:
            now = scenario.canonically(world.workspace_here().tree())
        except ValueError:
            # Some file is not in the form in which the user keeps it.
            found = dict.fromkeys(self.held(start, start, given), False)
            return Verdict({**found, **handed_in(world, self.answer)}, 0.0)
        found = self.held(start, now, given)
        made = self._made(now)
        wanted = len(self.files) + len(self.gone)
        untouched = found.get("nothing_else_changed", True)
        progress = made / wanted if wanted and untouched else 0.0
        return Verdict({**found, **handed_in(world, self.answer)}, progress)

    def held(self, start: Tree, now: Tree, given: str) -> dict[str, bool]:
        """Return every check of a folder by name.

        Args:
            start: What was there at the beginning.
            now: What is there.
            given: What was reported.
        """
        checks = {"nothing_else_changed": self._others(start) == self._others(now)}
        if self.files or self.gone:
            checks["files_made"] = self._made(now) == len(self.files) + len(self.gone)
        if self.check is not None:
            checks["check"] = _held(self.check, now, given)
        return checks

    def _made(self, now: Tree) -> int:
        right = sum(
            (file := now.get(path)) is not None and file.regular and wanted.holds(file.data)
            for path, wanted in self.files.items()
        )
        return right + sum(path not in now for path in self.gone)

    def _others(self, tree: Tree) -> dict[str, File]:
        named = self.files.keys() | self.gone
        return {
            path: file
            for path, file in tree.items()
            if path not in named
            and (file.regular or file.data)  # empty folders do not matter
            and not any(fnmatchcase(path, glob) for glob in self.may_change)
        }


def _held(check: FolderCheck, tree: Tree, given: str) -> bool:
    """Ask a user's check. What it may well raise where something is missing counts as a no."""
    with tempfile.TemporaryDirectory(prefix="wildgym-") as name:
        folder = Path(name).resolve()
        for path, file in tree.items():
            # No links: an agent may have made them, and they would lead to the host's files.
            if file.regular:
                place = folder / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(file.data)
        try:
            return bool(check(folder, given))
        except _NOT_DONE:
            return False
