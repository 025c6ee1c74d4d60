"""Writing the formats. What is written is ours and simple, so a few lines do for each."""

import gzip
import io
import json
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from xml.sax.saxutils import escape, quoteattr

from wildgym.envs.files.formats import Node, Table
from wildgym.tools import Json

_EPOCH = (2030, 1, 1, 0, 0, 0)
_LIBRARY = slice(96, 100)
_NO_LIBRARY = b"\x00\x2e\x63\x01"


def cell(value: object) -> str:
    """Return a value as a cell of a table: amounts have two decimals."""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Write a table."""
    lines = [header, *rows]
    return "".join(
        [delimiter.join([_quoted(cell(value), delimiter) for value in row]) + "\n" for row in lines]
    )


def _quoted(text: str, delimiter: str) -> str:
    if delimiter in text or '"' in text or "\n" in text:
        escaped = text.replace('"', '""')
        return f'"{escaped}"'
    return text


def json_text(value: Json) -> str:
    """Write a JSON document."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def jsonl_text(values: Iterable[Json]) -> str:
    """Write a JSON value a line."""
    return "".join([json.dumps(value, ensure_ascii=False) + "\n" for value in values])


def ini_text(sections: Mapping[str, Mapping[str, object]]) -> str:
    """Write sections of options."""
    blocks = [
        "".join([f"[{name}]\n", *(f"{key} = {cell(value)}\n" for key, value in options.items())])
        for name, options in sections.items()
    ]
    return "\n".join(blocks)


def toml_text(tables: Mapping[str, Mapping[str, Json]]) -> str:
    """Write tables of plain values; JSON's way of writing these is TOML's."""
    blocks = [
        "".join([f"[{name}]\n", *(f"{k} = {json.dumps(v)}\n" for k, v in table.items())])
        for name, table in tables.items()
    ]
    return "\n".join(blocks)


def yaml_text(value: Mapping[str, Json], indent: str = "") -> str:
    """Write nested mappings of plain values and lists of these."""
    lines = []
    for key, item in value.items():
        if isinstance(item, Mapping):
            lines.append(f"{indent}{key}:\n{yaml_text(item, indent + '  ')}")
        elif isinstance(item, list):
            listed = "".join([f"{indent}  - {_scalar(entry)}\n" for entry in item])
            lines.append(f"{indent}{key}:\n{listed}")
        else:
            lines.append(f"{indent}{key}: {_scalar(item)}\n")
    return "".join(lines)


def _scalar(value: Json) -> str:
    return value if isinstance(value, str) and value[:1].isalpha() else json.dumps(value)


def xml_text(root: Node) -> str:
    """Write an XML document."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(root, "")}'


def _element(node: Node, indent: str) -> str:
    attributes = "".join([f" {k}={quoteattr(v)}" for k, v in node.attributes.items()])
    if not node.children:
        text = escape(cell(node.text))
        return f"{indent}<{node.tag}{attributes}>{text}</{node.tag}>\n"
    inside = "".join([_element(child, indent + "  ") for child in node.children])
    return f"{indent}<{node.tag}{attributes}>\n{inside}{indent}</{node.tag}>\n"


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join([f"| {' | '.join(map(cell, row))} |\n" for row in lines])


def sqlite_bytes(tables: Mapping[str, Table], keys: Mapping[str, str] = {}) -> bytes:
    """Write a database.

    Args:
        tables: Its tables.
        keys: The primary key of a table, if it has one.
    """
    with closing(sqlite3.connect(":memory:")) as database:
        for name, table in tables.items():
            columns = [
                f"{column} {kind}{' PRIMARY KEY' if keys.get(name) == column else ''}"
                for column, kind in table.columns.items()
            ]
            database.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
            places = ", ".join("?" * len(table.columns))
            database.executemany(f"INSERT INTO {name} VALUES ({places})", table.rows)
        database.commit()
        written = bytearray(database.serialize())
    # Which library wrote it is none of its content.
    written[_LIBRARY] = _NO_LIBRARY
    return bytes(written)


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """Write a ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def tar_bytes(members: Mapping[str, bytes]) -> bytes:
    """Write a tar archive, compressed by gzip."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_893_456_000
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(stream.getvalue(), mtime=0)
