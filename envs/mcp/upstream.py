"""The tools of an MCP server as a toolset."""

from collections.abc import Callable, Mapping, Sequence

from mcp_types import CallToolResult, Tool
from referencing.exceptions import Unresolvable

from wildgym.envs.mcp.contents import received
from wildgym.envs.mcp.session import Session
from wildgym.tools import Json, Specs, ToolCall, ToolResult, ToolSpec, World
from wildgym.tools.schemas import expanded, of_object, resolver_within, returns_of, simplified
from wildgym.tools.tool import Returns


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
    reads = tool.annotations is not None and tool.annotations.read_only_hint
    return ToolSpec(
        tool.name,
        tool.description or tool.title or "",
        of_object(_plain(tool.input_schema)),
        "read" if reads else "write",
        _returns(tool.output_schema),
    )


def _returns(schema: Mapping[str, Json] | None) -> Returns:
    if schema is None:
        return "value"
    properties = _plain(schema).get("properties", {})
    return returns_of(properties["result"]) if properties.keys() == {"result"} else "row"


def _plain(schema: Mapping[str, Json]) -> Json:
    try:
        return simplified(expanded(schema, resolver_within(schema)))
    except Unresolvable:
        # A server that describes its tools wrongly still has them.
        return simplified(schema)
