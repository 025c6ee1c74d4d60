"""The search engine, as a tool."""

from typing import Annotated

from pydantic import Field

from wildgym.tools.tool import Json, reads
from wildgym.tools.web.query import read_query
from wildgym.tools.web.store import Hit, Web
from wildgym.tools.world import World

HITS = 10
"""Results on one page."""
LAST_PAGE = 20
LONGEST_QUERY = 400

Day = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
"""A date, ISO 8601, or nothing."""


@reads
def web_search(
    world: World,
    query: Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY)],
    page: Annotated[int, Field(ge=1, le=LAST_PAGE)] = 1,
    published_after: Day = "",
    published_before: Day = "",
) -> dict[str, Json]:
    """Search the web. Pages that have all words come first, the best of them first.

    Args:
        query: Words to find. Understands "exact phrases", OR, -without, intitle:word, site:name.
        page: Which page of results, from 1.
        published_after: Only pages of this date or later, as YYYY-MM-DD; empty for all.
        published_before: Only pages before this date, as YYYY-MM-DD; empty for all.
    """
    hits, pages = results(world.web_here(), query, page, published_after, published_before)
    shown = [
        {
            "url": hit.url,
            "title": hit.title,
            "site": hit.site,
            "published": hit.published,
            "snippet": hit.snippet,
        }
        for hit in hits
    ]
    return {"results": shown, "page": page, "pages": pages}


def results(
    web: Web, query: str, page: int, after: str = "", before: str = ""
) -> tuple[list[Hit], int]:
    """Return a page of results, and how many such pages there are."""
    first = HITS * (page - 1)
    hits, count = web.search(read_query(query), HITS, first, after=after, before=before)
    return hits, min(LAST_PAGE, -(-count // HITS))
