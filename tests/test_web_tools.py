"""The store of a web, its search engine and its browser: what holds for any page and any query."""

import multiprocessing
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.tools import World
from wildgym.tools.web import (
    WEB_TOOLS,
    Bullets,
    Heading,
    Link,
    Page,
    Paragraph,
    Table,
    Web,
    build,
    find_in_page,
    follow_link,
    go_back,
    next_part,
    open_page,
    read_tables,
    web_search,
)
from wildgym.tools.web.packing import packed, unpacked
from wildgym.tools.web.query import read_query

TOOLS = {tool.name: tool for tool in WEB_TOOLS}
WORDS = ("amber", "birch", "cedar", "dove", "elm", "fern", "grove", "heron")
LONG = "https://long.example/"
LAKE = "https://lakes.example/Osk"
OLD = "https://archive.example/Osk"
DIARY = "https://diary.example/1"


def about(number):
    """Return a page of some of the words, more or less often."""
    times = [(number * (place + 3)) % 4 for place in range(len(WORDS))]
    said = " ".join(" ".join([word] * count) for word, count in zip(WORDS, times, strict=True))
    site = ("garden", "woods")[number % 2]
    url = f"https://{site}.example/{number}"
    day = f"20{number % 30:02}-01-15"
    return Page(url, f"Note {number % 7}", site, "", day, (Paragraph((said,)),))


def paragraphs():
    for number in range(90):
        yield Heading(f"Section {number}")
        yield Paragraph((f"Entry {number} " + "word " * 20, Link(f"target {number}", LAKE), "."))


def every_page():
    yield from map(about, range(150))
    yield Page(LONG, "Long", "long", "", "2020-01-01", tuple(paragraphs()))
    table = Table(
        ("Fact", "Value"), ((("Depth",), ("81 m",)), (("Found by",), (Link("Ada Lund", DIARY),)))
    )
    seen = Paragraph(("It was first seen by ", Link("Ada Lund", DIARY), " in spring. Großer See."))
    yield Page(LAKE, "Lake Osk", "lakes", "Bo", "2024-06-01", (seen, table))
    yield Page(OLD, "Lake Osk, archived", "archive", "", "2014-06-01", (seen,))
    back = Paragraph((Link("the lake", LAKE), " and ", Link("nothing", "https://gone.example/")))
    yield Page(DIARY, "Diary", "diary", "Ada Lund", "2019-02-03", (back,))


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    # A name that means something else in an address.
    place = tmp_path_factory.mktemp("a web?#%41") / "web.db"
    build(place, every_page())
    return Web(place)


@pytest.fixture
def world(web):
    return in_world(web)


def in_world(web):
    made = World({}, {}, "2031-01-01")
    made.web = web
    return made


def value(world, call):
    result = TOOLS[call.name].run(world, call.arguments)
    assert not result.is_error, result.value
    return result.value


def code(world, call):
    return TOOLS[call.name].run(world, call.arguments).code


def urls(world, query, **options):
    return [hit["url"] for hit in value(world, web_search(query=query, **options))["results"]]


def every_result(world, query, **options):
    """Return all results of all pages of them."""
    found, page, pages = [], 1, 1
    while page <= pages:
        shown = value(world, web_search(query=query, page=page, **options))
        found, pages, page = found + shown["results"], shown["pages"], page + 1
    return found


# Pages.

texts = st.text(max_size=30)
lines = st.lists(texts | st.builds(Link, texts, texts), max_size=4).map(tuple)
tables = st.builds(
    Table,
    st.lists(texts, max_size=3).map(tuple),
    st.lists(st.lists(lines, max_size=3).map(tuple), max_size=3).map(tuple),
)
blocks = st.lists(
    st.one_of(
        st.builds(Heading, texts),
        st.builds(Paragraph, lines),
        st.builds(Bullets, st.lists(lines, max_size=4).map(tuple)),
        tables,
    ),
    max_size=6,
).map(tuple)


