"""Any MCP server as an environment, perturbed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Unpack

from wildgym.envs.mcp.contents import noted
from wildgym.envs.mcp.session import Session, Target
from wildgym.envs.mcp.upstream import Upstream
from wildgym.perturbations.wrap.served import Playing, WrappedEnv, wrapped
from wildgym.perturbations.wrap.tasks import Tasks, tasks_of
from wildgym.tools import Specs, ToolCall, ToolResult, World


@dataclass(frozen=True)
class McpServer:
    """An MCP server, started anew for each episode.

    Args:
        session: The connection.
        upstream: Its tools.
        reset: What is called before each start; None for nothing.
    """

    session: Session
    upstream: Upstream
    reset: Callable[[], object] | None

    @property
    def shown(self) -> str:
        """Where it is."""
        return self.session.shown

    @property
    def specs(self) -> Specs:
        """What it offers."""
        return self.upstream.specs

    @property
    def is_open(self) -> bool:
        """Whether it was started, or connected to."""
        return self.session.is_open

    def open(self) -> None:
        """Start it, or connect to it; raise Unreachable if that cannot be done."""
        if self.reset is not None:
            self.reset()
        self.session.open()

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Call a tool; raise MCPError if the server is gone."""
        self.upstream.raw.clear()
        return self.upstream.call(call, world)

    def close(self) -> None:
        """Leave it, and end it if it was started."""
        self.session.close()


def mcp(
    server: Target,
    tasks: Tasks,
    *,
    reset: Callable[[], object] | None = None,
    timeout: float = 60.0,
    **playing: Unpack[Playing],
) -> WrappedEnv:
    """Make an env of any MCP server.

    Args:
        server: A command that starts it on its stdin and stdout, its URL, or a function that makes
            one in this process. A command or a function begins each episode anew.
        tasks: `WrappedTask`s, mappings of their fields, or a file of such: JSON that lists them, or
            Python that defines `TASKS`.
        reset: Called before each episode; what a URL leads to has to be brought into its first
            state by it.
        timeout: For how many seconds to wait for the server's answer to a call.
        playing: `perturbations`, `scaffold` and others, as for `gym.make`; see `Playing`.

    Raises:
        Unreachable: The server cannot be had, or cannot be wrapped; the message says why.
        ValueError: A task or another argument is wrong; the message says what would be right.
    """
    asked = tasks_of(tasks)
    session = Session(server, timeout)
    if reset is None and isinstance(server, str) and server.startswith(("http://", "https://")):
        raise ValueError(
            "a server behind a URL keeps its state from one episode to the next: give `reset`, a"
            " function that brings it into its first state"
        )
    session.open()
    try:
        upstream = Upstream(session, session.tools(), noted)
    finally:
        session.close()
    return wrapped(McpServer(session, upstream, reset), asked, **playing)
