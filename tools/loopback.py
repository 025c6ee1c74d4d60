"""HTTP for the machine that it runs on: what is served there can be read, and never written."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_HOST = "127.0.0.1"
_OWN = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?", re.IGNORECASE)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


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
    type: str = "text/html; charset=utf-8"


_FOREIGN = Response(
    HTTPStatus.FORBIDDEN,
    "This is served to its own machine only: ask for it as localhost or 127.0.0.1.\n",
    "text/plain; charset=utf-8",
)


@contextmanager
def listening(
    answer: Callable[[str], Response], headers: Mapping[str, str], port: int = 0
) -> Iterator[str]:
    """Answer requests while the block runs; return the address of the start page.

    A request that names another host is refused, so that no page of the internet can have its own
    name lead here.

    Args:
        answer: From what a request names, a path and perhaps a query, to what it gets.
        headers: What every response has.
        port: Which port of the loopback interface; 0 takes a free one.

    Raises:
        OSError: The port cannot be had.
    """
    with _server(answer, {**_HEADERS, **headers}, port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://{_HOST}:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def _server(
    answer: Callable[[str], Response], headers: Mapping[str, str], port: int
) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        # The body follows the headers at once, and not when these were acknowledged.
        disable_nagle_algorithm = True

        def handle(self) -> None:
            with suppress(ConnectionError):
                super().handle()

        def do_GET(self) -> None:
            own = _OWN.fullmatch(self.headers.get("Host", ""))
            response = answer(self.path) if own else _FOREIGN
            body = response.text.encode(errors="replace")
            self.send_response(response.status)
            self.send_header("Content-Type", response.type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
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
