"""The store of a web: its pages and the index over them, in one SQLite file that nobody changes."""

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from wildgym.tools.web.page import Block, Bullets, Heading, Inline, Link, Page, Paragraph, Table
from wildgym.tools.web.query import Query

_SCHEMA = """
CREATE TABLE pages (id INTEGER PRIMARY KEY, url TEXT UNIQUE, title TEXT, site TEXT, author TEXT,
    published TEXT, blocks BLOB);
CREATE INDEX by_date ON pages (published);
CREATE TABLE plain (id INTEGER PRIMARY KEY, title TEXT, body TEXT, site TEXT);
CREATE VIRTUAL TABLE words USING fts5(title, body, site, content='plain', content_rowid='id',
    tokenize="porter unicode61 remove_diacritics 2");
"""
_QUOTE = '"'
_LAST = 1 << 60
_WEIGHTS = "8.0, 1.0, 0.0"
_SNIPPET_WORDS = 24
_DATED = """
SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM pages
WHERE published >= ? AND (? = '' OR published < ?)
"""
_COUNTED = "SELECT count(*) FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ?"
_RANKED = f"""
SELECT rowid, round(bm25(words, {_WEIGHTS}), 6) AS score FROM words
WHERE words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY score, rowid LIMIT ? OFFSET ?
"""
_SHOWN = f"""
SELECT url, pages.title, pages.site, published,
    snippet(words, 1, '', '', '…', {_SNIPPET_WORDS})
FROM words JOIN pages ON pages.id = words.rowid WHERE words MATCH ? AND words.rowid = ?
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that was found.

    Attributes:
        url: Where it is.
        title: Its title.
        site: Its site.
        published: Its date.
        snippet: Some of its words around those that were searched.
    """

    url: str
    title: str
    site: str
    published: str
    snippet: str


def build(place: Path, pages: Iterable[Page]) -> None:
    """Write a store, all or nothing."""
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f"{place.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    database = sqlite3.connect(unfinished)
    try:
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        dated = sorted(pages, key=lambda page: (page.published, page.url))
        for id, page in enumerate(dated, 1):
            blocks = zlib.compress(json.dumps(_packed(page.blocks)).encode())
            row = (id, page.url, page.title, page.site, page.author, page.published, blocks)
            database.execute("INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            database.execute(
                "INSERT INTO plain VALUES (?, ?, ?, ?)", (id, page.title, page.words, page.site)
            )
        database.execute("INSERT INTO words(words) VALUES ('rebuild')")
        database.execute("INSERT INTO words(words) VALUES ('optimize')")
        database.commit()
    finally:
        database.close()
    unfinished.replace(place)


class Web:
    """A web to search and read. It is never written to, so all episodes share it.

    Args:
        place: The file that `build` wrote.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self._process = 0
        self._page = lru_cache(maxsize=512)(self._read)
        self._open()

    def page(self, url: str) -> Page | None:
        """Return the page at a URL, or None if there is none."""
        return self._page(url)

    def search(
        self,
        query: Query,
        limit: int = 10,
        offset: int = 0,
        *,
        site: str = "",
        after: str = "",
        before: str = "",
    ) -> tuple[list[Hit], int]:
        """Return the best hits, and how many there are in all.

        Args:
            query: What is searched for. Pages with all its words are found; if there are none,
                those with any.
            limit: How many hits.
            offset: How many of the best are left out.
            site: Only pages of this site; empty for all.
            after: Only pages of this date or later.
            before: Only pages before this date.
        """
        low, high = self._dated(after, before)
        wanted = site or query.site
        for words in query.expressions:
            matched = f'({words}) AND site : "{wanted.replace(_QUOTE, "")}"' if wanted else words
            given = (matched, low, high)
            (count,) = self._open().execute(_COUNTED, given).fetchone()
            if count:
                best = self._open().execute(_RANKED, (*given, limit, offset)).fetchall()
                shown = [self._open().execute(_SHOWN, (matched, id)).fetchone() for id, _ in best]
                return [Hit(*row) for row in shown], int(count)
        return [], 0

    def _dated(self, after: str, before: str) -> tuple[int, int]:
        """Return the first and the last id of pages of some time: ids are in order of dates."""
        if not after and not before:
            return 1, _LAST
        low, high = self._open().execute(_DATED, (after, before, before)).fetchone()
        return int(low), int(high)

    def _read(self, url: str) -> Page | None:
        wanted = "SELECT url, title, site, author, published, blocks FROM pages WHERE url = ?"
        row = self._open().execute(wanted, (url,)).fetchone()
        if row is None:
            return None
        address, title, site, author, published, packed = row
        blocks = tuple(map(_unpacked, json.loads(zlib.decompress(packed))))
        return Page(address, title, site, author, published, blocks)

    def _open(self) -> sqlite3.Connection:
        if self._process != os.getpid():
            # A connection must not be carried into a process that was forked.
            address = f"file:{self.place}?mode=ro&immutable=1"
            self._database = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._process = os.getpid()
        return self._database


def _packed(blocks: Sequence[Block]) -> list[Any]:
    return [_pack(block) for block in blocks]


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


def _unpacked(packed: Any) -> Block:
    kind, *content = packed
    match kind:
        case "h":
            return Heading(content[0])
        case "p":
            return Paragraph(_line(content[0]))
        case "b":
            return Bullets(tuple(map(_line, content[0])))
        case _:
            rows = tuple(tuple(map(_line, row)) for row in content[1])
            return Table(tuple(content[0]), rows)


def _line(parts: Iterable[Any]) -> tuple[Inline, ...]:
    return tuple(part if isinstance(part, str) else Link(*part) for part in parts)
