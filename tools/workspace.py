"""A folder of files that an agent works in, and the sandbox around it, leased when it is needed."""

import weakref

from wildgym.tools.sandboxes import BARE, File, Outfit, Pool, Ran, Sandbox, Tree, pool
from wildgym.tools.tool import ToolError


class Workspace:
    """One live folder.

    Until something is called, it is no more than the tree that it begins with. It is closed by
    being forgotten, too; its sandbox goes back to the pool then.

    Args:
        start: What is in it at the beginning.
        outfit: What its sandbox is furnished with.
        sandbox: The name of a backend, or "auto".
        cells: Pieces of Python that the persistent interpreter has run.

    Attributes:
        start: What was in it at the beginning.
        outfit: What its sandbox is furnished with.
        backend: The name of its backend, or "auto".
        brought: What others have put into it since, by path.
    """

    def __init__(
        self,
        start: Tree,
        outfit: Outfit = BARE,
        sandbox: str = "auto",
        cells: tuple[str, ...] = (),
    ) -> None:
        self.start = start
        self.outfit = outfit
        self.backend = sandbox
        self.brought: Tree = {}
        self._now = start
        self._scratch: Tree = {}
        self._cells = cells
        self._sandbox: Sandbox | None = None
        self._give_back: weakref.finalize[[Pool, Sandbox], Workspace] | None = None

    def on(self, sandbox: str) -> "Workspace":
        """Return a workspace like this one at its beginning, in sandboxes of a backend."""
        return Workspace(self.start, self.outfit, sandbox)

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox, with all files in place.

        Raises:
            Unavailable: There is no such sandbox here.
            SandboxLost: It cannot be started.
        """
        if self._sandbox is None:
            pooled = pool(self.backend, self.outfit)
            self._sandbox = pooled.lease(self._now)
            self._give_back = weakref.finalize(self, Pool.give_back, pooled, self._sandbox)
            # Names are made again by running the code again; what that does to files is undone.
            for source in self._cells:
                self._sandbox.cell(source)
            if self._cells or self._scratch:
                self._sandbox.restore(self._now, scratch=self._scratch, running=True)
        return self._sandbox

    def tree(self) -> Tree:
        """Return the files as they are now."""
        return self._now if self._sandbox is None else self._sandbox.snapshot()

    def write(self, path: str, data: bytes) -> None:
        """Write a file from outside, as somebody does who works in the same folder."""
        if self._sandbox is None:
            self._now = {**self._now, path: File(data)}
        else:
            try:
                self._sandbox.write(path, data)
            except PermissionError:
                # Who brings it may write where the agent has yet to lift a protection.
                now = {**self._sandbox.snapshot(), path: File(data)}
                scratch = self._sandbox.snapshot("scratch")
                self._sandbox.restore(now, scratch=scratch, running=True)
        self.brought = {**self.brought, path: File(data)}

    def run_cell(self, source: str, timeout: float) -> Ran:
        """Run Python in the interpreter that keeps its names."""
        ran = self.sandbox.cell(source, timeout=timeout)
        self._cells = () if ran.killed or ran.restarted else (*self._cells, source)
        return ran

    def fork(self) -> "Workspace":
        """Return an independent copy: all files, and the names of the persistent interpreter."""
        twin = Workspace(self.start, self.outfit, self.backend, self._cells)
        twin._now, twin._scratch, twin.brought = self.tree(), self._scratch, self.brought
        if self._sandbox is not None:
            twin._scratch = self._sandbox.snapshot("scratch")
        return twin

    def close(self) -> None:
        """Give the sandbox back. The files stay as they are, and another lease finds them so."""
        if self._give_back is not None:
            if self._sandbox is not None and not self._sandbox.lost:
                self._now = self._sandbox.snapshot()
            self._sandbox = None
            self._give_back()
            self._give_back = None


def relative(path: str, workspace: str = "/work") -> str:
    """Return a path as relative to the workspace; raise ToolError where it leads out of it.

    Args:
        path: As an agent wrote it: relative, or absolute within the workspace.
        workspace: Where the workspace lies, as the agent sees it.
    """
    inside = path.removeprefix(workspace + "/").removeprefix("./").rstrip("/")
    if inside.startswith("/") or ".." in inside.split("/") or "\0" in inside or not inside:
        raise ToolError(
            "invalid_path",
            f"{path!r} is no path of a file in the workspace; give one relative to {workspace}.",
        )
    return inside
