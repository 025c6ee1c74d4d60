"""A web over HTTP, for agents that drive a real browser: on this machine only, and read only."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import escape
from http import HTTPStatus
from urllib.parse import parse_qs

from wildgym.tools.loopback import Response, listening
from wildgym.tools.web.html import STYLE, document, page_html, results_html
from wildgym.tools.web.search import LAST_PAGE, LONGEST_QUERY, results
from wildgym.tools.web.store import Web

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
}
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_START = "<h1>Search this web</h1>\n<p>Its pages are read through the search above.</p>"


def respond(web: Web, target: str) -> Response:
    """Answer a request. None is an error of the server's, whatever it asks for.

    Args:
        web: The web that is served.
        target: What the request names: a path, and perhaps a query.
    """
    path, _, query = target.partition("?")
    given = {name: values[0] for name, values in parse_qs(query).items()}
    match path:
        case "/":
            return Response(HTTPStatus.OK, document("Search", _START))
        case "/search":
            return _search(web, given.get("q", "")[:LONGEST_QUERY], given.get("page", "1"))
        case "/page":
            return _page(web, given.get("url", ""))
        case "/style.css":
            return Response(HTTPStatus.OK, STYLE, "text/css; charset=utf-8")
    return _missing(f"There is nothing at {path[:200]!r}.")


@contextmanager
def served(web: Web, port: int = 0) -> Iterator[str]:
    """Serve a web while the block runs; return the address of its start page.

    Args:
        web: What is served.
        port: Which port of the loopback interface; 0 takes a free one.

    Raises:
        OSError: The port cannot be had.
    """
    with listening(partial(respond, web), _HEADERS, port) as address:
        yield address


def _search(web: Web, query: str, number: str) -> Response:
    page = int(number) if _NUMBER.fullmatch(number) else 1
    if page > LAST_PAGE:
        return _missing(f"There are at most {LAST_PAGE} pages of results.", query)
    hits, pages = results(web, query, page)
    return Response(HTTPStatus.OK, results_html(query, hits, page, pages))


def _page(web: Web, url: str) -> Response:
    page = web.page(url)
    if page is None:
        return _missing(f"This web has no page at {url[:200]!r}.")
    return Response(HTTPStatus.OK, page_html(page))


def _missing(why: str, query: str = "") -> Response:
    content = f"<h1>Not found</h1>\n<p>{escape(why)} Search for what you need.</p>"
    return Response(HTTPStatus.NOT_FOUND, document("Not found", content, query))
