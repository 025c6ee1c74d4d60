"""Calls of operations: from a tool call to a request, and from its response to a result."""

import json
import weakref
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import quote

import anyio
import httpx
import tenacity
from anyio.from_thread import BlockingPortal
from asgi_lifespan import LifespanManager, LifespanNotSupported
from jsonschema import Draft202012Validator

from wildgym.tools.openapi.operations import Operation, Place, is_json
from wildgym.tools.servers import Unreachable, running_portal
from wildgym.tools.tool import Json, ToolCall, ToolError, ToolResult

Headers = Mapping[str, str] | Callable[[Operation], Mapping[str, str]]
"""What goes along with every request, or with those of an operation."""

_AGAIN = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")
"""Methods that may be repeated: twice does no more than once."""

_TRIES = 4
_NOT_ITS_FAULT = 500


class Failed(Exception):
    """The application failed, or cannot be reached. That is the host's fault."""


class Client:
    """A connection to an application, open from `open` to `close`; it can be opened again.

    Args:
        base: The address that paths are appended to.
        app: An ASGI application to call in this process, in place of what is at the address.
        headers: What goes along.
        timeout: For how many seconds to wait for a response.
        auth: What signs requests, where a header is not enough.
    """

    def __init__(
        self,
        base: str,
        app: Any,
        headers: Headers,
        timeout: float,
        auth: httpx.Auth | None = None,
    ) -> None:
        self.app = app
        self._base = base.rstrip("/")
        self._headers = headers
        self._timeout = timeout
        self._auth = auth
        self._end: weakref.finalize[..., Client] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self._end is not None and self._end.alive

    def open(self) -> None:
        """Begin; an application that is just starting is waited for.

        Raises:
            Unreachable: Nothing answers.
        """
        with ExitStack() as held:
            self._portal: BlockingPortal = held.enter_context(running_portal())
            transport = None
            if self.app is not None:
                living = self._portal.wrap_async_context_manager(_living(self.app))
                transport = httpx.ASGITransport(app=held.enter_context(living))
            self._client = httpx.AsyncClient(
                transport=transport, timeout=self._timeout, auth=self._auth, follow_redirects=True
            )
            held.enter_context(self._portal.wrap_async_context_manager(self._client))
            if self.app is None:
                self._wait()
            # What nobody closes is closed in this order all the same.
            self._end = weakref.finalize(self, held.pop_all().close)

    def close(self) -> None:
        """Leave it."""
        if self._end is not None:
            self._end()

    def call(self, operation: Operation, call: ToolCall) -> ToolResult:
        """Ask for an operation. What the application refuses is the result.

        Raises:
            Failed: It failed, and where it may be asked again it failed again.
        """
        try:
            response = self.request(operation.method, **self._parts(operation, call.arguments))
        except ToolError as wrong:
            return wrong.result
        return _result(response)

    def request(self, method: str, url: str, **more: Any) -> httpx.Response:
        """Send a request, more than once where that may help; raise Failed if nothing does."""
        tries = _TRIES if method in _AGAIN else 1
        asking = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(tries),
            wait=tenacity.wait_exponential(0.1, max=2),
            retry=tenacity.retry_if_exception_type(Failed),
            reraise=True,
        )
        sent: httpx.Response = asking(self._once, method, self._base + url, **more)
        return sent

    def _once(self, method: str, url: str, **more: Any) -> httpx.Response:
        try:
            response: httpx.Response = self._portal.call(partial(self._sent, method, url, **more))
        except (httpx.HTTPError, TimeoutError) as error:
            raise Failed(f"{method} {url}: {error or type(error).__name__}") from error
        except Exception as error:
            if self.app is None:
                raise
            raise Failed(f"{method} {url}: {type(error).__name__}: {error}") from error
        # 501 says that it does not do this, and not that it failed.
        if response.status_code >= _NOT_ITS_FAULT and response.status_code != 501:
            said = " ".join(response.text.split())[:200]
            raise Failed(f"{method} {url}: status {response.status_code}: {said}")
        return response

    async def _sent(self, method: str, url: str, **more: Any) -> httpx.Response:
        # What is called in this process has no socket whose time could run out.
        with anyio.fail_after(self._timeout):
            return await self._client.request(method, url, **more)

    def _wait(self) -> None:
        """Wait until something answers, for as long as for a response."""
        reaching = tenacity.Retrying(
            stop=tenacity.stop_after_delay(self._timeout),
            wait=tenacity.wait_fixed(0.1),
            retry=tenacity.retry_if_exception_type(httpx.TransportError),
            reraise=True,
        )
        try:
            reaching(lambda: self._portal.call(partial(self._client.get, self._base + "/")))
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            raise Unreachable(f"{self._base} cannot be reached: {said}") from None

    def _parts(self, operation: Operation, arguments: Mapping[str, Json]) -> dict[str, Any]:
        """Return a request's parts; raise ToolError where an argument fits nowhere."""
        told = self._headers
        placed: dict[Place, dict[str, Json]] = {"header": {}, "query": {}, "cookie": {}}
        placed["header"] |= told(operation) if callable(told) else told
        for where, name, value in operation.fixed:
            placed.setdefault(where, {})[name] = value
        for own, value in arguments.items():
            where, name = operation.places[own]
            if where in ("path", "query", "header", "cookie"):
                _fitting(own, value, operation.spec.parameters["properties"][own])
            placed.setdefault(where, {})[name] = value
        parts: dict[str, Any] = {
            "url": _filled(operation.path, placed.get("path", {})),
            "params": _query(placed["query"]),
            "headers": {name: _header(name, value) for name, value in placed["header"].items()},
        }
        if placed["cookie"]:
            jar = [f"{n}={_header(n, value)}" for n, value in placed["cookie"].items()]
            parts["headers"]["Cookie"] = "; ".join(jar)
        if operation.content is not None:
            parts |= _body(operation.content, placed)
            parts["headers"].setdefault("Content-Type", operation.content)
        return parts


