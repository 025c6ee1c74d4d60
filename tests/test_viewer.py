"""The viewer: what it answers, what a real browser makes of it, and replaying in the terminal."""

import http.client
import json
import re
import shlex
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from wildgym.benchmarks.__main__ import app
from wildgym.benchmarks.runs import load
from wildgym.benchmarks.viewer.answers import HEADERS, respond
from wildgym.benchmarks.viewer.index import FILTERS, PAGE, Index
from wildgym.benchmarks.viewer.marking import marked
from wildgym.tools.loopback import listening

_EVIL = (
    "</script><script>document.title = 'owned'</script></pre><img src=x onerror=alert(1)>"
    "<a href='javascript:alert(2)'>press</a><style>* { display: none }</style>"
    "\u202egnp.exe\u2066 \x00\x1b[2J \u200b&lt;b&gt;\ud800 \r" + "long" * 3000
)


def _command(*arguments: object, **options: Any) -> Any:
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False, **options)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two policies on the same scenarios, in every arm of a suite."""
    out = tmp_path_factory.mktemp("results")
    asked = ["--policy", "expert", "--policy", "blind", "--suite", "smoke", "--limit", "4"]
    result = _command("bench", "--out", out, *asked, "--workers", "1")
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def index(results: Path) -> Index:
    return Index(load(results))


@pytest.fixture
def served() -> Iterator[Callable[[Path], str]]:
    """Serve the results in a folder, and say where."""
    open_ones = []

    def serve(folder: Path) -> str:
        listener = listening(partial(respond, Index(load(folder))), HEADERS)
        open_ones.append(listener)
        return listener.__enter__()

    yield serve
    for listener in open_ones:
        listener.__exit__(None, None, None)


def _asked(index: Index, path: str, **query: str) -> Any:
    response = respond(index, f"/api/{path}?{urlencode(query)}")
    assert response.status == HTTPStatus.OK, response.text
    return json.loads(response.text)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_every_filter_finds_what_has_it_and_nothing_else(index: Index) -> None:
    choices = _asked(index, "choices")["choices"]
    assert set(choices) == set(FILTERS)
    assert len(choices["arm"]) > 3
    for name, values in choices.items():
        for value, count in values.items():
            assert _asked(index, "episodes", **{name: value})["total"] == count
    both = _asked(index, "episodes", policy="blind", outcome="failed", words="TOOL_RESPONSE")
    assert both["rows"]
    assert {(r["policy"], r["outcome"], r["arm"]) for r in both["rows"]} == {
        ("blind", "failed", "tool_response")
    }


def test_pages_hold_every_episode_once(index: Index) -> None:
    pages = _asked(index, "episodes")["pages"]
    found = [_asked(index, "episodes", page=str(page))["rows"] for page in range(1, pages + 1)]
    named = [(row["policy"], row["episode"]) for rows in found for row in rows]
    assert len(named) == len(set(named)) == len(index)
    assert all(len(rows) == PAGE for rows in found[:-1])


def test_an_episode_is_shown_as_it_was(index: Index, results: Path) -> None:
    for record in _lines(results / "expert" / "episodes.jsonl"):
        key = f"{record['task']}@{record['seed']}/{record['arm']}"
        assert _asked(index, "record", policy="expert", episode=key) == record
        shown = _asked(index, "episode", policy="expert", episode=key)
        twin = shown["beside"][0]
        if record["arm"] != "clean":
            assert twin == {"policy": "expert", "episode": f"{key.rpartition('/')[0]}/clean"} | {
                "arm": "clean"
            }
        for turn, was in zip(shown["turns"], record["transcript"], strict=True):
            for call, passage in zip(turn["calls"], was["passages"], strict=True):
                assert [acted["name"] for acted in call["acted"]] == passage["acted"]
                true = "".join(text for text, _ in call["true"])
                assert all(e["name"] in true for e in passage["true"]) or not call["true"]
                assert bool(passage["true"]) == call["reached"]
                if len(passage["true"]) == 1 and call["true"] == []:
                    assert passage["true"][0]["arguments"] == passage["call"]["arguments"]


@given(st.text(), st.text())
def test_marks_lose_nothing_and_mark_nothing_that_is_equal(one: str, other: str) -> None:
    ours, theirs = marked(one, other)
    assert "".join(text for text, _ in ours) == one
    assert "".join(text for text, _ in theirs) == other
    # What is not marked is the same text on both sides.
    kept = ["".join(text for text, differs in side if not differs) for side in (ours, theirs)]
    assert kept[0] == kept[1]
    assert one != other or not any(differs for _, differs in ours)


def test_marks_are_as_small_as_words() -> None:
    ours, theirs = marked('a\n"total": 417.5\nz', 'a\n"total": 41.75\nz')
    assert [text for text, differs in ours if differs] == ["417", "5"]
    assert [text for text, differs in theirs if differs] == ["41", "75"]


@pytest.mark.parametrize(
    ("target", "status", "said"),
    [
        ("/api/nothing", 404, "there is nothing at /api/nothing"),
        ("/../../../etc/passwd", 404, "there is nothing"),
        ("/%2e%2e/viewer.py", 404, "there is nothing"),
        ("/viewer.js/../../index.py", 404, "there is nothing"),
        ("/api/episodes?page=0", 400, "page must be a number from 1 on, not '0'"),
        ("/api/episodes?page=%C2%B2", 400, "page must be a number"),
        ("/api/episodes?colour=red", 400, "unknown: colour; what can be asked for: policy,"),
        ("/api/episode", 400, "name an episode, as TASK@SEED/ARM"),
        ("/api/episode?episode=no@0/clean", 404, "there is no episode 'no@0/clean'"),
        ("/api/record?episode=a&policy=b", 404, "there is no episode 'a' of policy 'b'"),
    ],
)
def test_what_cannot_be_answered_says_why(
    index: Index, target: str, status: int, said: str
) -> None:
    response = respond(index, target)
    assert response.status == status
    assert response.type == "application/json"
    assert said in json.loads(response.text)["error"]


def test_an_episode_of_several_policies_asks_for_one(index: Index) -> None:
    (row, *_) = _asked(index, "episodes")["rows"]
    response = respond(index, f"/api/episode?episode={row['episode']}")
    assert response.status == HTTPStatus.BAD_REQUEST
    assert "name one of: blind, expert" in response.text


@given(st.text(max_size=30), st.sampled_from(["episodes", "episode", "record", "choices", ""]))
def test_no_text_is_an_error_of_the_server(index: Index, text: str, path: str) -> None:
    for name in (*FILTERS, "words", "page", "episode", text):
        target = f"/api/{path}?{quote(name, errors='replace')}={quote(text, errors='replace')}"
        assert respond(index, target).status < HTTPStatus.INTERNAL_SERVER_ERROR
    assert respond(index, text).status < HTTPStatus.INTERNAL_SERVER_ERROR


def _answer(address: str, target: str, host: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.putrequest("GET", target, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def test_other_names_for_this_machine_lead_nowhere(
    served: Callable[[Path], str], results: Path
) -> None:
    address = served(results)
    port = urlsplit(address).port
    for host in (f"127.0.0.1:{port}", "localhost", "LocalHost:9999", "[::1]:1"):
        response = _answer(address, "/api/choices", host)
        assert response.status == HTTPStatus.OK
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "unsafe" not in policy
    for host in ("evil.example", f"localhost.evil.example:{port}", "", "127.0.0.1@evil.example"):
        assert _answer(address, "/api/choices", host).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("damage", ["{broken\n", '{"task": 5}\n', ""])
def test_a_damaged_file_is_named_with_its_line(damage: str, tmp_path: Path, results: Path) -> None:
    _copied(results / "blind", tmp_path / "blind")
    file = tmp_path / "blind" / "episodes.jsonl"
    first, second, *rest = file.read_text().splitlines(keepends=True)
    file.write_text("".join([first, damage, *rest]) if damage else first + second[:-30])
    result = _command("view", tmp_path)
    assert result.exit_code == 2
    assert f"{file}, line 2" in result.stderr


def test_a_file_that_was_changed_meanwhile_is_told_of(tmp_path: Path, results: Path) -> None:
    _copied(results / "blind", tmp_path / "blind")
    index = Index(load(tmp_path))
    rows = _asked(index, "episodes")["rows"]
    file = tmp_path / "blind" / "episodes.jsonl"
    file.write_text("\n" + file.read_text())
    response = respond(index, f"/api/record?episode={rows[1]['episode']}")
    assert response.status == HTTPStatus.GONE
    assert f"{file} was changed" in json.loads(response.text)["error"]


def _copied(folder: Path, to: Path, change: Callable[[dict[str, Any]], Any] | None = None) -> None:
    to.mkdir()
    (to / "run.json").write_text((folder / "run.json").read_text())
    records = _lines(folder / "episodes.jsonl")
    for record in records:
        if change is not None:
            change(record)
    (to / "episodes.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))


def _poison(record: dict[str, Any]) -> None:
    """Put hostile text wherever a policy, a model or a tool could have put it."""
    call = {"name": _EVIL, "arguments": {_EVIL: _EVIL}}
    result = {"value": {_EVIL: [_EVIL, float("nan"), 2**63]}, "is_error": True}
    passage = {"call": call, "true": [{**call, **result, "name": "true"}], "acted": [_EVIL]}
    turn = {"action": _EVIL, "thinking": _EVIL, "observation": _EVIL}
    empty = {"calls": [], "results": [], "passages": []}
    record |= {
        "opening": [{"role": _EVIL, "content": _EVIL}, {"role": "user", "content": _EVIL}],
        "tools": [{_EVIL: _EVIL}],
        "transcript": [
            {**turn, "calls": [call], "results": [result], "passages": [passage]},
            {**turn, **empty},
        ],
        "checks": {_EVIL: False},
        "lures": {_EVIL: True},
        "usage": {_EVIL: 1},
        "stopped": f"policy failed: {_EVIL}",
        "acted": [_EVIL],
        "scaffold": _EVIL,
    }
    record["variation"] = {"perturbations": [{"name": _EVIL, _EVIL: _EVIL}], "scaffold": _EVIL}


def _all(browser: Any, selector: str) -> list[Any]:
    found: list[Any] = browser.find_elements("css selector", selector)
    return found


def _open(browser: Any, address: str, selector: str, width: int = 1280) -> None:
    """Go to an address anew, and wait for something to be there."""
    size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": width < 800}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get("about:blank")
    browser.get(address)
    _await(browser, selector)


def _await(browser: Any, selector: str) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(browser, 20).until(lambda _: _all(browser, selector))


def _fits(browser: Any) -> bool:
    wide = "return document.documentElement.scrollWidth <= innerWidth"
    return bool(browser.execute_script(wide))


def test_a_browser_filters_pages_opens_and_goes_on(
    browser: Any, served: Callable[[Path], str], results: Path, index: Index
) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.select import Select

    def press(*keys: str) -> None:
        ActionChains(browser).send_keys(*keys).perform()

    address = served(results)
    _open(browser, address, ".episodes")
    assert len(_all(browser, ".episodes tbody tr")) == PAGE
    press("n")
    _await(browser, "a[rel=prev]")
    assert len(_all(browser, ".episodes tbody tr")) == len(index) - PAGE

    Select(_all(browser, "select[name=policy]")[0]).select_by_value("blind")
    _await(browser, ".clear")
    Select(_all(browser, "select[name=arm]")[0]).select_by_value("tool_response")
    wanted = index.filtered({"policy": "blind", "arm": "tool_response"})
    said = f"{len(wanted)} of {len(index)} episodes"
    _await(browser, ".episodes")
    _until(browser, lambda: _all(browser, "#status")[0].text == said)
    assert [link.text for link in _all(browser, ".episodes tbody a")] == [
        row.episode for row in wanted
    ]
    press("j", "j", Keys.ENTER)
    _until(browser, lambda: browser.title == wanted[1].episode)
    press("j")
    _until(browser, lambda: browser.title == wanted[2].episode)
    press(Keys.ESCAPE)
    _until(browser, lambda: browser.title == "Episodes")
    focused = browser.switch_to.active_element.text
    assert focused == wanted[2].episode
    press("/")
    press("nothing has this", Keys.ENTER)
    _await(browser, ".empty")
    assert browser.get_log("browser") == []


def _until(browser: Any, holds: Callable[[], bool]) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(browser, 20).until(lambda _: holds())


def _acted(index: Index) -> str:
    """Return an episode in which an operator changed what was true."""
    for row in index.filtered({"policy": "expert", "arm": "tool_response"}):
        for turn in row.read()["transcript"]:
            if any(p["acted"] and p["true"] for p in turn["passages"]):
                return row.episode
    raise AssertionError("no operator acted")


def test_twins_stand_side_by_side_and_stacked_on_a_phone(
    browser: Any, served: Callable[[Path], str], results: Path, index: Index, tmp_path: Path
) -> None:
    key = _acted(index)
    address = f"{served(results)}#{urlencode({'policy': 'expert', 'episode': key})}"
    for width, beside in ((1280, True), (390, False)):
        _open(browser, address, "section.beside", width)
        own, twin = (_all(browser, name)[0] for name in ("section.episode", "section.beside"))
        assert twin.find_element("tag name", "h2").text.endswith("/clean")
        assert (own.rect["y"] == twin.rect["y"]) == beside
        assert (own.rect["x"] + own.rect["width"] <= twin.rect["x"]) == beside
        assert _fits(browser)
        assert _all(browser, "section.episode .call .badge")
        assert _all(browser, "section.episode .true mark")
        assert not _all(browser, "section.beside .true")
        picture = tmp_path / f"{width}.png"
        assert browser.save_screenshot(str(picture))
        _open(browser, address.partition("#")[0], ".episodes", width)
        assert _fits(browser)
    assert browser.get_log("browser") == []


def test_links_of_comparisons_lead_here(results: Path, tmp_path: Path) -> None:
    def fail(record: dict[str, Any]) -> None:
        record["score"] = 0.0

    _copied(results / "expert", tmp_path / "expert", fail)
    for other in (results / "blind", tmp_path / "expert"):
        found = _command("compare", other, results / "expert", "--json").stdout
        better = json.loads(found)["better"]
        assert better
        for change in better:
            *_, first, second = _words(change["see"])
            folder, _, fragment = second.partition("#")
            shown = _asked(Index(load(Path(first), Path(folder))), "episode", **_parsed(fragment))
            assert shown["outcome"] == "solved"


def _parsed(fragment: str) -> dict[str, str]:
    return dict(parse_qsl(fragment))


def test_colours_can_be_told_apart_in_light_and_dark() -> None:
    style = (files("wildgym.benchmarks.viewer") / "pages" / "viewer.css").read_text()
    colours = re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)", style)
    for theme in (1, 2):
        light = {name: _light(values[theme - 1]) for name, *values in colours}
        for ink in ("ink", "quiet", "link", "good", "bad", "odd", "accent"):
            for ground in ("paper", "raised"):
                dark, bright = sorted((light[ink], light[ground]))
                assert (bright + 0.05) / (dark + 0.05) >= 4.5, (ink, ground, theme)


def _light(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_control_has_a_name(
    browser: Any, served: Callable[[Path], str], results: Path, index: Index
) -> None:
    address = served(results)
    for fragment in ("", f"#{urlencode({'policy': 'expert', 'episode': _acted(index)})}"):
        _open(browser, address + fragment, "h1")
        tags = "a, button, select, input, summary, pre[tabindex]"
        assert all(found.accessible_name for found in _all(browser, tags) if found.is_displayed())
        assert len(_all(browser, "h1")) == len(_all(browser, "main")) == 1


def test_hostile_trajectories_stay_text(
    browser: Any, served: Callable[[Path], str], results: Path, index: Index, tmp_path: Path
) -> None:
    _copied(results / "blind", tmp_path / "blind", _poison)
    address = served(tmp_path)
    _open(browser, address, ".episodes")
    assert browser.title == "Episodes"
    row = index.filtered({"policy": "blind", "arm": "tool_info"})[0]
    for width in (1280, 390):
        named = urlencode({"policy": "blind", "episode": row.episode})
        _open(browser, f"{address}#{named}", "section.beside", width)
        for details in _all(browser, "summary"):
            details.click()
        _await(browser, "details[open] pre")
        assert browser.title == row.episode
        assert not _all(browser, "main script, main img, main style, main iframe, [onerror]")
        links = [link.get_attribute("href") for link in _all(browser, "a")]
        assert not [link for link in links if not link.startswith(address)]
        text = _all(browser, "section.episode")[0].text
        assert "<script>document.title = 'owned'</script>" in text
        for name in ("U+202E", "U+2066", "U+0000", "U+001B", "U+200B", "U+D800", "U+000D"):
            assert name in text
        assert "\u202e" not in text
        assert _fits(browser)
        for more in _all(browser, "section.episode pre + button"):
            more.click()
        assert str(2**63) in _all(browser, "section.episode")[0].text
        assert _fits(browser)
    named = urlencode({"episode": _EVIL.partition("\ud800")[0]})
    _open(browser, f"{address}#{named}", "[role=alert]")
    assert "there is no episode" in _all(browser, "[role=alert]")[0].text
    # The one line that the console has is of the 404 that was asked for.
    assert [entry["source"] for entry in browser.get_log("browser")] == ["network"]


def _words(command: str) -> list[str]:
    program, *words = shlex.split(command)
    assert program == "wildgym"
    return words


def test_what_the_viewer_says_to_type_replays_the_episode(index: Index) -> None:
    for row in index.filtered({"arm": "all"})[:4]:
        shown = _asked(index, "episode", policy=row.policy, episode=row.episode)
        whole = _command(*_words(shown["replay"]))
        assert (whole.exit_code, whole.stderr) == (0, "")
        record = row.read()
        if record["stopped"] is None:
            end = json.loads(whole.stdout.splitlines()[-1])
            assert (end["score"], end["checks"]) == (record["score"], record["checks"])
        else:
            assert "The record ends here" in whole.stdout
        again = _command(*_words(shown["again"]))
        assert json.loads(again.stdout.splitlines()[-1])["score"] == 1.0


def test_expert_and_people_go_on_from_a_turn(index: Index) -> None:
    row = index.filtered({"policy": "expert", "arm": "all"})[0]
    replay = [*_words(_asked(index, "episode", episode=row.episode, policy="expert")["replay"])]
    done = _command(*replay, "--turn", "2")
    assert json.loads(done.stdout.splitlines()[-1])["score"] == 1.0
    action = row.read()["transcript"][2]["action"]
    typed = _command(*replay, "--turn", "2", "--policy", "human", input=f"{action}\n\n")
    assert typed.exit_code == 0
    assert action in _command(*replay, "--turn", "3").stdout
    assert "turns; --turn cannot be 999" in _command(*replay, "--turn", "999").stderr
    assert "holds no episode 'x'" in _command(*replay[:3], "--episode", "x").stderr
    assert "give either --task or --codebase, or --record" in _command("play").stderr

    left = index.filtered({"policy": "blind", "arm": "all", "outcome": "failed"})[0]
    replay = _words(_asked(index, "episode", episode=left.episode, policy="blind")["replay"])
    turns = str(len(left.read()["transcript"]) - 1)
    refused = _command(*replay, "--turn", turns)
    assert "the expert can only go on from where" in refused.stderr


def test_a_record_that_does_not_come_out_again_is_told_of(results: Path, tmp_path: Path) -> None:
    def change(record: dict[str, Any]) -> None:
        record["transcript"][-1]["observation"] = "something else"

    _copied(results / "expert", tmp_path / "expert", change)
    record = _lines(tmp_path / "expert" / "episodes.jsonl")[0]
    key = f"{record['task']}@{record['seed']}/{record['arm']}"
    said = _command("play", "--record", tmp_path / "expert", "--episode", key).stderr
    assert f"turn {len(record['transcript'])} came out otherwise than in the record" in said


def test_what_the_documentation_shows_runs(results: Path) -> None:
    text = (Path(__file__).parents[1] / "docs" / "viewer.md").read_text(encoding="utf-8")
    assert "wildgym view runs/first" in text
    for option in re.findall(r"wildgym play [^\n`]*", text):
        assert _command("play", "--help").exit_code == 0
        for name in re.findall(r"--[a-z-]+", option):
            assert name in _command("play", "--help").output
