"""The web over HTTP: requests of every kind, and a real browser."""

import http.client
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from wildgym.benchmarks.__main__ import app
from wildgym.tools.web import (
    Block,
    Bullets,
    Heading,
    Link,
    Page,
    Paragraph,
    Table,
    Web,
    build,
)
from wildgym.tools.web.html import page_html
from wildgym.tools.web.serving import respond, served

_EVIL = "<script>document.title = 'owned'</script><img src=x onerror=alert(1)>\"'&amp;"
_RIVER = "https://atlas.example/river/Vell"
_MILL = "https://atlas.example/mill?a=1&b=ü/ö#x"
_BAD = "https://bad.example/</title><script>alert(2)</script>"


def _pages() -> Iterator[Page]:
    length = Table(("Fact", "Value"), ((("Length",), ("417 km",)), (("Mouth",), ("Osk",))))
    to_mill = Paragraph(("On it stands ", Link("the old mill", _MILL), "."))
    yield Page(_RIVER, "River Vell", "atlas", "Ada Lund", "2024-05-01", (to_mill, length))
    yield Page(_MILL, "The old mill", "atlas", "", "2023-01-09", (Heading("Past"),))
    links = (Link("press", "javascript:alert(3)"), Link(_EVIL, _BAD))
    blocks = (Heading(_EVIL), Paragraph((_EVIL, *links)), Bullets(((_EVIL,),)))
    table = Table((_EVIL,), (((_EVIL,),),))
    yield Page(_BAD, f"Hostile {_EVIL}", _EVIL, _EVIL, _EVIL, (*blocks, table))
    for number in range(35):
        told = Paragraph((f"Gauge number {number} measures the water.",))
        yield Page(f"https://gauges.example/{number}", f"Gauge {number}", "gauges", "", "", (told,))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Web:
    place = tmp_path_factory.mktemp("web") / "served.db"
    build(place, _pages())
    return Web(place)


@pytest.fixture(scope="module")
def address(web: Web) -> Iterator[str]:
    with served(web) as address:
        yield address


def _asked(address: str, target: str, method: str = "GET") -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    try:
        connection.request(method, target)
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


