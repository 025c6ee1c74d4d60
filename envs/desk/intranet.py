"""A firm's own pages, searched together with the web: those that fit come first."""

import sqlite3
from collections.abc import Sequence
from functools import cached_property
from weakref import finalize

from wildgym.tools.web import Page, Web
from wildgym.tools.web.query import Query, on_site
from wildgym.tools.web.store import Hit

SITE = "intranet"
_SNIPPET = 200
_SCHEMA = """
CREATE VIRTUAL TABLE words USING fts5(title, body, site,
    tokenize="porter unicode61 remove_diacritics 2")
"""


class Intranet(Web):
    """A web with some pages more.

    Args:
        public: The web that everybody sees.
        own: The firm's pages.
    """

    def __init__(self, public: Web, own: Sequence[Page]) -> None:
        self.place = public.place
        self._public = public
        self._own = sorted(own, key=lambda page: page.published, reverse=True)

    def page(self, url: str) -> Page | None:
        """Return the page at a URL, or None if there is none."""
        for page in self._own:
            if page.url == url:
                return page
        return self._public.page(url)

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
        """Return the firm's hits, the newest of the best first, and then the public ones."""
        own = self._hits(query, on_site(site) or query.site, after, before)
        shown = own[offset : offset + limit]
        more, count = self._public.search(
            query,
            limit - len(shown),
            max(0, offset - len(own)),
            site=site,
            after=after,
            before=before,
        )
        return [*shown, *more], len(own) + count

    def _hits(self, query: Query, site: str, after: str, before: str) -> list[Hit]:
        """Return the pages that have most of what is wanted."""
        barred = {n for term in query.unwanted for n in self._matches(term)}
        allowed = self._matches(site) if site else set(range(len(self._own)))
        groups = [
            {n for term in group for n in self._matches(term)} & allowed for group in query.wanted
        ]
        counts = {n: sum(n in group for group in groups) for n in allowed - barred}
        kept = [n for n, count in counts.items() if count and 3 * count >= 2 * len(groups)]
        return [
            _hit(self._own[n])
            for n in sorted(kept, key=lambda n: (-counts[n], n))
            if self._own[n].published >= after and (self._own[n].published < before or not before)
        ]

    def _matches(self, term: str) -> set[int]:
        rows = self._index.execute("SELECT rowid FROM words WHERE words MATCH ?", (term,))
        return {rowid for (rowid,) in rows}

    @cached_property
    def _index(self) -> sqlite3.Connection:
        index = sqlite3.connect(":memory:", check_same_thread=False)
        finalize(self, index.close)
        index.execute(_SCHEMA)
        index.executemany(
            "INSERT INTO words(rowid, title, body, site) VALUES (?, ?, ?, ?)",
            [(n, page.title, page.words, page.site) for n, page in enumerate(self._own)],
        )
        return index


def _hit(page: Page) -> Hit:
    snippet = page.words.replace("\n", " ")[:_SNIPPET]
    return Hit(page.url, page.title, page.site, page.published, snippet)
