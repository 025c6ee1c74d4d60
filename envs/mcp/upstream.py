"""The tools of an MCP server as a toolset."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mcp_types import CallToolResult, Tool

from wildgym.envs.mcp.contents import received
from wildgym.envs.mcp.session import Session
from wildgym.tools import Json, Specs, ToolCall, ToolResult, ToolSpec, World
from wildgym.tools.tool import Returns

_DROPPED = ("title", "$defs", "definitions", "$schema")
_DEEPEST = 12


class Upstream:
    """A server's tools. All their state is the server's, and none is in the world.

    Args:
        session: The connection; it has to be open when a tool is called.
        tools: What the server lists.
        read: From what the server gives to its value.

    Attributes:
        raw: What the server gave since this was last cleared, untouched.
    """

    def __init__(
        self,
        session: Session,
        tools: Sequence[Tool],
        read: Callable[[CallToolResult], ToolResult] = received,
    ) -> None:
        self._session = session
        self._read = read
        self.specs: Specs = {tool.name: spec_of(tool) for tool in tools}
        self.raw: list[CallToolResult] = []

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Have the server carry out the call; raise MCPError if it is gone."""
        result = self._session.call(call.name, call.arguments)
        self.raw.append(result)
        return self._read(result)


def spec_of(tool: Tool) -> ToolSpec:
    """Return what is known of a tool; one that does not say that it only reads is a write."""
    schema = _plain(tool.input_schema, tool.input_schema)
    parameters = {"type": "object", "properties": schema.get("properties", {})}
    if required := schema.get("required"):
        parameters["required"] = required
    reads = tool.annotations is not None and tool.annotations.read_only_hint
    return ToolSpec(
        tool.name,
        tool.description or tool.title or "",
        parameters,
        "read" if reads else "write",
        _returns(tool.output_schema),
    )


def _returns(schema: Mapping[str, Json] | None) -> Returns:
    if schema is None:
        return "value"
    plain = _plain(schema, schema)
    properties = plain.get("properties", {})
    if properties.keys() != {"result"}:
        return "row"
    inner = properties["result"]
    if inner.get("type") == "array" and inner.get("items", {}).get("type") == "object":
        return "rows"
    return "row" if inner.get("type") == "object" else "value"


def _plain(schema: Any, whole: Mapping[str, Json], depth: int = 0) -> Any:
    """Return a schema without titles, references and alternatives of null.

    Absent is how agents say null. What refers to itself ends in a schema that allows everything.
    """
    if isinstance(schema, list):
        return [_plain(item, whole, depth) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found = _found(schema["$ref"], whole) if depth < _DEEPEST else {}
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _plain({**found, **beside}, whole, depth + 1)
    kept = {
        key: {name: _plain(inner, whole, depth) for name, inner in value.items()}
        if key == "properties"
        else _plain(value, whole, depth)
        for key, value in schema.items()
        if key not in _DROPPED and not (key == "default" and value is None)
    }
    options = kept.get("anyOf", ())
    others = [option for option in options if option != {"type": "null"}]
    if len(others) == 1:
        del kept["anyOf"]
        return {**others[0], **kept}
    return kept


def _found(reference: Json, whole: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the part of a schema that a reference within it names, or what allows everything."""
    part: Any = whole
    for step in str(reference).removeprefix("#/").split("/"):
        part = part.get(step.replace("~1", "/").replace("~0", "~"), {}) if part else {}
    return part if isinstance(part, dict) else {}