class _Reader(HTMLParser):
    """The tags, the addresses of links, and the text of a document."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags, self.links, self.text = list[str](), list[str](), ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_pages_are_served_with_local_links(address: str) -> None:
    _, found = _asked(address, "/search?q=river")
    (to_river,) = _Reader(found).links
    response, river = _asked(address, to_river)
    assert response.status == HTTPStatus.OK
    for said in ("River Vell", "Ada Lund", '<time datetime="2024-05-01">', "<td>417 km</td>"):
        assert said in river
    (to_mill,) = _Reader(river).links
    assert "The old mill" in _asked(address, to_mill)[1]


def test_headers_forbid_scripts(address: str) -> None:
    for target in ("/", "/search?q=x", f"/page?url={quote(_RIVER)}", "/nothing"):
        response, body = _asked(address, target)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "script" not in _Reader(body).tags


def test_head_has_the_headers_and_no_body(address: str) -> None:
    target = f"/page?url={quote(_RIVER)}"
    whole, body = _asked(address, target)
    head, nothing = _asked(address, target, "HEAD")
    assert (head.status, nothing) == (HTTPStatus.OK, "")
    assert head.headers["Content-Length"] == str(len(body.encode()))
    assert head.headers["Content-Type"] == whole.headers["Content-Type"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_nothing_can_be_written(address: str, method: str) -> None:
    assert _asked(address, "/", method)[0].status == HTTPStatus.NOT_IMPLEMENTED


@pytest.mark.parametrize("target", ["/nothing", "/page", "/page?url=https://gone.example/%3Cb%3E"])
def test_what_is_not_there_is_a_helpful_404(address: str, target: str) -> None:
    response, body = _asked(address, target)
    assert response.status == HTTPStatus.NOT_FOUND
    assert "Search for what you need" in body
    assert 'name="q"' in body


def test_results_come_in_pages_without_repeats_or_holes(address: str) -> None:
    target, seen = "/search?q=gauge+water", list[str]()
    while target:
        page = _Reader(_asked(address, target)[1])
        seen += [link for link in page.links if link.startswith("/page")]
        onwards = [link for link in page.links if link.startswith("/search")]
        target = onwards[-1] if "Next results" in page.text else ""
    assert len(seen) == len(set(seen)) == 35


@given(st.text())
def test_no_text_is_an_error_of_the_server(web: Web, text: str) -> None:
    for target in (f"/search?q={quote(text)}&page={quote(text)}", f"/page?url={quote(text)}", text):
        assert respond(web, target).status < HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.mark.parametrize(
    "query",
    ["%", "%zz", "q=%ff", "q=%ed%a0%80", "q=%00", "=&&=", "q=a&page=-1", "q=a;page=9" * 999],
)
@pytest.mark.parametrize("path", ["/search", "/page", "//[", "/"])
def test_bad_query_strings_are_answered(web: Web, path: str, query: str) -> None:
    assert respond(web, f"{path}?{query}").status < HTTPStatus.INTERNAL_SERVER_ERROR


_TEXTS = st.text(max_size=40)
_LINES = st.lists(_TEXTS | st.builds(Link, _TEXTS, _TEXTS), max_size=3).map(tuple)
_BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, _TEXTS),
    st.builds(Paragraph, _LINES),
    st.builds(Bullets, st.lists(_LINES, max_size=3).map(tuple)),
)


@given(_TEXTS, st.lists(_BLOCKS, max_size=4))
def test_any_page_is_html_without_anything_active(text: str, blocks: list[Block]) -> None:
    page = Page("https://a.example/", text, text, text, text, tuple(blocks))
    read = _Reader(page_html(page))
    allowed = {"html", "head", "meta", "title", "link", "body", "form", "input", "button", "main"}
    assert set(read.tags) <= allowed | {"article", "h1", "h2", "p", "a", "ul", "li", "time"}
    assert all(link.startswith("/page?url=") for link in read.links)
    assert len(read.links) == len(page.links)


def test_many_requests_at_once_get_what_each_alone_gets(address: str) -> None:
    targets = [f"/page?url=https://gauges.example/{n}" for n in range(35)]
    targets += [f"/search?q=gauge+{n}" for n in range(35)]
    alone = [_asked(address, target)[1] for target in targets]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda target: _asked(address, target)[1], targets)) == alone


def test_it_listens_on_this_machine_only(address: str) -> None:
    assert urlsplit(address).hostname == "127.0.0.1"


def test_the_command_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch, web: Web) -> None:
    monkeypatch.setattr("wildgym.benchmarks.serve.web", lambda split, index: (web, None))
    assert "wildgym serve --web" in CliRunner().invoke(app, ["serve"]).output
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["serve", "--web", "--port", port])
    assert result.exit_code == 1
    assert f"port {port} cannot be had" in result.output


def test_a_real_browser_searches_follows_links_and_reads_tables(browser: Any, address: str) -> None:
    def search(words: str) -> None:
        box = browser.find_element("name", "q")
        box.clear()
        box.send_keys(words)
        box.submit()

    browser.get(address)
    search("river length")
    browser.find_element("link text", "River Vell").click()
    assert browser.title == "River Vell"
    rows = browser.find_elements("css selector", "tbody tr")
    cells = [[cell.text for cell in row.find_elements("tag name", "td")] for row in rows]
    assert cells == [["Length", "417 km"], ["Mouth", "Osk"]]
    browser.find_element("link text", "the old mill").click()
    assert browser.find_element("tag name", "h1").text == "The old mill"
    browser.back()
    assert browser.title == "River Vell"

    search("gauge water")
    browser.find_element("link text", "Next results").click()
    assert browser.find_element("tag name", "ol").get_attribute("start") == "11"

    search("hostile")
    browser.find_element("partial link text", "Hostile").click()
    assert browser.title == unescape(f"Hostile {_EVIL}".replace("&", "&amp;"))
    assert browser.find_elements("css selector", "img, script") == []
    assert _EVIL in browser.find_element("css selector", "article p:not(.about)").text
    assert browser.get_log("browser") == []
    browser.find_element("link text", "press").click()
    assert browser.find_element("tag name", "h1").text == "Not found"
    assert [entry["source"] for entry in browser.get_log("browser")] == ["network"]


def test_what_the_documentation_shows_runs(capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(__file__).parents[1] / "docs" / "web.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, {})
    assert "Results for river" in capsys.readouterr().out
