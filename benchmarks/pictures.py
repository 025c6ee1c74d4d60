"""Pictures of what people see: `python -m wildgym.benchmarks.pictures` writes those in `docs`."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wildgym.benchmarks.errors import lacking
from wildgym.benchmarks.runs import load
from wildgym.benchmarks.viewer.answers import HEADERS, respond
from wildgym.benchmarks.viewer.index import Index
from wildgym.tools.loopback import listening

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

_DOCS = Path("docs")
_SEEN = "#policy=blind&episode=shop/cancel@0/tool_response"
_SECONDS = 20


def viewer(results: Path, out: Path) -> None:
    """Write a picture of an episode in the viewer, beside its clean twin.

    Args:
        results: A folder with the policy `blind` on the suite smoke.
        out: The file to write.
    """
    answer = partial(respond, Index(load(results)))
    with listening(answer, HEADERS) as address, browser(1280, 1340) as seen:
        photograph(seen, address + _SEEN, "section.beside", out)


def report(results: Path, out: Path) -> None:
    """Write a picture of the top of the report on a run.

    Args:
        results: What `bench` wrote.
        out: The file to write.
    """
    address = (results / "report.html").absolute().as_uri()
    with browser(1280, 1100) as seen:
        photograph(seen, address, "figure svg", out)


def photograph(seen: "Chrome", address: str, selector: str, out: Path) -> None:
    """Write a picture of a page, once something is on it.

    Args:
        seen: A browser.
        address: Of the page.
        selector: CSS for what has to be there.
        out: The file to write.
    """
    from selenium.webdriver.support.wait import WebDriverWait

    seen.get(address)
    WebDriverWait(seen, _SECONDS).until(lambda _: seen.find_elements("css selector", selector))
    seen.save_screenshot(str(out))


@contextmanager
def browser(width: int, height: int) -> Iterator["Chrome"]:
    """Start a headless Chromium; raise Misuse without selenium.

    Args:
        width: Of its window, in pixels.
        height: Likewise.
    """
    try:
        from selenium import webdriver
    except ImportError:
        raise lacking("selenium", "dev") from None
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "hide-scrollbars"):
        options.add_argument(f"--{flag}")
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        yield driver
    finally:
        driver.quit()


def main() -> None:
    """Play the suite smoke by programs, and take pictures of what is shown of it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "wildgym.benchmarks", "bench", "--suite", "smoke"]
        policies = [f"--policy={name}" for name in ("expert", "blind", "noop", "random")]
        subprocess.run([*command, *policies, "--out", folder], check=True)
        viewer(Path(folder), _DOCS / "viewer.png")
        report(Path(folder), _DOCS / "report.png")


if __name__ == "__main__":
    main()
