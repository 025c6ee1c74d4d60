"""The blocks of a page as bytes, and back."""

import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from wildgym.tools.web.page import Block, Bullets, Heading, Inline, Link, Paragraph, Table


def packed(blocks: Sequence[Block]) -> bytes:
    """Pack blocks."""
    return zlib.compress(json.dumps([_pack(block) for block in blocks]).encode())


def unpacked(content: bytes) -> tuple[Block, ...]:
    """Return the blocks that were packed."""
    return tuple(map(_unpack, json.loads(zlib.decompress(content))))


def _pack(block: Block) -> list[Any]:
    match block:
        case Heading(text):
            return ["h", text]
        case Paragraph(line):
            return ["p", _inlines(line)]
        case Bullets(items):
            return ["b", [_inlines(item) for item in items]]
        case Table(head, rows):
            return ["t", list(head), [[_inlines(cell) for cell in row] for row in rows]]


def _inlines(line: Iterable[Inline]) -> list[Any]:
    return [[part.text, part.url] if isinstance(part, Link) else part for part in line]


def _unpack(content: Any) -> Block:
    kind, *inner = content
    match kind:
        case "h":
            return Heading(inner[0])
        case "p":
            return Paragraph(_line(inner[0]))
        case "b":
            return Bullets(tuple(map(_line, inner[0])))
        case _:
            rows = tuple(tuple(map(_line, row)) for row in inner[1])
            return Table(tuple(inner[0]), rows)


def _line(parts: Iterable[Any]) -> tuple[Inline, ...]:
    return tuple(part if isinstance(part, str) else Link(*part) for part in parts)
