"""Many episodes over HTTP: each has a URL of its own, and is opened when that is first asked for.

The protocol keeps no session from one request to the next, so what names the episode is the URL.
"""

import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from mcp_types import INVALID_REQUEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from wildgym.envs.mcp.episode import Episode, server_of

_PATH = re.compile(r"/episodes/(?P<task>[^?]+)/(?P<seed>[0-9]{1,18})/mcp/?")
_USAGE = "Episodes are at /episodes/TASK/SEED/mcp, such as /episodes/shop/refund/7/mcp."
_ENDED = 256
"""How many episodes that are over are still known, so that their agents hear that they are."""

Opener = Callable[[str, int, Mapping[str, str]], Episode]
"""From a task, a seed and what the URL says beside to an episode; raises ValueError that says what
is wrong with them."""

_LOOPBACK = TransportSecuritySettings(
    enable_dns_rebinding_protection=True,
    allowed_hosts=["127.0.0.1:*", "localhost:*", "[::1]:*"],
    allowed_origins=["http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*"],
)


_SECURITY = TransportSecurityMiddleware(_LOOPBACK)


class Refused(Exception):
    """A request that gets no episode.

    Args:
        status: The HTTP status.
        message: Why.
    """

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        error = {"code": INVALID_REQUEST, "message": message}
        # As clients of the protocol understand it.
        self.response = JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, status)


@dataclass
class _Open:
    episode: Episode
    manager: StreamableHTTPSessionManager
    end: anyio.Event = field(default_factory=anyio.Event)
    used: float = field(default_factory=time.monotonic)


class Episodes:
    """The episodes of a server, by URL.

    Args:
        opener: Opens one.
        most: How many may be open at a time; a request for one more is refused.
        idle: After how many seconds without a request one that is open gives its place to another.
    """

    def __init__(self, opener: Opener, most: int, idle: float) -> None:
        self._opener = opener
        self._most = most
        self._idle = idle
        self._held: dict[str, _Open] = {}
        self._opening = anyio.Lock()
        self._tasks: TaskGroup | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold episodes while the block runs; give up those that are open in the end."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            try:
                yield
            finally:
                for held in self._held.values():
                    held.episode.close()
                tasks.cancel_scope.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        # Asked here too, so that no page of the internet can have an episode opened.
        answer: ASGIApp | None = await _SECURITY.validate_request(request, is_post=False)
        if answer is None:
            try:
                answer = (await self._found(request)).manager.handle_request
            except Refused as refused:
                answer = refused.response
        await answer(scope, receive, send)

    async def _found(self, request: Request) -> _Open:
        """Return the episode of a URL; raise Refused if it has none."""
        path = _PATH.fullmatch(request.url.path)
        if path is None:
            raise Refused(HTTPStatus.NOT_FOUND, _USAGE)
        name = f"{path['task']} {int(path['seed'])} {sorted(request.query_params.items())}"
        if name not in self._held:
            async with self._opening:
                if name not in self._held:
                    await self._make_room()
                    opened = await self._open(path["task"], int(path["seed"]), request.query_params)
                    self._held[name] = opened
        held = self._held[name]
        held.used = time.monotonic()
        return held

    async def _open(self, task: str, seed: int, beside: Mapping[str, str]) -> _Open:
        try:
            episode = await anyio.to_thread.run_sync(self._opener, task, seed, dict(beside))
        except ValueError as error:
            raise Refused(HTTPStatus.NOT_FOUND, str(error)) from None
        manager = StreamableHTTPSessionManager(
            server_of(episode), json_response=True, security_settings=_LOOPBACK
        )
        held = _Open(episode, manager)
        assert self._tasks is not None, "episodes are held while `running` is"
        await self._tasks.start(_kept, held)
        return held

    async def _make_room(self) -> None:
        over = [name for name, held in self._held.items() if held.episode.is_over]
        running = [name for name in self._held if name not in over]
        if len(running) >= self._most:
            longest = min(running, key=lambda name: self._held[name].used)
            if time.monotonic() - self._held[longest].used < self._idle:
                said = f"{self._most} episodes are open, and no more may be"
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, said)
            await anyio.to_thread.run_sync(self._held[longest].episode.close)
            over.append(longest)
        for name in over[:-_ENDED]:
            self._held.pop(name).end.set()


async def _kept(held: _Open, *, task_status: anyio.abc.TaskStatus[None]) -> None:
    async with held.manager.run():
        task_status.started()
        await held.end.wait()


def app_of(opener: Opener, most: int, idle: float) -> Starlette:
    """Return a web application that serves episodes, at `/episodes/TASK/SEED/mcp`.

    Args:
        opener: As for `Episodes`.
        most: As for `Episodes`.
        idle: As for `Episodes`.
    """
    episodes = Episodes(opener, most, idle)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with episodes.running():
            yield

    return Starlette(routes=[Mount("/", app=episodes)], lifespan=lifespan)
