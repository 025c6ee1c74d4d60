"""Operations of an OpenAPI document as tools."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from referencing.exceptions import Unresolvable

from wildgym.tools.openapi.document import Document
from wildgym.tools.schemas import (
    Resolver,
    expanded,
    is_object,
    resolver_within,
    returns_of,
    simplified,
)
from wildgym.tools.tool import Json, Returns, ToolSpec

Place = Literal["path", "query", "header", "cookie", "field", "body"]
"""Where an argument goes; a field is one of a body that is an object."""

_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
_READS = ("get", "head", "options")
_FORM = "application/x-www-form-urlencoded"
_WHOLE = "body"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True)
class Operation:
    """What can be asked of an application.

    Attributes:
        spec: How an agent sees it.
        method: Of HTTP, in capitals.
        path: With names in braces where arguments go.
        tags: What the document files it under.
        places: For each argument, where it goes, and its name there.
        fixed: What goes along always: the place, the name there, and the value.
        content: The media type of the body, if it has one.
    """

    spec: ToolSpec
    method: str
    path: str
    tags: Sequence[str] = ()
    places: Mapping[str, tuple[Place, str]] = field(default_factory=dict)
    fixed: Sequence[tuple[Place, str, Json]] = ()
    content: str | None = None


class LeftOut(Exception):
    """An operation that cannot be a tool. The message says why."""


def operations_of(
    document: Document, reads: Sequence[str] = ()
) -> tuple[dict[str, Operation], dict[str, str]]:
    """Return the operations of a document by name, and those left out, each with the reason.

    Args:
        document: The document.
        reads: Names of operations that only read though their method does not say so.
    """
    resolver = resolver_within(document)
    found: dict[str, Operation] = {}
    left: dict[str, str] = {}
    for path, item in document.get("paths", {}).items():
        shared = item.get("parameters", ())
        for method in (method for method in _METHODS if method in item):
            told = item[method]
            name = _named(told, method, path)
            if name in found:
                left[f"{method.upper()} {path}"] = f"another operation is named {name}"
                continue
            try:
                plain = _Plain(resolver)
                found[name] = _operation(name, method, path, told, shared, plain, reads)
            except LeftOut as reason:
                left[name] = str(reason)
    for name in document.get("webhooks", {}):
        left[f"webhook {name}"] = "the application calls it, and is not called"
    return found, left


@dataclass(frozen=True)
class _Plain:
    """Makes what a document says plain: references followed, and as agents are shown it."""

    resolver: Resolver

    def __call__(self, told: Any) -> Any:
        return simplified(self.followed(told))

    def followed(self, told: Any) -> Any:
        try:
            return expanded(told, self.resolver)
        except Unresolvable as error:
            raise LeftOut(f"it refers to {error.ref}, which is not there") from None


def _operation(
    name: str,
    method: str,
    path: str,
    told: Mapping[str, Any],
    shared: Sequence[Any],
    plain: _Plain,
    reads: Sequence[str],
) -> Operation:
    arguments = _Arguments()
    # Those of the operation go before those of its path.
    given = {(p["in"], p["name"]): p for p in map(plain.followed, [*shared, *_list(told)])}
    for parameter in given.values():
        _add_parameter(arguments, parameter, plain)
    content = None
    if "requestBody" in told:
        content = _add_body(arguments, plain.followed(told["requestBody"]), plain)
    parameters: dict[str, Json] = {"type": "object", "properties": arguments.properties}
    if arguments.required:
        parameters["required"] = arguments.required
    if all("event-stream" in content for content in _answers(told, plain) or [""]):
        raise LeftOut("it answers with a stream of events, which has no end")
    words = [told.get("summary", ""), told.get("description", "")]
    spec = ToolSpec(
        name,
        "\n\n".join(word.strip() for word in words if word.strip()) or f"{method.upper()} {path}",
        parameters,
        "read" if method in _READS or name in reads else "write",
        _returns(told, plain),
    )
    return Operation(
        spec,
        method.upper(),
        # What a path has after # tells operations apart that share the rest of it.
        path.partition("#")[0],
        tuple(told.get("tags", ())),
        arguments.places,
        tuple(arguments.fixed),
        content,
    )


@dataclass
class _Arguments:
    """The arguments of an operation, as they are gathered."""

    properties: dict[str, Json] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    places: dict[str, tuple[Place, str]] = field(default_factory=dict)
    fixed: list[tuple[Place, str, Json]] = field(default_factory=list)

    def add(self, place: Place, name: str, schema: Json, required: bool) -> None:
        """Add one, or what has only one value as that."""
        if required and place in ("header", "query") and _only(schema):
            self.fixed.append((place, name, _only(schema)[0]))
            return
        own = re.sub(r"\W", "_", name)
        while own in self.places or not _NAME.fullmatch(own):
            own = f"{place}_{own}"[:64] if not own.startswith(place) else f"{own[:62]}_2"
        self.properties[own], self.places[own] = schema, (place, name)
        if required:
            self.required.append(own)


def _only(schema: Json) -> list[Json]:
    if not isinstance(schema, dict):
        return []
    if "const" in schema:
        return [schema["const"]]
    listed = schema.get("enum", [])
    return listed if len(listed) == 1 else []


def _add_parameter(arguments: _Arguments, told: Mapping[str, Any], plain: _Plain) -> None:
    where = told["in"]
    required = bool(told.get("required")) or where == "path"
    if "content" in told:
        raise LeftOut(f"its parameter {told['name']} is a document of its own")
    schema = plain(told.get("schema", {}))
    if "description" in told and isinstance(schema, dict):
        schema = {**schema, "description": told["description"]}
    arguments.add(where, told["name"], schema, required)


def _add_body(arguments: _Arguments, told: Mapping[str, Any], plain: _Plain) -> str:
    """Add what a request has in its body, and return its media type."""
    offered = told.get("content", {})
    content = next(filter(None, (_first(offered, fits) for fits in _FITTING)), None)
    if content is None:
        raise LeftOut(f"its body is {', '.join(offered) or 'of no media type'}, which is no text")
    schema, required = plain(offered[content].get("schema", {})), bool(told.get("required"))
    if not (is_object(schema) and schema.get("properties")) or not _structured(content):
        described = {"description": told.get("description", f"The body, {content}."), **schema}
        arguments.add("body", _WHOLE, described, required)
        return content
    for name, inner in schema["properties"].items():
        arguments.add("field", name, inner, required and name in schema.get("required", ()))
    return content


def _structured(content: str) -> bool:
    return is_json(content) or content == _FORM


def is_json(content: str) -> bool:
    """Say whether a media type is one of JSON."""
    kind = content.partition(";")[0].strip().lower()
    return kind.endswith(("/json", "+json")) or "json-1." in kind


_FITTING: Sequence[Callable[[str], bool]] = (
    is_json,
    lambda content: content == _FORM,
    lambda content: content.startswith("text/") or "xml" in content,
    lambda content: content in ("*/*", "application/octet-stream"),
)


def _first(offered: Mapping[str, Any], fits: Callable[[str], bool]) -> str | None:
    return next((content for content in offered if fits(content)), None)


def _returns(told: Mapping[str, Any], plain: _Plain) -> Returns:
    """Say what kind of value an operation gives where it succeeds."""
    for schema in _given(told, plain):
        return returns_of(schema)
    return "value"


def _answers(told: Mapping[str, Any], plain: _Plain) -> list[str]:
    """Return the media types that an operation succeeds with."""
    responses = told.get("responses", {})
    succeeding = [plain.followed(r) for status, r in responses.items() if str(status)[0] == "2"]
    return [content for response in succeeding for content in response.get("content", {})]


def _given(told: Mapping[str, Any], plain: _Plain) -> Iterator[Json]:
    responses = told.get("responses", {})
    for status in sorted(responses, key=str):
        if str(status).startswith("2"):
            content = plain.followed(responses[status]).get("content", {})
            yield from (plain(content[c].get("schema", {})) for c in content if is_json(c))


def _list(told: Mapping[str, Any]) -> Sequence[Any]:
    return tuple(told.get("parameters", ()))


def _named(told: Mapping[str, Any], method: str, path: str) -> str:
    """Return the name of an operation, made of its path where it has none that can be one."""
    given = str(told.get("operationId", ""))
    made = re.sub(r"\W+", "_", given or f"{method}_{path.replace('{', 'by_')}").strip("_")
    return made if _NAME.fullmatch(made) else f"op_{made}"[:64]
