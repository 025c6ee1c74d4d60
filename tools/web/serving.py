"""A web over HTTP, for agents that drive a real browser: on this machine only, and read only."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

from wildgym.tools.web.html import STYLE, document, page_html, results_html
from wildgym.tools.web.search import LAST_PAGE, LONGEST_QUERY, results
from wildgym.tools.web.store import Web

_HOST = "127.0.0.1"
_HTML = "text/html; charset=utf-8"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_START = "<h1>Search this web</h1>\n<p>Its pages are read through the search above.</p>"


@dataclass(frozen=True, slots=True)
class Response:
    """What a request gets.

    Attributes:
        status: The HTTP status.
        text: The body.
        type: What the body is.
    """

    status: HTTPStatus
    text: str
    type: str = _HTML


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
    with _server(web, port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://{_HOST}:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def _server(web: Web, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def handle(self) -> None:
            with suppress(ConnectionError):
                super().handle()

        def do_GET(self) -> None:
            response = respond(web, self.path)
            body = response.text.encode(errors="replace")
            self.send_response(response.status)
            self.send_header("Content-Type", response.type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in _HEADERS.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((_HOST, port), Handler)
    # A browser keeps connections open for longer than anybody wants to wait for.
    server.daemon_threads = True
    return server


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
