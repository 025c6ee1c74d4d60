"""The report: its bytes, what it refuses, and what a real browser makes of it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from wildgym.benchmarks.__main__ import app
from wildgym.benchmarks.intervals import Estimate
from wildgym.benchmarks.metrics import Interaction, OperatorMetrics, PolicyMetrics, metrics
from wildgym.benchmarks.report.page import page
from wildgym.benchmarks.runs import load
from wildgym.perturbations import AXES, REGISTRY

_EVIL = (
    "_$\\frac{</script><script>document.title = 'owned'</script></svg></table><img src=x"
    " onerror=alert(1)><a href='http://127.0.0.1/'>press</a><style>* { display: none }</style>"
    "\u202egnp.exe \x00\x1b[2J {{ 7 * 7 }} \ud800 \u4e2d | `x` \"' : #010203"
)

# Every element that shows text of its own, and how much that stands out from what is behind it.
_CONTRASTS = """
const pixel = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
const light = (...colours) => {
  pixel.clearRect(0, 0, 1, 1);
  for (const colour of colours) { pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1); }
  const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].map((v) =>
    (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const own = (element) => [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
return [...document.body.querySelectorAll("*:not(script)")].filter(own).map((element) => {
  const behind = [];
  for (let e = element; e; e = e.parentElement) behind.unshift(getComputedStyle(e).backgroundColor);
  const style = getComputedStyle(element);
  const text = element.closest("svg") ? style.fill : style.color;
  const [low, high] = [light(...behind), light(...behind, text)].sort((a, b) => a - b);
  return [element.textContent.slice(0, 40), (high + 0.05) / (low + 0.05)];
});
"""


def _command(*arguments: object) -> Any:
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results")
    policies = [f"--policy={name}" for name in ("noop", "expert", "blind")]
    result = _command("bench", "--out", out, "--suite=smoke", "--limit=6", "--workers=1", *policies)
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def measured(results: Path) -> dict[str, PolicyMetrics]:
    return {run.setting.policy: metrics(run.setting, run.records) for run in load(results)}


@pytest.fixture(scope="module")
def about(results: Path) -> dict[str, Any]:
    return load(results)[0].about


def test_equal_results_make_equal_bytes(results: Path, tmp_path: Path) -> None:
    written = (results / "report.html").read_bytes()
    folders = [results / name for name in ("blind", "noop", "expert")]
    command = [sys.executable, "-m", "wildgym.benchmarks", "report", *folders, "--out", tmp_path]
    (tmp_path / "matplotlibrc").write_text("font.size: 30\nlines.linewidth: 9\n")
    own = {"PYTHONHASHSEED": "7", "MATPLOTLIBRC": str(tmp_path / "matplotlibrc")}
    subprocess.run(command, check=True, env=os.environ | own)
    assert (tmp_path / "report.html").read_bytes() == written
    text, told = (tmp_path / "report.md").read_text(), load(results)[0].about
    assert f"Suite digest {told['suite_digest']}, wildgym {told['version']}." in text
    assert "| blind | wildgym bench --suite=smoke --policy=blind --seeds=1 --limit=6 |" in text


def test_what_cannot_be_compared_or_written_is_refused(results: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(results / "blind", other)
    told = json.loads((other / "run.json").read_text())
    (other / "run.json").write_text(json.dumps(told | {"version": "0.0.1"}))
    for arguments, code, says in (
        ([results, other, "--out", tmp_path], 2, "version"),
        ([results / "blind", results / "noop"], 2, "--out"),
        ([tmp_path / "nowhere"], 2, "no results"),
        ([results, "--out", other / "run.json"], 1, "cannot write"),
    ):
        refused = _command("report", *arguments)
        assert (refused.exit_code, refused.stdout) == (code, "")
        assert says in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "report.html").exists()


def test_a_run_that_is_not_done_has_a_report(results: Path, tmp_path: Path) -> None:
    shutil.copytree(results, tmp_path / "begun")
    for policy, played in (("blind", 3), ("noop", 0)):
        file = tmp_path / "begun" / policy / "episodes.jsonl"
        planned = file.read_text().splitlines(keepends=True)
        file.write_text("".join(planned[:played]))
        done = _command("report", file.parent)
        assert done.exit_code == 0, done.output
        text = (file.parent / "report.html").read_text()
        cells = re.findall(r'<td class="number">(\d+)</td>', text)
        assert cells[-2:] == [str(played), str(len(planned))]
    assert _command("report", tmp_path / "begun").exit_code == 0


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found = Counter[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        # How many ticks there are depends on the room that names leave.
        if tag not in ("g", "path", "use", "text", "defs"):
            self.found[tag] += 1


@pytest.fixture(scope="module")
def tags(
    measured: dict[str, PolicyMetrics], about: dict[str, Any]
) -> Callable[[str], Counter[str]]:
    """What counts the elements on the page of one policy that goes by a name."""
    return cache(lambda name: _Tags(page({name: measured["blind"]}, about)).found)


@settings(max_examples=6, deadline=None)
@given(st.text(max_size=60) | st.just(_EVIL))
def test_no_name_adds_an_element(tags: Callable[[str], Counter[str]], name: str) -> None:
    assert tags(name) == tags("blind")


def test_every_perturbation_and_pair_has_a_row(
    measured: dict[str, PolicyMetrics], about: dict[str, Any]
) -> None:
    share = Estimate(0.25, 0.1, 0.4)
    under = [
        OperatorMetrics(name, operator.axis, operator.kind, 9, 5, share, None)
        for name, operator in REGISTRY.items()
    ]
    together = [Interaction(AXES[0], axis, share) for axis in AXES[1:]]
    first, *arms = measured["blind"].arms
    arms = [replace(first, pass_hat={2: share}, pass_at={2: share}), *arms]
    full = replace(measured["blind"], arms=arms, operators=under, interactions=together)
    text = page({"blind": full, "noop": measured["noop"]}, about)
    _, *tables = re.findall(r"<table.*?</table>", text, re.S)
    table = next(table for table in tables if "Of those that occurred" in table)
    axis, found = "", {}
    for scope, said in re.findall(r'<th scope="(row|rowgroup)"[^>]*>(.*?)</th>', table):
        axis = said if scope == "rowgroup" else axis
        found[said] = axis
    assert {name: found[name] for name in REGISTRY} == {n: o.axis for n, o in REGISTRY.items()}
    assert all(f"{AXES[0]} and {axis}" in text for axis in AXES[1:])
    assert ["pass^2" in table for table in tables].count(True) == 1


def _sized(browser: Any, width: int, scheme: str) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def _readable(browser: Any) -> None:
    """Check that nothing is cut off at the side, and that all text stands out."""
    over = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.execute_script(over) == 0
    contrasts = browser.execute_script(_CONTRASTS)
    assert len(contrasts) > 100
    assert [(text, ratio) for text, ratio in contrasts if ratio < 4.5] == []


def test_a_browser_shows_it_by_itself(browser: Any, results: Path, measured: Any) -> None:
    browser.get((results / "report.html").as_uri())
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    for scheme in ("light", "dark"):
        for width in (390, 1280):
            _sized(browser, width, scheme)
            _readable(browser)
    drawn = browser.find_elements("css selector", "[role=img]")
    assert len(drawn) == len(AXES) + 1
    for picture in drawn:
        assert "blind" in picture.get_attribute("aria-label")
        assert picture.find_element("css selector", "svg").size["height"] > 80
    rows = browser.find_elements("css selector", "table.leader tbody tr")
    assert len(rows) == len(measured)
    for row in rows:
        label = row.find_element("css selector", "th").text
        shown = [cell.get_attribute("data-value") for cell in row.find_elements("tag name", "td")]
        assert [float(value) for value in shown if value] == [
            arm.success.value for arm in measured[label].arms
        ]
    assert browser.get_log("browser") == []


def test_a_keyboard_sorts_and_changes_the_theme(browser: Any, results: Path) -> None:
    _sized(browser, 1280, "light")
    browser.get((results / "report.html").as_uri())

    def press(selector: str) -> None:
        button = browser.find_element("css selector", selector)
        browser.execute_script("arguments[0].focus()", button)
        assert browser.switch_to.active_element == button
        button.send_keys("\ue007")

    def order() -> list[str]:
        return [e.text for e in browser.find_elements("css selector", ".leader tbody th")]

    def paper() -> str:
        said = "return getComputedStyle(document.body).backgroundColor"
        return str(browser.execute_script(said))

    for way, wanted in (("descending", sorted(order())[::-1]), ("ascending", sorted(order()))):
        press(".leader th:first-child button")
        assert order() == wanted
        assert [
            e.text.split()[0]
            for e in browser.find_elements("css selector", ".leader th[aria-sort]")
        ] == ["policy"]
        header = browser.find_element("css selector", ".leader thead th")
        assert header.get_attribute("aria-sort") == way
    before = paper()
    press("#theme")
    assert paper() != before
    _readable(browser)
    press("#theme")
    assert paper() == before


def test_hostile_names_stay_text(browser: Any, results: Path, tmp_path: Path) -> None:
    shutil.copytree(results, tmp_path / "evil")
    own = tmp_path / "evil" / "blind"
    told = json.loads((own / "run.json").read_text())
    (own / "run.json").write_text(json.dumps(told | {"policy": _EVIL}))
    records = [json.loads(line) for line in (own / "episodes.jsonl").read_text().splitlines()]
    for record in records:
        record |= {"policy": _EVIL, "stopped": _EVIL}
        for perturbation in record["variation"].get("perturbations", ()):
            perturbation["name"] = _EVIL
    (own / "episodes.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    written = _command("report", tmp_path / "evil")
    assert written.exit_code == 0, written.output
    _sized(browser, 390, "light")
    browser.get((tmp_path / "evil" / "report.html").as_uri())
    assert browser.title == "wildgym: smoke"
    assert browser.find_elements("css selector", "img, a:not(.skip), body style") == []
    assert "{{ 7 * 7 }}" in browser.find_element("css selector", ".leader").text
    _readable(browser)
    assert browser.get_log("browser") == []
    assert not re.search(r"(?<!\\)<", (tmp_path / "evil" / "report.md").read_text())
