"""The store of a web: its pages and the index over them, in one SQLite file that nobody changes."""

import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from wildgym.tools.web.packing import packed, unpacked
from wildgym.tools.web.page import Page
from wildgym.tools.web.query import Query, on_site
from wildgym.tools.web.ranking import Matches, best
from wildgym.tools.web.scoring import SCHEMA, keep, scored

_SCHEMA = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE pages (id INTEGER PRIMARY KEY, url TEXT UNIQUE, title TEXT, site TEXT, author TEXT,
    published TEXT, blocks BLOB);
CREATE INDEX by_date ON pages (published);
CREATE TABLE plain (id INTEGER PRIMARY KEY, title TEXT, body TEXT, site TEXT);
CREATE VIRTUAL TABLE words USING fts5(title, body, site, content='plain', content_rowid='id',
    tokenize="porter unicode61 remove_diacritics 2");
{SCHEMA}
"""
_SHOWN_TERMS = 4
_SNIPPET_WORDS = 24
_FIRST_SINCE = "SELECT id FROM pages WHERE published >= ? ORDER BY published, id LIMIT 1"
_MATCHED = "SELECT rowid FROM words WHERE words MATCH ?"
_SHOWN = f"""
SELECT url, pages.title, pages.site, published,
    replace(snippet(words, 1, '', '', '…', {_SNIPPET_WORDS}), char(10), ' ')
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
    try:
        with closing(sqlite3.connect(unfinished)) as database:
            _fill(database, sorted(pages, key=lambda page: (page.published, page.url)))
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)


def _fill(database: sqlite3.Connection, dated: Sequence[Page]) -> None:
    database.executescript(_SCHEMA)
    for id, page in enumerate(dated, 1):
        blocks = packed(page.blocks)
        row = (id, page.url, page.title, page.site, page.author, page.published, blocks)
        database.execute("INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        # A site is known by its name and by its address.
        site = f"{page.site} {urlsplit(page.url).netloc}"
        database.execute(
            "INSERT INTO plain VALUES (?, ?, ?, ?)", (id, page.title, page.words, site)
        )
    database.execute("INSERT INTO words(words) VALUES ('rebuild')")
    database.execute("INSERT INTO words(words) VALUES ('optimize')")
    keep(database, (f"{page.title} {page.words}" for page in dated))
    database.commit()


class Web:
    """A web to search and read. It is never written to, so all episodes and threads share it.

    Args:
        place: The file that `build` wrote.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self._process = 0
        self._page = lru_cache(maxsize=512)(self._read)
        self._scored = lru_cache(maxsize=512)(self._score)
        self._on = lru_cache(maxsize=64)(self._match)
        (self._pages,) = self._open().execute("SELECT count(*) FROM pages").fetchone()

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
                those with any of them.
            limit: How many hits.
            offset: How many of the best are left out.
            site: Only pages of this site, by name or address; empty for all.
            after: Only pages of this date or later.
            before: Only pages before this date.
        """
        groups = [[self._scored(term) for term in group] for group in query.wanted]
        allowed = self._allowed(on_site(site) or query.site, query.unwanted, after, before)
        ids, count = best(groups, allowed, offset + limit)
        terms = sorted({term for group in query.wanted for term in group}, key=self._frequency)
        return [self._hit(id, terms) for id in ids[offset:]], count

    def _hit(self, id: int, terms: Sequence[str]) -> Hit:
        """Return a page with a snippet around those of its terms that come first."""
        shown = [term for term in terms if self._scored(term).on[id]][:_SHOWN_TERMS]
        return Hit(*self._open().execute(_SHOWN, (" OR ".join(shown), id)).fetchone())

    def _allowed(
        self, site: str, unwanted: Iterable[str], after: str, before: str
    ) -> NDArray[np.bool_]:
        """Return for each id whether it may be found. Ids are in order of dates, from 1."""
        allowed = np.zeros(self._pages + 1, np.bool_)
        first = self._since(after) if after else 1
        allowed[first : self._since(before) if before else None] = True
        if site:
            allowed &= self._on(site)
        for term in unwanted:
            allowed &= ~self._on(term)
        return allowed

    def _frequency(self, term: str) -> tuple[int, str]:
        return self._scored(term).ids.size, term

    def _score(self, term: str) -> Matches:
        return scored(self._open(), term, self._pages)

    def _match(self, term: str) -> NDArray[np.bool_]:
        matched = np.zeros(self._pages + 1, np.bool_)
        matched[[id for (id,) in self._open().execute(_MATCHED, (term,))]] = True
        return matched

    def _since(self, date: str) -> int:
        found = self._open().execute(_FIRST_SINCE, (date,)).fetchone()
        return int(found[0]) if found else self._pages + 1

    def _read(self, url: str) -> Page | None:
        wanted = "SELECT url, title, site, author, published, blocks FROM pages WHERE url = ?"
        # Half a character, which JSON can carry, is in no address.
        row = self._open().execute(wanted, (url.encode(errors="replace").decode(),)).fetchone()
        if row is None:
            return None
        address, title, site, author, published, blocks = row
        return Page(address, title, site, author, published, unpacked(blocks))

    def _open(self) -> sqlite3.Connection:
        if self._process != os.getpid():
            # A connection must not be carried into a process that was forked.
            address = f"{self.place.absolute().as_uri()}?mode=ro&immutable=1"
            self._database = sqlite3.connect(address, uri=True, check_same_thread=False)
            finalize(self, self._database.close)
            self._process = os.getpid()
        return self._database
