"""Results of MCP tools as plain values, and back. What is no text goes round all of it."""

import json
import sys
from collections.abc import Sequence

from mcp_types import CallToolResult, ContentBlock, TextContent

from wildgym.envs.scaffolds.values import write_result
from wildgym.tools import Json, ToolResult

_WRAPPED = {"result"}
FAILED = "tool_error"
"""The code of an error that a server told in text."""


def received(result: CallToolResult) -> ToolResult:
    """Return what a server's tool gave as a value.

    That is its structured content if it has any, else its text, read as JSON where it is some.
    """
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    if result.is_error:
        return ToolResult(_error("\n".join(texts)), is_error=True)
    value = result.structured_content
    if value is None:
        read = [_read(text) for text in texts]
        value = read[0] if len(read) == 1 else read or None
    elif isinstance(value, dict) and value.keys() == _WRAPPED:
        value = value["result"]
    return ToolResult(value)


def noted(result: CallToolResult) -> ToolResult:
    """Return the same with a word on what is no text of it, for who is shown nothing else."""
    attached = [_kind(block) for block in media(result)]
    plain = received(result)
    return ToolResult({"content": plain.value, "attached": attached}) if attached else plain


def media(result: CallToolResult) -> list[ContentBlock]:
    """Return what is no text of a result: images, sound, resources."""
    return [block for block in result.content if not isinstance(block, TextContent)]


def sent(
    result: ToolResult, attached: Sequence[ContentBlock] = (), *, structured: bool = False
) -> CallToolResult:
    """Return the result of an MCP tool that `received` reads as this value.

    Args:
        result: What it gives.
        attached: What is no text of it.
        structured: Whether the value is given as structured content too.
    """
    text = write_result(ToolResult(result.value), most=sys.maxsize)
    value = result.value
    whole = value if isinstance(value, dict) and value.keys() != _WRAPPED else {"result": value}
    return CallToolResult(
        content=[TextContent(text=text), *attached],
        structured_content=whole if structured and not result.is_error else None,
        is_error=result.is_error,
    )


def _read(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _error(text: str) -> Json:
    """Return an error as tools here give them: an object, made of its text where it is none."""
    value = _read(text)
    return value if isinstance(value, dict) else {"code": FAILED, "message": text}


def _kind(block: ContentBlock) -> str:
    mime = getattr(block, "mime_type", None)
    return f"{block.type} {mime}" if mime else block.type
