"""Kinds of tasks about JSON documents and tables."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from wildgym.envs.directory.goal import FolderGoal
from wildgym.envs.directory.made.case import Case, askable, texts_in
from wildgym.envs.files.solving import python
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Json, Rng
from wildgym.tools.sandboxes.tree import Tree

_EACH = 8
_FEWEST_ROWS = 4
_DELIMITERS = (",", ";", "\t")


def json_value(tree: Tree, rng: Rng) -> Iterator[Case]:
    """Look a value up in a JSON document."""
    for path, text in rng.shuffled(list(texts_in(tree))):
        if not path.endswith(".json"):
            continue
        try:
            leaves = list(_leaves(json.loads(text), ""))
        except (ValueError, RecursionError):
            continue
        for place, value in rng.sample(leaves, min(_EACH, len(leaves))):
            request = ask(
                "What value does the JSON document {path} have at {place}, written as a JSON"
                " Pointer?",
                path=path,
                place=place,
            )
            if askable(value, request):
                yield Case(request, FolderGoal(answer=value), _look_up)


def _leaves(value: Json, place: str) -> Iterator[tuple[str, str | int]]:
    """Yield the texts and whole numbers in a document, with their JSON Pointers."""
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in entries:
            yield from _leaves(inner, f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif place and isinstance(value, str | int) and not isinstance(value, bool):
        yield place, value


def _look_up(path: str, place: str) -> Solution:
    code = """
    import json
    value = json.load(open(path, encoding="utf-8"))
    for part in place.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        value = value[int(part) if isinstance(value, list) else part]
    print(json.dumps(value))
    """
    return (yield from python(code, path=path, place=place))


@dataclass(frozen=True)
class Table:
    """A table in a file, each row with a cell for every column."""

    path: str
    columns: list[str]
    rows: list[list[str]]


def csv_cell(tree: Tree, rng: Rng) -> Iterator[Case]:
    """Look a cell up in a table."""
    for table in rng.shuffled(list(_tables(tree))):
        keys = [n for n, _ in enumerate(table.columns) if _tells_rows_apart(table, n)]
        for key in keys[:1]:
            for row in rng.sample(table.rows, min(_EACH, len(table.rows))):
                column = rng.pick([n for n, _ in enumerate(row) if n != key])
                request = ask(
                    "In the table {path}, what is in the column '{column}' of the row whose"
                    " '{key}' is '{value}'?",
                    path=table.path,
                    column=table.columns[column],
                    key=table.columns[key],
                    value=row[key],
                )
                if askable(row[column], request):
                    yield Case(request, FolderGoal(answer=row[column]), _cell)


def _cell(path: str, column: str, key: str, value: str) -> Solution:
    code = _READ + "print(json.dumps(next(row[column] for row in rows if row[key] == value)))"
    return (yield from python(code, path=path, column=column, key=key, value=value))


def csv_count(tree: Tree, rng: Rng) -> Iterator[Case]:
    """Count the rows of a table that have a value."""
    for table in rng.shuffled(list(_tables(tree))):
        for n, column in enumerate(table.columns):
            counted = Counter(row[n] for row in table.rows if _is_plain(row[n]))
            common = sorted(v for v, count in counted.items() if 3 < count < len(table.rows))
            for value in rng.sample(common, min(_EACH, len(common))):
                request = ask(
                    "How many rows of the table {path} have '{value}' in the column '{column}'?",
                    path=table.path,
                    value=value,
                    column=column,
                )
                if askable(counted[value], request):
                    yield Case(request, FolderGoal(answer=counted[value]), _count)


def _count(path: str, value: str, column: str) -> Solution:
    code = _READ + "print(json.dumps(sum(row[column] == value for row in rows)))"
    return (yield from python(code, path=path, value=value, column=column))


_READ = """
import csv, json
file = open(path, encoding="utf-8", newline="")
first = file.readline()
_ = file.seek(0)
rows = list(csv.DictReader(file, delimiter=max(",;\\t", key=first.count)))
"""


def _tables(tree: Tree) -> Iterator[Table]:
    """Yield tables: with different names for columns, and none of their rows short or long."""
    for path, text in texts_in(tree):
        if not path.endswith((".csv", ".tsv")):
            continue
        first = text.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=first.count)
        try:
            lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            header, *rows = [row for row in lines if row]
        except (csv.Error, ValueError):
            continue
        even = first and all(len(row) == len(header) for row in rows)
        named = len(set(header)) == len(header) and all(map(_is_plain, header))
        if even and named and len(header) > 1 and len(rows) >= _FEWEST_ROWS:
            yield Table(path, header, rows)


def _tells_rows_apart(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows]
    return len(set(cells)) == len(cells) and all(map(_is_plain, cells))


def _is_plain(cell: str) -> bool:
    return cell.isprintable() and cell == cell.strip() and "'" not in cell and 0 < len(cell) <= 40
