"""The sites of a web, one file for each."""

from collections.abc import Iterator

from wildgym.envs.web.graph import Graph
from wildgym.envs.web.sites.copies import archived, mirrors
from wildgym.envs.web.sites.encyclopaedia import articles
from wildgym.envs.web.sites.forum import threads
from wildgym.envs.web.sites.homepages import homepages
from wildgym.envs.web.sites.lists import lists
from wildgym.envs.web.sites.manuals import manuals
from wildgym.envs.web.sites.news import reports
from wildgym.envs.web.sites.papers import records
from wildgym.envs.web.sites.register import entries
from wildgym.envs.web.sites.shop import offers
from wildgym.tools import Rng
from wildgym.tools.web import Page

_SITES = (
    *(articles, reports, homepages, entries, threads, offers, manuals, records),
    *(mirrors, archived),
)


def pages(graph: Graph, seed: int, split: str) -> Iterator[Page]:
    """Yield all pages of the web that tells a graph."""
    yield from lists(graph)
    for site in _SITES:
        yield from site(graph, Rng(seed, split, site.__name__))
