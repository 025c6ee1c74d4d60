"""Tools that the list of tools does not hold, and that another tool calls by name."""

from wildgym.tools import (
    EPISODE_TOOLS,
    Json,
    Specs,
    ToolCall,
    ToolError,
    ToolSpec,
    check,
)

CONTROLS = frozenset(
    {
        *("call_tool", "load_tool", "search_tools"),
        *("connect_tools", "list_tools", "use_tool"),
        *("invoke_tool", "refresh_tools"),
    }
)
"""Tools that say which tools there are, or call them: no operator here hides them."""


def can_hide(name: str) -> bool:
    """Say whether a tool may be missing from the list: not what is needed to find the others."""
    return name not in EPISODE_TOOLS and name not in CONTROLS


def by_name_spec(tool: str, description: str) -> ToolSpec:
    """Return the spec of a tool that calls another one."""
    properties = {
        "name": {"type": "string", "description": "The tool's name."},
        "arguments": {"type": "object", "description": "The tool's arguments."},
    }
    parameters = {"type": "object", "properties": properties, "required": ["name"]}
    return ToolSpec(tool, description, parameters, effect="write", returns="value")


def by_name(tool: str, call: ToolCall) -> ToolCall:
    """Return a call as it is made through the tool that calls others."""
    return ToolCall(tool, {"name": call.name, "arguments": call.arguments})


def unpacked(call: ToolCall) -> ToolCall:
    """Return the call that is made by name; raise ToolError if there is none in it."""
    name, arguments = call.arguments["name"], call.arguments.get("arguments", {})
    if isinstance(name, str) and isinstance(arguments, dict):
        return ToolCall(name, arguments)
    raise ToolError("invalid_arguments", "name must be a string, arguments an object.")


def checked(call: ToolCall, offered: Specs) -> ToolCall:
    """Return a call as it is; raise ToolError if its name or its arguments are wrong."""
    if problem := check(call, offered):
        raise problem
    return call


def shown(spec: ToolSpec) -> Json:
    """Return what an agent is told of a tool."""
    return {
        "name": spec.name,
        "description": spec.description,
        "parameters": spec.parameters,
    }
