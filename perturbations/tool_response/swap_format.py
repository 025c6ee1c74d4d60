"""Results in another format than JSON."""

import csv
import html
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.tools import EPISODE_TOOLS, Calls, Json, Layer, ToolCall, ToolResult, World

Format = Literal["csv", "markdown", "xml", "yaml"]


@dataclass(frozen=True)
class Swapped(Layer):
    """A toolset whose records come as text in another format.

    Args:
        format: Which.
        draw: Which tools are changed.
        share: The share of tools that are.
    """

    format: Format
    draw: Draw
    share: float

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Rewrite records and lists of records; everything else stays JSON."""
        result = self.inner.call(call, world)
        if result.is_error or not self._changed(call.name) or not _is_table(result.value):
            return result
        return ToolResult(_WRITE[self.format](result.value))

    def overcome(self, call: ToolCall) -> Calls[ToolResult]:
        """Read the format."""
        result = yield call
        if result.is_error or not isinstance(result.value, str) or not self._changed(call.name):
            return result
        read = _READ[self.format](result.value)
        return result if read is None else ToolResult(read)

    def _changed(self, tool: str) -> bool:
        return tool not in EPISODE_TOOLS and self.draw.chance(self.share, tool)


def _is_table(value: Json) -> bool:
    """Say whether a value is a record, or some records with equal keys, all of them names."""
    rows = value if isinstance(value, list) else [value]
    if not rows or not all(isinstance(row, dict) and row for row in rows):
        return False
    keys = rows[0].keys()
    return all(map(str.isidentifier, keys)) and all(row.keys() == keys for row in rows)


def _cell(value: Json) -> str:
    """Write a value as a bare word where that cannot be mistaken for anything else."""
    if isinstance(value, str) and value.strip() == value and value.isprintable() and value:
        try:
            json.loads(value)
        except ValueError:
            return value
    return json.dumps(value, ensure_ascii=False)


def _value(cell: str) -> Json:
    try:
        return json.loads(cell)
    except ValueError:
        return cell


def _write_csv(value: Json) -> str:
    rows = value if isinstance(value, list) else [value]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*rows[0]])
    writer.writerows([[_cell(row[k]) for k in rows[0]] for row in rows])
    return ("record\n" if isinstance(value, dict) else "records\n") + out.getvalue().rstrip("\n")


def _read_csv(text: str) -> Json:
    kind, _, table = text.partition("\n")
    if kind not in ("record", "records"):
        return None
    return _rows(kind, list(csv.reader(io.StringIO(table))))


def _write_markdown(value: Json) -> str:
    rows = value if isinstance(value, list) else [value]
    lines = [
        [*rows[0]],
        ["---"] * len(rows[0]),
        *([_bar_free(r[k]) for k in rows[0]] for r in rows),
    ]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return ("**record**\n" if isinstance(value, dict) else "**records**\n") + table


def _bar_free(value: Json) -> str:
    cell = _cell(value)
    return cell if "|" not in cell else json.dumps(value).replace("|", "\\u007c")


def _read_markdown(text: str) -> Json:
    kind, _, table = text.partition("\n")
    if kind not in ("**record**", "**records**"):
        return None
    lines = [line[2:-2].split(" | ") for line in table.split("\n")]
    return _rows(kind.strip("*"), [lines[0], *lines[2:]])


def _write_xml(value: Json) -> str:
    rows = value if isinstance(value, list) else [value]
    lines = [
        "<row>"
        + "".join(f"<{k}>{html.escape(_cell(v), quote=False)}</{k}>" for k, v in row.items())
        + "</row>"
        for row in rows
    ]
    kind = "record" if isinstance(value, dict) else "records"
    return "\n".join([f"<{kind}>", *lines, f"</{kind}>"])


def _read_xml(text: str) -> Json:
    kind = text[1 : text.find(">")]
    if kind not in ("record", "records"):
        return None
    rows = [
        {k: _value(html.unescape(v)) for k, v in re.findall(r"<([\w-]+)>(.*?)</\1>", line[5:-6])}
        for line in text.split("\n")[1:-1]
    ]
    return rows if kind == "records" else rows[0]


def _write_yaml(value: Json) -> str:
    rows = value if isinstance(value, list) else [value]
    # JSON scalars and inline collections are YAML 1.2 as they stand.
    items = [
        "\n".join(f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in row.items())
        for row in rows
    ]
    if isinstance(value, dict):
        return f"---\n{items[0]}"
    return "---\n" + "\n".join("- " + item.replace("\n", "\n  ") for item in items)


def _read_yaml(text: str) -> Json:
    begin, _, body = text.partition("\n")
    if begin != "---":
        return None
    listed = body.startswith("- ")
    items = body[2:].split("\n- ") if listed else [body]
    rows = [
        {name: json.loads(v) for name, v in (line.strip().split(": ", 1) for line in i.split("\n"))}
        for i in items
    ]
    return rows if listed else rows[0]


def _rows(kind: str, lines: Sequence[Sequence[str]]) -> Json:
    head, *body = lines
    rows = [dict(zip(head, map(_value, line), strict=True)) for line in body]
    return rows if kind == "records" else rows[0]


_WRITE: Mapping[Format, Callable[[Json], str]] = {
    "csv": _write_csv,
    "markdown": _write_markdown,
    "xml": _write_xml,
    "yaml": _write_yaml,
}
_READ: Mapping[Format, Callable[[str], Json]] = {
    "csv": _read_csv,
    "markdown": _read_markdown,
    "xml": _read_xml,
    "yaml": _read_yaml,
}


class SwapFormat(Perturbation):
    """Give records as CSV, a Markdown table, XML or YAML instead of JSON."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "R32"
    lesson: ClassVar = "The records come in another format, so I read that."
    rank: ClassVar = 2

    format: Format = "csv"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rewrite what a share of all tools give."""
        toolset = scenario.toolset
        layer = Swapped(toolset, toolset.specs, self.format, draw, self.strength)
        return scenario.behind(self.name, layer, toolset=layer)
