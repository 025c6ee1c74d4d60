"""How relevant pages are to a term; for words of many pages that is found out once, for good."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable

import numpy as np

from wildgym.tools.web.query import anywhere
from wildgym.tools.web.ranking import Matches

SCHEMA = "CREATE TABLE scored (term TEXT PRIMARY KEY, ids BLOB, scores BLOB) WITHOUT ROWID;"
_WEIGHTS = "8.0, 1.0, 0.0"
_SCORED = f"SELECT rowid, bm25(words, {_WEIGHTS}) FROM words WHERE words MATCH ?"
_KEPT = "SELECT ids, scores FROM scored WHERE term = ?"
_MANY = 50
_WORD = re.compile(r"[^\W_]+")


def keep(database: sqlite3.Connection, texts: Iterable[str]) -> None:
    """Score the words that are on many pages, and put that into the store."""
    on = Counter[str]()
    for text in texts:
        on.update(set(_WORD.findall(text.lower())))
    for term in filter(None, (anywhere(word) for word in sorted(on) if on[word] >= _MANY)):
        ids, scores = zip(*database.execute(_SCORED, (term,)), strict=True)
        row = term, np.array(ids, "<u4").tobytes(), np.array(scores, "<f8").tobytes()
        database.execute("INSERT INTO scored VALUES (?, ?, ?)", row)


def scored(database: sqlite3.Connection, term: str, pages: int) -> Matches:
    """Return which pages a term occurs on, and how relevant each is.

    Args:
        database: The store.
        term: In the index's own language.
        pages: How many pages there are.
    """
    kept = database.execute(_KEPT, (term,)).fetchone()
    if kept is not None:
        ids, scores = np.frombuffer(kept[0], "<u4").astype(np.intp), np.frombuffer(kept[1], "<f8")
    else:
        rows = np.array(database.execute(_SCORED, (term,)).fetchall()).reshape(-1, 2)
        ids, scores = rows[:, 0].astype(np.intp), rows[:, 1].copy()
    on = np.zeros(pages + 1, np.bool_)
    on[ids] = True
    return Matches(ids, on, scores)