def as_page(content):
    return Page("https://any.example/", "Any", "any", "", "2020-01-01", content)


@given(blocks)
def test_any_blocks_survive_packing(content):
    assert unpacked(packed(content)) == content


def said(block):
    """Return all texts of a block."""
    match block:
        case Heading(text):
            return [text]
        case Paragraph(line):
            inlines = line
        case Bullets(items):
            inlines = [part for item in items for part in item]
        case Table(head, rows):
            inlines = [*head, *(part for row in rows for cell in row for part in cell)]
    return [part.text if isinstance(part, Link) else part for part in inlines]


@given(blocks)
def test_the_parts_hold_all_that_a_page_says(content):
    page = as_page(content)
    shown = "\n".join(page.parts)
    for text in [text for block in content for text in said(block)]:
        assert text in shown
        assert text in page.words
    for number, link in enumerate(page.links, 1):
        assert f"[{number}: {link.text}]" in shown


@given(blocks)
@settings(deadline=None)
def test_any_page_can_be_stored_and_read(tmp_path_factory, content):
    place = tmp_path_factory.mktemp("any") / "web.db"
    build(place, [as_page(content)])
    assert Web(place).page("https://any.example/") == as_page(content)


def test_a_store_is_written_all_or_nothing(tmp_path):
    place = tmp_path / "web.db"
    with pytest.raises(sqlite3.IntegrityError):
        build(place, [about(1), about(1)])
    assert list(tmp_path.iterdir()) == []


# Search.


@given(st.text(max_size=400))
def test_any_text_is_a_query(web, text):
    hits, count = web.search(read_query(text))
    assert len(hits) == min(10, count)


MARKS = "\" - OR AND NOT NEAR( ) * ^ : site: intitle: title: site:woods {title} + ' -- rowid _"
SYNTAX = st.sampled_from([*WORDS, *MARKS.split(), '"amber birch"'])


@given(st.lists(SYNTAX, max_size=90), st.booleans())
def test_any_marks_are_a_query(web, marks, spaced):
    text = (" " if spaced else "").join(marks)
    hits, count = web.search(read_query(text))
    assert len(hits) == min(10, count)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True))
def test_pages_with_all_words_are_found_or_else_with_any(web, words):
    having = [{w for w in words if w in page.words} for page in map(about, range(150))]
    strict = sum(len(found) == len(words) for found in having)
    _, count = web.search(read_query(" ".join(words)))
    assert count == (strict or sum(map(bool, having)))


@given(st.lists(st.sampled_from([*WORDS, "OR"]), min_size=1, max_size=5))
@settings(deadline=None)
def test_paging_has_no_repeats_and_no_holes(web, words):
    query = read_query(" ".join(words))
    whole, count = web.search(query, limit=1_000)
    paged = [hit for start in range(0, count, 7) for hit in web.search(query, 7, start)[0]]
    assert paged == whole
    assert len({hit.url for hit in whole}) == len(whole) == count


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
def test_the_order_is_the_same_in_a_store_that_knows_nothing_yet(web, words):
    query = read_query(" ".join(words))
    assert Web(web.place).search(query) == web.search(query)
    assert web.search(read_query(" ".join(words[::-1])))[0] == web.search(query)[0]


