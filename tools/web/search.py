"""The search engine, as a tool."""

from typing import Annotated

from pydantic import Field

from wildgym.tools.tool import Json, reads
from wildgym.tools.web.query import read_query
from wildgym.tools.world import World

_HITS = 10
_LAST_PAGE = 20

Day = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
"""A date, ISO 8601, or nothing."""


@reads
def web_search(
    world: World,
    query: Annotated[str, Field(min_length=1, max_length=400)],
    page: Annotated[int, Field(ge=1, le=_LAST_PAGE)] = 1,
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
    hits, count = world.web_here().search(
        read_query(query),
        _HITS,
        _HITS * (page - 1),
        after=published_after,
        before=published_before,
    )
    results = [
        {
            "url": hit.url,
            "title": hit.title,
            "site": hit.site,
            "published": hit.published,
            "snippet": hit.snippet,
        }
        for hit in hits
    ]
    pages = min(_LAST_PAGE, -(-count // _HITS))
    return {"results": results, "page": page, "pages": pages}
