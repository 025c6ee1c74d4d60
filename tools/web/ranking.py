"""Which pages are found, and which of them first.

The relevance of a page (BM25) is a sum over terms. So terms are looked up one by one, kept, and
added here for all pages at once: a long question costs little more than a name.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_DIGITS = 6


class Matches(NamedTuple):
    """The pages that a term occurs on.

    Attributes:
        ids: Their ids.
        on: For each id, whether the term occurs on that page.
        scores: How relevant each is, the best least, as SQLite has it.
    """

    ids: NDArray[np.intp]
    on: NDArray[np.bool_]
    scores: NDArray[np.float64]


def best(
    groups: Sequence[Sequence[Matches]], allowed: NDArray[np.bool_], most: int
) -> tuple[list[int], int]:
    """Return the ids of the best pages, best first, and how many are found in all.

    Args:
        groups: Terms. Pages are found that have one term of each group; if there are none, pages
            that have any.
        allowed: For each id, whether it may be found.
        most: How many ids at most.
    """
    if not groups:
        return [], 0
    scores = np.zeros(allowed.size)
    having = np.zeros(allowed.size, np.int8)
    for group in groups:
        for term in group:
            scores[term.ids] += term.scores
        on = [term.on for term in group]
        # As numbers of one type, which are added fastest; there are fewer groups than overflow it.
        having += (on[0] if len(on) == 1 else np.logical_or.reduce(on)).view(np.int8)
    having *= allowed
    found = np.flatnonzero(having == len(groups))
    if not found.size:
        found = np.flatnonzero(having)
    # Sums differ in their last digits by the order of terms. Equal ones are in order of ids.
    totals = np.round(scores[found], _DIGITS)
    count = found.size
    if count > most:
        near = totals <= np.partition(totals, most - 1)[most - 1]
        found, totals = found[near], totals[near]
    return found[np.argsort(totals, kind="stable")[:most]].tolist(), count
