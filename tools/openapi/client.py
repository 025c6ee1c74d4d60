"""Calls of operations: from a tool call to a request, and from its response to a result."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
import tenacity
from anyio.from_thread import BlockingPortal

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
    """

    def __init__(self, base: str, app: Any, headers: Headers, timeout: float) -> None:
        self.app = app
        self._base = base.rstrip("/")
        self._headers = headers
        self._timeout = timeout
        self._held: ExitStack | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self._held is not None

    def open(self) -> None:
        """Begin; an application that is just starting is waited for.

        Raises:
            Unreachable: Nothing answers.
        """
        with ExitStack() as held:
            self._portal: BlockingPortal = held.enter_context(running_portal())
            transport = None if self.app is None else httpx.ASGITransport(app=self.app)
            self._client = httpx.AsyncClient(transport=transport, timeout=self._timeout)
            held.enter_context(self._portal.wrap_async_context_manager(self._client))
            if self.app is None:
                self._wait()
            self._held = held.pop_all()

    def close(self) -> None:
        """Leave it."""
        if self._held is not None:
            self._held.close()
            self._held = None

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
            response: httpx.Response = self._portal.call(
                partial(self._client.request, method, url, **more)
            )
        except httpx.HTTPError as error:
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
            placed.setdefault(where, {})[name] = value
        parts: dict[str, Any] = {
            "url": _filled(operation.path, placed.get("path", {})),
            "params": _query(placed["query"]),
            "headers": {name: _word(value) for name, value in placed["header"].items()},
        }
        if placed["cookie"]:
            jar = "; ".join(f"{name}={_word(value)}" for name, value in placed["cookie"].items())
            parts["headers"]["Cookie"] = jar
        if operation.content is not None:
            parts |= _body(operation.content, placed)
            parts["headers"].setdefault("Content-Type", operation.content)
        return parts


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
    if response.is_success or response.is_redirect:
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
