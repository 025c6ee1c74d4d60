"""Files kept in another format than the one that their names in requests say.

A swap is a path, the path of the file instead, and of a table its delimiter and its columns.
"""

import csv
import io
import json
import tomllib
from configparser import ConfigParser

Files = dict[str, tuple[bytes, int]]
Swap = tuple[str, str, str, list[str]]


def kept(files: Files, swaps: list[Swap]) -> Files:
    """Return files as they are kept."""
    after = dict(files)
    for path, other, delimiter, _ in swaps:
        if path in after:
            data, mode = after.pop(path)
            after[other] = (write(read(data, delimiter or kind(path)), other).encode(), mode)
    return after


def canonical(files: Files, swaps: list[Swap]) -> Files:
    """Return files as requests name them; raise ValueError where one is not kept so."""
    after = dict(files)
    for path, other, delimiter, columns in swaps:
        if path in after:
            raise ValueError(f"{path} was to be kept as {other}")
        if other in after:
            data, mode = after.pop(other)
            value = read(data, kind(other))
            after[path] = (write(value, path, delimiter, columns).encode(), mode)
    return after


def kind(path: str) -> str:
    """Return how a file is read: its suffix, without the dot."""
    return path.rpartition(".")[2]


def read(data: bytes, how: str) -> object:
    """Read a file; `how` is a suffix or, for a table, its delimiter."""
    text = data.decode()
    if how == "json":
        return json.loads(text)
    if how == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    if how == "toml":
        return tomllib.loads(text)
    if how == "ini":
        parser = ConfigParser(interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(text)
        return {name: dict(parser.items(name)) for name in parser.sections()}
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=how, strict=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def write(value: object, path: str, delimiter: str = ",", columns: list[str] | None = None) -> str:
    """Write a file; delimiter and columns are those of a table."""
    form = kind(path)
    if form == "json":
        return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    if form == "jsonl":
        assert isinstance(value, list)
        return "".join([json.dumps(entry, ensure_ascii=False) + "\n" for entry in value])
    if form in ("toml", "ini"):
        assert isinstance(value, dict)
        return "\n".join([section(name, value[name], form) for name in value])
    assert isinstance(value, list)
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    rows.writerow(list(value[0]) if value else columns or [])
    rows.writerows([list(row.values()) for row in value])
    return out.getvalue()


def section(name: str, options: dict[str, object], form: str) -> str:
    """Write one section of plain values."""
    written = {k: json.dumps(v) if form == "toml" else v for k, v in options.items()}
    return f"[{name}]\n" + "".join([f"{k} = {v}\n" for k, v in written.items()])
