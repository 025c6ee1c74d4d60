"""SQLite databases."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import ClassVar, Self

from wildgym.envs.files.formats.core import Content

_STEPS = 5_000_000
_VERSIONS = slice(18, 20)

Value = str | int | float | None


@dataclass(frozen=True)
class Table:
    """A table.

    Args:
        columns: The declared type of each column by name, in order: `INTEGER`, `TEXT`, `REAL`.
        rows: Its rows; they are in no order.
    """

    columns: Mapping[str, str]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True)
class Database(Content):
    """A database of tables, without anything else.

    Args:
        tables: The tables, by name.
        indices: Names of its indices.
    """

    most: ClassVar[int] = 4 << 20

    tables: Mapping[str, Table]
    indices: frozenset[str] = frozenset()

    def right(self, data: bytes) -> bool:
        """Open a copy in memory, and compare names, columns and rows."""
        with closing(_opened(data)) as database:
            if database.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
                return False
            names = {("table", name) for name in self.tables} | {("index", n) for n in self.indices}
            if _objects(database) != names:
                return False
            return all(_same(database, name, table) for name, table in self.tables.items())

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Return what a database of ours holds."""
        with closing(_opened(data)) as database:
            objects = sorted(_objects(database))
            tables = {
                name: Table(columns := _columns(database, name), _rows(database, name, columns, -1))
                for kind, name in objects
                if kind == "table"
            }
            return cls(tables, frozenset(name for kind, name in objects if kind == "index"))


def _opened(data: bytes) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    # A copy in memory has no log beside it, which the header of one that had would demand.
    plain = bytearray(data)
    plain[_VERSIONS] = b"\x01\x01"
    database.deserialize(bytes(plain))
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 20)
    database.set_progress_handler(lambda: 1, _STEPS)
    database.executescript("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")
    return database


def _objects(database: sqlite3.Connection) -> set[tuple[str, str]]:
    found = database.execute("SELECT type, name, sql FROM sqlite_master LIMIT 1000").fetchall()
    if any("virtual" in (sql or "").casefold()[:40] for _, _, sql in found):
        raise ValueError("a virtual table")
    return {(kind, name) for kind, name, _ in found if not name.startswith("sqlite_")}


def _columns(database: sqlite3.Connection, table: str) -> dict[str, str]:
    rows = database.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
    return {name: kind.upper() for name, kind in rows}


def _rows(
    database: sqlite3.Connection, table: str, columns: Mapping[str, str], most: int
) -> list[tuple[Value, ...]]:
    listed = ", ".join(map(_quoted, columns))
    return database.execute(f"SELECT {listed} FROM {_quoted(table)} LIMIT ?", (most,)).fetchall()


def _same(database: sqlite3.Connection, name: str, table: Table) -> bool:
    columns = _columns(database, name)
    if list(columns.items()) != list(table.columns.items()):
        return False
    rows = _rows(database, name, columns, len(table.rows) + 1)
    return Counter(map(_typed, rows)) == Counter(map(_typed, table.rows))


def _typed(row: Sequence[Value]) -> tuple[str, ...]:
    """A row as text in which types differ, but for `2` and `2.0`."""
    return tuple(f"{v:.2f}" if isinstance(v, int | float) else repr(v) for v in row)


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
