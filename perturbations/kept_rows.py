"""Rows of which something was held back, kept for whoever asks for all of it."""

from wildgym.tools import Json, Row, ToolError, ToolResult, ToolSpec, World


def keep(world: World, tool: str, row: Row) -> None:
    """Keep a row for the tool that is to give it."""
    world.memory[tool, row["id"]] = row


def kept(world: World, tool: str, id: str) -> Row:
    """Return the row that was kept last under an id; an empty one if there is none."""
    row: Row = world.memory.get((tool, id), {})
    return row


def given(world: World, tool: str, ids: Json) -> ToolResult:
    """Return the rows that an agent asks for, in its order."""
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        return ToolError("invalid_arguments", "ids must be a list of ids.").result
    unknown = [id for id in ids if not kept(world, tool, id)]
    if unknown:
        return ToolError("not_found", f"Nothing was held back of {', '.join(unknown)}.").result
    return ToolResult([kept(world, tool, id) for id in ids])


def giving(tool: str, description: str) -> ToolSpec:
    """Return the spec of a tool that gives rows by their ids."""
    ids = {"type": "array", "items": {"type": "string"}, "description": "The ids of the rows."}
    parameters = {"type": "object", "properties": {"ids": ids}, "required": ["ids"]}
    return ToolSpec(tool, description, parameters, returns="value")