@pytest.mark.parametrize("text", ["amber", "birch OR fern OR note", "section OR lake OR heron"])
def test_the_order_is_that_of_the_index_itself(web, text):
    database = sqlite3.connect(web.place)
    ranked = database.execute(
        "SELECT url FROM words JOIN pages ON pages.id = words.rowid WHERE words MATCH ?"
        " ORDER BY round(bm25(words, 8.0, 1.0, 0.0), 6), words.rowid LIMIT 10",
        (f"{{title body}} : ({text})",),
    ).fetchall()
    database.close()
    assert [(hit.url,) for hit in web.search(read_query(text))[0]] == ranked


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lake osk", {LAKE, OLD}),
        ("lakes Osk", {LAKE, OLD}),
        ("lake osk -archived", {LAKE}),
        ("lake osk -site:lakes", {OLD}),
        ("lake osk site:archive", {OLD}),
        ("lake osk site:archive.example", {OLD}),
        ('lake osk SITE:"archive"', {OLD}),
        ('"first seen by Ada"', {LAKE, OLD}),
        ('"seen first by Ada"', set()),
        ("intitle:diary", {DIARY}),
        ("diary OR archived", {DIARY, OLD}),
        ("intitle:archived OR depth", {LAKE, OLD}),
        ("grosser", set()),
        ("großer sée", {LAKE, OLD}),
        ("großer se\u0301e", {LAKE, OLD}),
        ("the who is", set()),
        ("-amber", set()),
        ("osk diary-archived", {LAKE, OLD}),
    ],
)
def test_operators_of_a_query(world, query, found):
    assert set(urls(world, query)) == found


@pytest.mark.parametrize("after", ["", "2010-01-15", "2010-01-16", "2099-01-01"])
@pytest.mark.parametrize("before", ["", "2010-01-15", "2020-01-15", "1990-01-01"])
def test_dates_limit_a_search(world, after, before):
    everything = every_result(world, "amber OR birch OR cedar")
    found = every_result(
        world, "amber OR birch OR cedar", published_after=after, published_before=before
    )
    within = [
        hit
        for hit in everything
        if after <= hit["published"] and (not before or hit["published"] < before)
    ]
    assert found == within


@pytest.mark.parametrize("site", ["garden", "garden.example", "Woods"])
def test_a_site_limits_a_search(world, site):
    everything = every_result(world, "fern")
    name = site.lower().removesuffix(".example")
    found = every_result(world, f"fern site:{site}")
    assert found == [hit for hit in everything if hit["site"] == name]


def test_a_snippet_shows_what_was_searched(world):
    (lake, _) = value(world, web_search(query="word first spring"))["results"][:2]
    assert "spring" in lake["snippet"]
    assert lake["url"] in (LAKE, OLD)


def test_arguments_of_a_search_are_checked(world):
    for wrong in ({"query": ""}, {"query": "a", "page": 0}, {"query": "a", "published_after": "x"}):
        assert code(world, web_search(**wrong)) == "invalid_arguments"
    beyond = value(world, web_search(query="amber", page=20))
    assert beyond["results"] == []


# The browser.


def test_links_lead_where_their_numbers_say(world):
    shown = value(world, open_page(url=DIARY))
    assert shown["text"] == "[1: the lake] and [2: nothing]"
    assert (shown["title"], shown["author"], shown["published"]) == (
        "Diary",
        "Ada Lund",
        "2019-02-03",
    )
    assert value(world, follow_link(number=1))["url"] == LAKE
    # What is in a table counts on.
    assert "Found by | [2: Ada Lund]" in value(world, open_page(url=LAKE))["text"]
    assert value(world, follow_link(number=2))["url"] == DIARY
    assert code(world, follow_link(number=2)) == "not_found"
    assert code(world, follow_link(number=3)) == "no_such_link"
    assert value(world, follow_link(number=1))["url"] == LAKE


def test_links_of_later_parts_are_numbered_on(world):
    first = value(world, open_page(url=LONG))
    last = value(world, open_page(url=LONG, part=first["parts"]))
    assert "[1: target 0]" in first["text"]
    assert "[90: target 89]" in last["text"]
    assert value(world, follow_link(number=90))["url"] == LAKE


