"""How a fact is looked up on the web: search for the page that tells it, open it, read on."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from wildgym.envs.web.graph import Value
from wildgym.envs.web.relations import RELATIONS
from wildgym.envs.web.sites.core import TELLS
from wildgym.envs.web.telling import canonical, read
from wildgym.tools import ToolCall
from wildgym.tools.web import open_page, web_search

T = TypeVar("T")
Browse = Generator[ToolCall, Any, T]
_ENCYCLOPAEDIA = "encyclopaedia"
_PAGES = 8
_MORE = 40
_CANDIDATES = 4


@dataclass(frozen=True, slots=True)
class Found:
    """Something that an agent has come across.

    Attributes:
        kind: What it is.
        name: What it is called.
    """

    kind: str
    name: str


def fact_of(entity: Found, relation: str) -> Browse[Value | None]:
    """Look a fact up; None where no page tells it."""
    sites = [site for site, kinds in TELLS.items() if relation in kinds.get(entity.kind, ())]
    for site in sites:
        for url in (yield from _pages_about(entity.name, site)):
            value = yield from _read_on(url, entity, relation)
            if value is not None:
                return value
    return None


def articles_on(title: str, section: tuple[str, str] | None = None) -> Browse[Sequence[str]]:
    """Return the names that a page lists, all of them or those under a heading.

    Args:
        title: The page's title.
        section: The kind and the relation that the heading stands for.
    """
    urls = yield from _pages_about(title, _ENCYCLOPAEDIA)
    if not urls:
        return []
    heading = f"## {RELATIONS[section].inverse}" if section else ""
    text = yield from _whole(urls[0])
    lines = text.split("\n")
    if heading:
        if heading not in lines:
            return []
        lines = lines[lines.index(heading) + 1 :]
    names = []
    for line in lines:
        if heading and line.startswith("## "):
            break
        if line.startswith("- ["):
            names.append(line.partition(": ")[2].removesuffix("]"))
    return names


def _pages_about(name: str, site: str) -> Browse[Sequence[str]]:
    """Return the URLs of a site's pages about something: those whose titles say little else."""
    titles: dict[str, str] = {}
    page, pages = 1, 1
    while page <= min(pages, _PAGES):
        query = f'intitle:"{name}" site:{site}'
        found = yield web_search(query=query, page=page) if page > 1 else web_search(query=query)
        for result in found["results"]:
            title = result["title"]
            if result["site"] == site and name in title and "preliminary" not in title:
                titles[result["url"]] = title
        if any(_is_about(title, name, site) for title in titles.values()):
            break
        page, pages = page + 1, found["pages"]
    return sorted(titles, key=lambda url: (len(titles[url]), url))[:_CANDIDATES]


def _is_about(title: str, name: str, site: str) -> bool:
    """Say whether a title is the name, or on other sites as short as their titles are."""
    return title == name or (site != _ENCYCLOPAEDIA and len(title) < len(name) + _MORE)


def _read_on(url: str, entity: Found, relation: str) -> Browse[Value | None]:
    """Open a page, and read part after part until it tells the fact."""
    part, parts = 1, 1
    while part <= parts:
        page = yield open_page(url=url, part=part) if part > 1 else open_page(url=url)
        text = read(page["text"], entity.name, entity.kind, relation)
        if text is not None:
            return canonical(RELATIONS[entity.kind, relation], text)
        part, parts = part + 1, page["parts"]
    return None


def _whole(url: str) -> Browse[str]:
    page = yield open_page(url=url)
    texts = [page["text"]]
    for part in range(2, page["parts"] + 1):
        page = yield open_page(url=url, part=part)
        texts.append(page["text"])
    return "\n".join(texts)
