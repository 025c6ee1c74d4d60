"""Any OpenAPI application as an environment, perturbed."""

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Unpack

import anyio
import httpx

from wildgym.perturbations.wrap.served import Playing, WrappedEnv, wrapped
from wildgym.perturbations.wrap.tasks import Tasks, tasks_of
from wildgym.tools import Json, Specs, ToolCall, ToolResult, World, check
from wildgym.tools.openapi.client import Client, Headers
from wildgym.tools.openapi.document import Document, address_of, checked, document_of, parsed
from wildgym.tools.openapi.operations import Operation, operations_of
from wildgym.tools.servers import Unreachable

Application = str | Path | Mapping[str, Any] | Callable[..., Any]
"""A document, the file or the URL of one, an ASGI application, or a function that makes one."""

Reset = Callable[[], object] | str
"""Brings an application into its first state: a function, or a request such as "POST /reset"."""

_IN_PROCESS = "http://application"


@dataclass
class OpenApiServer:
    """An application, brought into its first state for each episode.

    Args:
        shown: What it is called in messages.
        client: The connection.
        operations: What can be asked of it.
        reset: Brings it into its first state; None for one that is made anew.
        make: Makes an ASGI application, for each episode a new one.
        scrub: Patterns in what it says, and what stands in their place.
    """

    shown: str
    client: Client
    operations: Mapping[str, Operation]
    reset: Reset | None = None
    make: Callable[[], Any] | None = None
    scrub: Mapping[str, str] = field(default_factory=dict)

    @property
    def specs(self) -> Specs:
        """What it offers."""
        return {name: operation.spec for name, operation in self.operations.items()}

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self.client.is_open

    def open(self) -> None:
        """Bring it into its first state; raise Failed or Unreachable if that cannot be done."""
        if self.make is not None:
            self.client.app = self.make()
        if callable(self.reset):
            self.reset()
        self.client.open()
        if isinstance(self.reset, str):
            method, _, path = self.reset.partition(" ")
            response = self.client.request(method, path)
            if not response.is_success:
                self.client.close()
                raise RuntimeError(f"reset: {self.reset}: status {response.status_code}")

    def close(self) -> None:
        """Leave it."""
        self.client.close()

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Ask for an operation; raise Failed if the application fails."""
        wrong = check(call, self.specs)
        if wrong is not None:
            return wrong.result
        said = self.client.call(self.operations[call.name], call)
        return ToolResult(self._scrubbed(said.value), said.is_error) if self.scrub else said

    def _scrubbed(self, value: Json) -> Json:
        if isinstance(value, list):
            return [self._scrubbed(one) for one in value]
        if isinstance(value, dict):
            return {name: self._scrubbed(one) for name, one in value.items()}
        if isinstance(value, str):
            for pattern, instead in self.scrub.items():
                value = re.sub(pattern, instead, value)
        return value


def openapi(
    app: Application,
    tasks: Tasks,
    *,
    reset: Reset | None = None,
    spec: str | Path | Mapping[str, Any] | None = None,
    base_url: str | None = None,
    include: Collection[str] = ("*",),
    exclude: Collection[str] = (),
    reads: Collection[str] = (),
    headers: Headers | None = None,
    auth: httpx.Auth | None = None,
    scrub: Mapping[str, str] | None = None,
    timeout: float = 60.0,
    **playing: Unpack[Playing],
) -> WrappedEnv:
    """Make an env of any OpenAPI 3 application: each operation is a tool.

    Args:
        app: The URL or the file of its document, or the document itself; or an ASGI application, or
            a function without arguments that makes one, for each episode a new one.
        tasks: `WrappedTask`s, mappings of their fields, or a file of such: JSON that lists them, or
            Python that defines `TASKS`.
        reset: Called before each episode, or asked of the application ("POST /reset"). It has to
            bring it into its first state; to start a container anew will do.
        spec: The document of an ASGI application, where that does not serve /openapi.json.
        base_url: Where the application is, if not where the document says.
        include: Names, tags, or globs of either, of the operations that are tools.
        exclude: Likewise, of those that are not.
        reads: Names of operations that only read though their method does not say so.
        headers: What goes along with each request, such as an authorization; or a function of the
            operation.
        auth: What signs requests, where a header is not enough.
        scrub: Patterns in texts that the application gives, and what stands in their place: what
            differs from one run to the next, such as times.
        timeout: For how many seconds to wait for a response.
        playing: `perturbations`, `scaffold` and others, as for `gym.make`; see `Playing`.

    Raises:
        Unreachable: The application cannot be had, or cannot be wrapped; the message says why.
        ValueError: A task or another argument is wrong; the message says what would be right.
    """
    asked = tasks_of(tasks)
    make = app if callable(app) and not _is_asgi(app) else None
    own = make() if make is not None else app if callable(app) else None
    if reset is None and make is None:
        raise ValueError(
            "an application keeps its state from one episode to the next: give `reset`, a function"
            " or a request such as 'POST /reset' that brings it into its first state; or give a"
            " function that makes an ASGI application"
        )
    if own is not None:
        document = checked(_served(own), _called(app)) if spec is None else document_of(spec)
        base: str | None = base_url or _IN_PROCESS
    else:
        document = document_of(app, timeout)  # type: ignore[arg-type]  # what is callable is above
        base = base_url or address_of(document, app)  # type: ignore[arg-type]
    if base is None:
        raise ValueError("the document does not say where the application is: give `base_url`")
    client = Client(base, own, headers or {}, timeout, auth)
    operations = _chosen(document, include, exclude, reads)
    server = OpenApiServer(_called(app, base), client, operations, reset, make, scrub or {})
    return wrapped(server, asked, **playing)


def operations(document: str | Path | Mapping[str, Any]) -> dict[str, str | None]:
    """Return every operation of a document, with the reason why it cannot be a tool, or None.

    Args:
        document: The document, or the file or the URL of one.

    Raises:
        Unreachable: It cannot be read, or is no document of OpenAPI 3.
    """
    found, left = operations_of(document_of(document))
    return {**dict.fromkeys(found), **left}


def _chosen(
    document: Document, include: Collection[str], exclude: Collection[str], reads: Collection[str]
) -> dict[str, Operation]:
    """Return the operations that are wanted."""
    found, left = operations_of(document, tuple(reads))
    for given, names in (("include", include), ("exclude", exclude), ("reads", reads)):
        for name in names:
            if name in left:
                raise ValueError(f"{given}: {name} cannot be a tool: {left[name]}")
            if name != "*" and not any(_meant(one, (name,)) for one in found.values()):
                raise ValueError(f"{given}: no operation and no tag is {name!r}")
    wanted = {
        name: operation
        for name, operation in found.items()
        if _meant(operation, include) and not _meant(operation, exclude)
    }
    if not wanted:
        reasons = "; ".join(f"{name}: {why}" for name, why in left.items())
        raise Unreachable(f"no operation is left to be a tool{': ' + reasons if reasons else ''}")
    return wanted


def _meant(operation: Operation, globs: Collection[str]) -> bool:
    return any(
        fnmatchcase(name, glob) for name in (operation.spec.name, *operation.tags) for glob in globs
    )


def _is_asgi(app: Callable[..., Any]) -> bool:
    """Say whether something callable is an application, and not what makes one."""
    try:
        needed = [
            p
            for p in inspect.signature(app).parameters.values()
            if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        return True
    return len(needed) == 3


def _served(app: Any) -> Any:
    """Return the document that an ASGI application serves."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=_IN_PROCESS) as client:
            return await client.get("/openapi.json")

    response = anyio.run(asked)
    if not response.is_success:
        raise Unreachable(
            f"the application has no /openapi.json (status {response.status_code}): give its"
            " document as `spec`"
        )
    return parsed(response.text, "/openapi.json")


def _called(app: Application, base: str | None = None) -> str:
    if callable(app):
        return getattr(app, "__name__", type(app).__name__)
    return str(app) if isinstance(app, str | Path) else base or "the document"