def test_parts_are_read_one_after_the_other(world):
    shown = value(world, open_page(url=LONG))
    texts = [shown["text"]]
    for part in range(2, shown["parts"] + 1):
        shown = value(world, next_part())
        assert shown["part"] == part
        texts.append(shown["text"])
    assert code(world, next_part()) == "last_part"
    assert code(world, open_page(url=LONG, part=99)) == "no_such_part"
    assert [f"Entry {n} " in "\n".join(texts) for n in range(90)] == [True] * 90
    assert all(len(text) <= 3_000 for text in texts)


def test_going_back(world):
    assert code(world, go_back()) == "nothing_before"
    for url in (LONG, LAKE, DIARY):
        value(world, open_page(url=url))
    value(world, open_page(url=DIARY))
    assert value(world, go_back())["url"] == LAKE
    assert value(world, go_back())["url"] == LONG
    assert code(world, go_back()) == "nothing_before"
    value(world, follow_link(number=1))
    assert value(world, go_back())["url"] == LONG


def test_nothing_is_open_at_first(world):
    for call in (follow_link(number=1), next_part(), find_in_page(text="a"), read_tables()):
        assert code(world, call) == "no_page"


@pytest.mark.parametrize("url", ["", "https://gone.example/", "\0", "\ud800", LAKE + "\ud83d", "'"])
def test_an_address_of_nothing_is_not_found(world, url):
    value(world, open_page(url=LAKE))
    assert code(world, open_page(url=url)) == "not_found"
    assert value(world, read_tables())


def test_finding_in_a_page(world):
    value(world, open_page(url=LAKE))
    for text in ("ada lund", "seen by Ada Lund in", "by  Ada", "GROßER", "81 m", "Lund in spring."):
        assert value(world, find_in_page(text=text)), text
    for text in ("ada lundt", "b.", " ", "][", "Diary"):
        assert value(world, find_in_page(text=text)) == [], text
    value(world, open_page(url=LONG))
    (found,) = value(world, find_in_page(text="Entry 77 word"))
    assert found["part"] > 1
    assert "Section 77" in found["text"]
    assert len(value(world, find_in_page(text="word"))) == 20


@given(st.text(min_size=1, max_size=200))
def test_any_text_can_be_looked_for(web, text):
    world = in_world(web)
    value(world, open_page(url=LONG))
    assert all(found["part"] >= 1 for found in value(world, find_in_page(text=text)))


def test_reading_tables(world):
    value(world, open_page(url=LAKE))
    rows = [["Depth", "81 m"], ["Found by", "Ada Lund"]]
    assert value(world, read_tables()) == [{"columns": ["Fact", "Value"], "rows": rows}]


# Worlds that fork, threads, processes.


def test_forks_share_the_web_and_not_the_tab(world):
    value(world, open_page(url=LAKE))
    twin = world.fork()
    assert twin.web is world.web
    value(twin, open_page(url=DIARY))
    assert value(world, find_in_page(text="Depth"))
    assert value(twin, go_back())["url"] == LAKE
    assert code(world, go_back()) == "nothing_before"


def test_threads_share_a_store(web):
    queries = [" ".join(WORDS[n % 8 : n % 8 + 2]) for n in range(64)]
    alone = [web.search(read_query(query)) for query in queries]
    fresh = Web(web.place)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda query: fresh.search(read_query(query)), queries)) == alone
        numbers = range(150)
        assert list(pool.map(lambda n: fresh.page(about(n).url), numbers)) == list(
            map(about, numbers)
        )


def _searched(web, pipe):
    pipe.send((os.getpid(), web.search(read_query("amber birch")), web.page(LAKE)))


def test_a_store_that_was_opened_goes_on_in_a_forked_process(web):
    here, there = multiprocessing.Pipe()
    found = web.search(read_query("amber birch")), web.page(LAKE)
    process = multiprocessing.get_context("fork").Process(target=_searched, args=(web, there))
    process.start()
    pid, *elsewhere = here.recv()
    process.join()
    assert pid != os.getpid()
    assert tuple(elsewhere) == found == (web.search(read_query("amber birch")), web.page(LAKE))
