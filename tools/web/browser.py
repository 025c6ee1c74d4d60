"""A text browser: pages are opened, read part by part, searched, left by their links."""

import re
from typing import Annotated, NamedTuple

from pydantic import Field

from wildgym.tools.tool import Json, ToolError, reads
from wildgym.tools.web.page import Page, plain
from wildgym.tools.world import World

_AROUND = 160
_MOST_MATCHES = 20
_BROWSER = "browser"
_WORDS = re.compile(r"\w+|[^\w\s]")
_MARKS = r"(?:\s|\[\d+: |\])*+"


class Tab(NamedTuple):
    """Where the browser is.

    Attributes:
        url: The page that is open.
        part: Which part of it is shown, from 1.
        before: The pages that were open before, the last at the end.
    """

    url: str
    part: int
    before: tuple[str, ...]


@reads
def open_page(world: World, url: str, part: Annotated[int, Field(ge=1)] = 1) -> dict[str, Json]:
    """Open a page, and show the first part of it, or another. Links are numbered: [1: words].

    Args:
        url: Where it is.
        part: Which part to show; long pages have several.
    """
    return _opened(world, url, part)


@reads
def follow_link(world: World, number: Annotated[int, Field(ge=1)]) -> dict[str, Json]:
    """Open the page that a link of the open page leads to.

    Args:
        number: The link's number.
    """
    page = _current(world)
    if number > len(page.links):
        raise ToolError("no_such_link", f"The page has {len(page.links)} links, not {number}.")
    return _opened(world, page.links[number - 1].url, 1)


@reads
def go_back(world: World) -> dict[str, Json]:
    """Open the page that was open before."""
    tab: Tab | None = world.memory.get(_BROWSER)
    if tab is None or not tab.before:
        raise ToolError("nothing_before", "No page was open before.")
    *before, url = tab.before
    world.memory[_BROWSER] = Tab(url, 1, tuple(before))
    return _shown(_found(world, url), 1)


@reads
def next_part(world: World) -> dict[str, Json]:
    """Show the next part of the open page."""
    page, tab = _current(world), world.memory[_BROWSER]
    if tab.part == len(page.parts):
        raise ToolError("last_part", f"This is the last of {tab.part} parts.")
    world.memory[_BROWSER] = tab._replace(part=tab.part + 1)
    return _shown(page, tab.part + 1)


@reads
def find_in_page(
    world: World, text: Annotated[str, Field(min_length=1, max_length=200)]
) -> list[dict[str, Json]]:
    """Find words in the open page: the parts that they are in, with what is around them.

    Args:
        text: What to find; capitals do not matter.
    """
    # Between two words there may be the mark of a link, which a reader does not look for.
    wanted = _MARKS.join(map(re.escape, _WORDS.findall(text)))
    found: list[dict[str, Json]] = []
    for number, part in enumerate(_current(world).parts, 1):
        last = 0
        for match in re.finditer(wanted, part, re.IGNORECASE) if wanted else ():
            if match.start() < last or len(found) == _MOST_MATCHES:
                continue
            last = match.end() + _AROUND
            around = part[max(0, match.start() - _AROUND) : last]
            found.append({"part": number, "text": around})
    return found


@reads
def read_tables(world: World) -> list[dict[str, Json]]:
    """Read the tables of the open page as rows."""
    return [
        {"columns": list(table.head), "rows": [[plain(cell) for cell in row] for row in table.rows]}
        for table in _current(world).tables
    ]


BROWSER_TOOLS = (open_page, follow_link, go_back, next_part, find_in_page, read_tables)
"""All that the browser does."""


def _opened(world: World, url: str, part: int) -> dict[str, Json]:
    page = _found(world, url)
    if part > len(page.parts):
        raise ToolError("no_such_part", f"The page has {len(page.parts)} parts, not {part}.")
    tab: Tab | None = world.memory.get(_BROWSER)
    before = tab.before if tab is not None else ()
    if tab is not None and tab.url != page.url:
        before = (*before, tab.url)
    world.memory[_BROWSER] = Tab(page.url, part, before)
    return _shown(page, part)


def _found(world: World, url: str) -> Page:
    page = world.web_here().page(url.strip())
    if page is None:
        raise ToolError("not_found", f"404: there is no page at {url[:200]!r}. Search for it.")
    return page


def _current(world: World) -> Page:
    tab: Tab | None = world.memory.get(_BROWSER)
    if tab is None:
        raise ToolError("no_page", "No page is open: open one first.")
    return _found(world, tab.url)


def _shown(page: Page, part: int) -> dict[str, Json]:
    return {
        "url": page.url,
        "title": page.title,
        "site": page.site,
        "author": page.author,
        "published": page.published,
        "part": part,
        "parts": len(page.parts),
        "text": page.parts[part - 1],
    }
