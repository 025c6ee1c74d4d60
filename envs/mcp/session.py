"""A connection to an MCP server, for code that waits for each answer."""

import shlex
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from anyio.from_thread import BlockingPortal
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import (
    CONNECTION_CLOSED,
    REQUEST_TIMEOUT,
    CallToolResult,
    Request,
    Result,
    TextContent,
    Tool,
)

from wildgym.tools import Json
from wildgym.tools.servers import Unreachable, running_portal

Target = str | Sequence[str] | StdioServerParameters | Callable[[], Any]
"""Where a server is: a URL; a command that starts one on its stdin and stdout, as a line or in
words; or a function that makes one for this process."""

_MOST_TOOLS = 1000


class Session:
    """A connection to a server, open from `open` to `close`; it can be opened again after that.

    Args:
        target: Where the server is. A command is started anew each time it is opened.
        timeout: For how many seconds to wait for an answer.

    Raises:
        Unreachable: The target is neither a URL nor a command nor a function.
    """

    def __init__(self, target: Target, timeout: float = 60.0) -> None:
        self.shown = _shown(target)
        self._server = _server(target)
        self._timeout = timeout
        self._end: weakref.finalize[..., Session] | None = None
        self._portal: BlockingPortal | None = None

    @property
    def is_open(self) -> bool:
        """Whether the server can be asked."""
        return self._portal is not None

    def open(self) -> None:
        """Start the server, or connect to it; raise Unreachable if that cannot be done."""
        with ExitStack() as held:
            portal = held.enter_context(running_portal())
            try:
                client = Client(self._server(), read_timeout_seconds=self._timeout)
                held.enter_context(portal.wrap_async_context_manager(client))
            except Exception as error:
                raise Unreachable(f"{self.shown} cannot be reached: {_reason(error)}") from error
            # What nobody closes is closed when the program ends.
            self._end = weakref.finalize(self, held.pop_all().close)
        self._portal, self.client = portal, client

    def close(self) -> None:
        """Leave the server, and end it if it was started."""
        self._portal = None
        if self._end is not None:
            self._end()

    def tools(self) -> list[Tool]:
        """Return the server's tools; raise Unreachable if it has none."""
        found: list[Tool] = []
        cursor = None
        while len(found) <= _MOST_TOOLS:
            page = self._waited(partial(self.client.list_tools, cursor=cursor))
            found += page.tools
            cursor = page.next_cursor
            if cursor is None:
                break
        if not found:
            raise Unreachable(f"{self.shown} has no tools, so there is nothing to call")
        return found

    def call(self, name: str, arguments: Mapping[str, Json]) -> CallToolResult:
        """Call a tool. An error that the server answers with is the result.

        Raises:
            MCPError: The server is gone, or does not answer.
        """
        try:
            called: CallToolResult = self._waited(
                partial(self.client.call_tool, name, dict(arguments))
            )
        except MCPError as error:
            if error.code in (CONNECTION_CLOSED, REQUEST_TIMEOUT):
                raise
            return CallToolResult(content=[TextContent(text=error.message)], is_error=True)
        return called

    def request(self, request: Request[Any, Any], result: type[Result]) -> Any:
        """Make any other request and return the server's answer; raise MCPError as it does."""
        return self._waited(partial(self.client.session.send_request, request, result))

    def _waited(self, call: Callable[[], Any]) -> Any:
        if self._portal is None:
            raise RuntimeError("the session is not open")
        return self._portal.call(call)


def _server(target: Target) -> Callable[[], Any]:
    """Return what makes that which a client connects to."""
    if isinstance(target, StdioServerParameters):
        return lambda: target
    if callable(target):
        return target
    if isinstance(target, str) and target.startswith(("http://", "https://")):
        return lambda: target
    words = shlex.split(target) if isinstance(target, str) else list(target)
    if not words or not all(isinstance(word, str) for word in words):
        raise Unreachable(
            f"{target!r} is no MCP server: give a URL, a command such as 'python server.py',"
            " or a function that returns an MCPServer"
        )
    return lambda: StdioServerParameters(command=words[0], args=words[1:])


def _shown(target: Target) -> str:
    if isinstance(target, StdioServerParameters):
        return shlex.join([target.command, *target.args])
    if isinstance(target, str):
        return target
    return getattr(target, "__name__", "the server") if callable(target) else shlex.join(target)


def _reason(error: BaseException) -> str:
    """Return what went wrong, of several things the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__
