"""The state that tools act on: tables of immutable rows, a virtual clock, and what layers remember.

Worlds share structure. A table is copied when it is first written to, rows are replaced and never
changed, so that opening an episode or forking a running one costs a few dictionary copies however
large the world is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wildgym.tools.tool import ToolError

if TYPE_CHECKING:
    from wildgym.tools.web.store import Web
    from wildgym.tools.workspace import Workspace

Row = Mapping[str, Any]
Table = Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class TableType:
    """What all rows of a table have in common.

    Attributes:
        prefix: What the ids of new rows begin with.
        prose: Fields that hold free text, where wording is the writer's own.
    """

    prefix: str
    prose: frozenset[str] = frozenset()


class World:
    """One live state.

    Args:
        tables: Rows by id, by table. Never changed by this world.
        types: The type of each table.
        today: The date of the episode, ISO 8601.

    Attributes:
        clock: Seconds of virtual time since the episode began.
        memory: What toolset layers keep between calls; values must be immutable.
        answer: What the agent handed in, or None while the episode runs.
        workspace: The folder that the agent works in, where there is one.
        web: The web that the agent searches, where there is one. Nothing changes it.
    """

    __slots__ = (
        *("_owned", "_tables", "answer", "base", "clock", "memory", "today", "types"),
        *("web", "workspace"),
    )

    def __init__(
        self, tables: Mapping[str, Table], types: Mapping[str, TableType], today: str
    ) -> None:
        self.base = tables
        self.types = types
        self.today = today
        self.clock = 0.0
        self.memory: dict[Any, Any] = {}
        self.answer: Mapping[str, Any] | None = None
        self.workspace: Workspace | None = None
        self.web: Web | None = None
        self._tables: dict[str, Table] = dict(tables)
        self._owned: dict[str, dict[str, Row]] = {}

    def fork(self) -> "World":
        """Return an independent copy that shares all rows with this one."""
        twin = World.__new__(World)
        twin.base, twin.types, twin.today = self.base, self.types, self.today
        twin.clock, twin.answer = self.clock, self.answer
        twin.memory = self.memory.copy()
        twin.workspace = None if self.workspace is None else self.workspace.fork()
        twin.web = self.web
        twin._tables = self._tables.copy()
        # Neither side may write into a table that the other still reads.
        twin._owned, self._owned = {}, {}
        return twin

    def workspace_here(self) -> "Workspace":
        """Return the folder that the agent works in."""
        assert self.workspace is not None, "this world has no workspace"
        return self.workspace

    def web_here(self) -> "Web":
        """Return the web that the agent searches."""
        assert self.web is not None, "this world has no web"
        return self.web

    def rebased(self) -> "World":
        """Return a fork for which the present state counts as the beginning."""
        twin = self.fork()
        twin.base = twin._tables.copy()
        return twin

    def table(self, name: str) -> Table:
        """Return all rows of a table by id, in order of creation."""
        return self._tables[name]

    def rows(self, name: str, /, **equal: object) -> list[Row]:
        """Return the rows of a table whose fields have the given values."""
        rows: Iterable[Row] = self._tables[name].values()
        for field, value in equal.items():
            rows = [row for row in rows if row[field] == value]
        return list(rows)

    def row(self, name: str, id: str) -> Row:
        """Return one row.

        Raises:
            ToolError: `not_found`, when the table has no such id.
        """
        try:
            return self._tables[name][id]
        except KeyError:
            raise ToolError("not_found", f"There is no entry {id!r} in {name}.") from None

    def put(self, name: str, row: Row) -> Row:
        """Store a row under its `id`, in place of one that was there, and return it."""
        self._writable(name)[row["id"]] = row
        return row

    def create(self, name: str, /, **fields: Any) -> Row:
        """Store a new row under a new id, and return it."""
        number = self.memory.get(("created", name), 0) + 1
        self.memory["created", name] = number
        return self.put(name, {"id": f"{self.types[name].prefix}-{9000 + number}", **fields})

    def update(self, name: str, id: str, /, **changes: Any) -> Row:
        """Replace fields of one row and return the new row; raise ToolError if there is none."""
        return self.put(name, {**self.row(name, id), **changes})

    def delete(self, name: str, id: str) -> Row:
        """Remove one row and return it; raise ToolError if there is none."""
        row = self.row(name, id)
        del self._writable(name)[id]
        return row

    def changed_tables(self) -> list[str]:
        """Return the names of the tables that were written to since the beginning."""
        return [name for name, table in self._tables.items() if table is not self.base[name]]

    def same_tables(self, other: "World") -> bool:
        """Say whether no table was written to since one of two worlds was forked off the other."""
        return all(table is other._tables[name] for name, table in self._tables.items())

    def take_tables(self, other: "World") -> None:
        """Put all tables back to what they are in a fork of this world that was made before."""
        self._tables, self._owned = other._tables.copy(), {}

    def _writable(self, name: str) -> dict[str, Row]:
        table = self._owned.get(name)
        if table is None:
            table = self._owned[name] = dict(self._tables[name])
            self._tables[name] = table
        return table