@asynccontextmanager
async def _living(app: Any) -> AsyncIterator[Any]:
    """Start an application, give it as it is then, and stop it."""
    async with AsyncExitStack() as held:
        # Some have nothing to do at their start, and say so.
        with suppress(LifespanNotSupported):
            app = (await held.enter_async_context(LifespanManager(app))).app
        yield app


def _fitting(own: str, value: Json, schema: Mapping[str, Json]) -> None:
    """Raise ToolError unless a value fits: an address and a header do not tell types apart."""
    wrong = next(Draft202012Validator(schema).iter_errors(value), None)
    if wrong is not None:
        raise ToolError("invalid_arguments", f"{own}: {wrong.message}")


def _header(name: str, value: Json) -> str:
    word = _word(value)
    if not (word.isascii() and word.isprintable()):
        raise ToolError(
            "invalid_arguments", f"{name} is a header: a line of ASCII alone can be one"
        )
    return word


def _filled(path: str, values: Mapping[str, Json]) -> str:
    for name, value in values.items():
        if _word(value) in ("", ".", ".."):
            raise ToolError("invalid_arguments", f"{name} is part of an address: it cannot be that")
        path = path.replace(f"{{{name}}}", quote(_word(value), safe=""))
    return path


def _query(values: Mapping[str, Json]) -> list[tuple[str, str]]:
    """Return query parameters, lists as several of one name."""
    return [
        (name, _word(one))
        for name, value in values.items()
        for one in (value if isinstance(value, list) else [value])
    ]


def _word(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _body(content: str, placed: Mapping[Place, Mapping[str, Json]]) -> dict[str, Any]:
    fields = placed.get("field", {})
    whole: Sequence[Json] = list(placed.get("body", {}).values())
    if is_json(content):
        return {"content": json.dumps(whole[0] if whole else fields, ensure_ascii=False).encode()}
    if whole:
        return {"content": _word(whole[0]).encode()}
    return {"data": {name: _word(value) for name, value in fields.items()}}


def _result(response: httpx.Response) -> ToolResult:
    value = _value(response)
    if response.is_success:
        return ToolResult(value)
    said = value.get("message", value.get("detail")) if isinstance(value, dict) else value
    message = said if isinstance(said, str) and said else response.reason_phrase
    details = {"body": value} if isinstance(value, dict | list) else {}
    return ToolError(f"http_{response.status_code}", message, **details).result


def _value(response: httpx.Response) -> Json:
    content = response.headers.get("content-type", "")
    if not response.content:
        return {"status": response.status_code}
    if is_json(content):
        try:
            return response.json()
        except ValueError:
            pass
    kind = content.partition(";")[0]
    if kind.startswith("text/") or "xml" in kind or not kind or is_json(content):
        return response.text
    try:
        return response.content.decode()
    except UnicodeDecodeError:
        return {"content_type": kind, "bytes": len(response.content)}
