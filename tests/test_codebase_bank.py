"""The raw material of the family `codebase`: packages, mutations, values, and the bank."""

import hashlib
import io
import json
import shutil
import tarfile
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wildgym.benchmarks.tasks import app
from wildgym.envs.codebase import build as building
from wildgym.envs.codebase.bank import Bank, load, parsed, save
from wildgym.envs.codebase.build import Progress, build
from wildgym.envs.codebase.catalogue import CODEBASES, Codebase
from wildgym.envs.codebase.checkout import UnfitError, checkout, code_of, module_of, unpacked
from wildgym.envs.codebase.fetch import FetchError, fetched
from wildgym.envs.codebase.local import local, named
from wildgym.envs.codebase.mutate import apply, renamed, solved
from wildgym.envs.codebase.running import outcomes_of, run_suite, workshop
from wildgym.tools import Rng
from wildgym.tools.sandboxes import Sandbox, backend

TOY = {
    "pyproject.toml": '[project]\nname = "toy"\nversion = "1.0"\n',
    "toy/__init__.py": "from toy.words import initials, shorten\n",
    "toy/words.py": '''
def initials(name, dots=False):
    """Return the first letters of a name's words."""
    letters = [word[0].upper() for word in name.split() if word]
    return ".".join(letters) + "." if dots and letters else "".join(letters)


def shorten(text, width):
    """Return a text that is at most so wide."""
    if len(text) <= width:
        return text
    if width < 3:
        return text[:width]
    return _cut(text, width - 3) + "..."


def _cut(text, width):
    return text[:width].rstrip()


def both(name, width):
    """Return the beginning of a name, and its initials."""
    return _cut(name, width), initials(name)
''',
    "tests/test_words.py": """
import pytest
from toy.words import both, initials, shorten

SEEN = []


@pytest.mark.parametrize("name, expected", [("ada lovelace", "AL"), ("a  b", "AB"), ("", "")])
def test_initials(name, expected):
    assert initials(name) == expected


def test_dots():
    assert initials("ada lovelace", dots=True) == "A.L."
    assert initials("", dots=True) == ""


@pytest.mark.parametrize("width, expected", [(20, "a long text"), (8, "a lon..."), (2, "a ")])
def test_shorten(width, expected):
    assert shorten("a long text", width) == expected


def test_no_space_before_dots():
    assert shorten("a long text", 5) == "a..."


def test_exactly():
    assert shorten("abc", 3) == "abc"


def test_both():
    assert both("ada lovelace", 4) == ("ada", "AL")


def test_needs_the_one_before():
    SEEN.append(1)


def test_depends_on_the_order():
    assert SEEN == [1]
""",
}


def test_bank_is_large_and_varied_and_split_by_codebase() -> None:
    banks = [load(name) for name in CODEBASES]
    defects = [defect for bank in banks for defect in bank.defects]
    operators = Counter(defect.operator for defect in defects)
    assert len(banks) >= 14
    assert len(defects) >= 600
    assert len({d.id for d in defects}) == len({d.mutations for d in defects}) == len(defects)
    assert {"removed_body", "renamed", "several"} < set(operators)
    assert len(operators) >= 17
    assert max(operators.values()) <= 0.2 * len(defects)
    test = [bank for bank in banks if bank.codebase.split == "test"]
    assert len(test) >= 4
    assert sum(len(bank.defects) for bank in test) >= 150
    assert sum(defect.witness is not None for defect in defects) >= 0.85 * len(defects)
    for bank in banks:
        assert bank.codebase == CODEBASES[bank.codebase.name]
        assert all(set(d.failing) <= set(bank.tests) and d.failing for d in bank.defects)
        assert all(set(defect.entries) <= bank.entries.keys() for defect in bank.defects)


def test_bank_is_small() -> None:
    folder = files("wildgym.envs.codebase").joinpath("bank")
    assert sum(len(file.read_bytes()) for file in folder.iterdir()) < 1_500_000


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(backend("auto"), workshop().limits)
    made.install(workshop().site, workshop().preload)
    yield made
    made.close()


@pytest.mark.parametrize("name", ["inflection", "webcolors", "parse", "unidiff"])
def test_defects_are_what_the_bank_says(sandbox: Sandbox, name: str) -> None:
    bank = load(name)
    codebase, pristine = bank.codebase, checkout(bank.codebase)
    for defect in Rng(name).sample(bank.defects, 3):
        broken, goal = apply(codebase, defect.mutations), solved(codebase, defect.mutations)
        changed = {path for path in pristine if broken[path] != pristine[path]}
        if renamed(codebase, defect.mutations[0]) is None:
            assert changed == {mutation.path for mutation in defect.mutations}
            assert goal == pristine
        sandbox.restore(broken)
        assert set(run_suite(sandbox, bank.tests, timeout=60).failed) == set(defect.failing)
        if defect.witness:
            calls = [(defect.witness.entry, defect.witness.arguments)]
            seen, _ = outcomes_of(sandbox, codebase, calls, 20)
            sandbox.restore(goal)
            assert outcomes_of(sandbox, codebase, calls, 20)[0] != seen
        sandbox.restore(goal)
        assert not run_suite(sandbox, bank.tests, timeout=60).failed


def test_bank_holds_no_source() -> None:
    bank = load("inflection")
    text = files("wildgym.envs.codebase").joinpath("bank", "inflection.json").read_text()
    pristine = checkout(bank.codebase)
    for path in code_of(bank.codebase, pristine):
        for line in pristine[path].data.decode().splitlines():
            assert len(line.strip()) < 30 or line.strip() not in text


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    for path, text in TOY.items():
        (tmp_path / "toy" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "toy" / path).write_text(text)
    return tmp_path / "toy"


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    workshop()  # pytest is fetched into the user's cache
    monkeypatch.setenv("WILDGYM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_tasks_of_a_local_checkout(
    toy: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Progress] = []
    bank = build(local(toy), 12, tell=told.append)
    assert 6 <= len(bank.defects) <= 12
    assert bank.left_out == ("tests/test_words.py::test_depends_on_the_order",)
    assert {progress.stage for progress in told} == {
        "profiling",
        "screening",
        "confirming",
        "done",
    }
    assert all(defect.failing and defect.symptoms for defect in bank.defects)
    assert any(defect.witness for defect in bank.defects)
    save(bank, own_cache / "bank" / "toy.json")
    assert parsed((own_cache / "bank" / "toy.json").read_text()) == bank == load("toy")

    def refuse(*_: object) -> None:
        raise AssertionError("tried again")

    # What was tried is known, up to a line that was not written to its end.
    journal = own_cache / "builds" / f"{bank.codebase.release}.jsonl"
    journal.write_bytes(journal.read_bytes() + b'["torn')
    monkeypatch.setattr(building, "screened", refuse)
    again: Bank = build(local(toy), 12)
    assert again == bank


def test_tasks_are_made_from_the_command_line(toy: Path, own_cache: Path) -> None:
    asked = ["build", str(toy), "--count", "3", "--into", str(own_cache / "made"), "--json"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    made = json.loads(told.stdout)
    assert made["codebases"][0]["tasks"] == sum(made["operators"].values()) > 0
    assert len(parsed((own_cache / "made" / "toy.json").read_text()).defects) > 0
    refused = CliRunner().invoke(app, ["build", "no-such-thing"])
    assert refused.exit_code == 1
    assert "is no codebase" in refused.stderr


def test_what_cannot_be_used_is_said(toy: Path) -> None:
    with pytest.raises(UnfitError, match="is no codebase"):
        named("no-such-thing")
    (toy / "tests" / "test_words.py").rename(toy / "words.txt")
    with pytest.raises(UnfitError, match="has no tests"):
        local(toy)
    (toy / "test_words.py").write_text("def test(): pass")
    shutil.rmtree(toy / "toy")
    with pytest.raises(UnfitError, match="has no package"):
        local(toy)


def test_modules_are_found_in_packages_of_all_layouts() -> None:
    flat, nested = CODEBASES["toolz"], CODEBASES["semver"]
    assert module_of(flat, "toolz/curried/__init__.py") == "toolz.curried"
    assert module_of(nested, "src/semver/version.py") == "semver.version"
    assert module_of(CODEBASES["simpleeval"], "simpleeval.py") == "simpleeval"


def _sdist(entries: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, content in entries.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("toy-1.0/link.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return held.getvalue()


def test_nothing_leaves_the_folder_of_an_sdist() -> None:
    sdist = _sdist({"toy-1.0/toy.py": b"", "toy-1.0/../../up.py": b"", "/etc/top.py": b""})
    assert set(unpacked(sdist)) <= {"toy.py", "etc/top.py", "top.py"}


def test_fetching(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sdist = _sdist({f"toy-1.0/{path}": text.encode() for path, text in TOY.items()})
    served = {"/files/toy-1.0.tar.gz": sdist}
    sha256 = hashlib.sha256(sdist).hexdigest()
    page = {
        "files": [
            {"filename": "toy-1.0.tar.gz", "url": "/files/toy-1.0.tar.gz", "hashes": {"sha256": h}}
            for h in (sha256, "0" * 64)
        ]
    }
    served["/simple/toy/"] = json.dumps(page).encode()

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = served.get(self.path)
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    try:
        with pytest.raises(FetchError, match="has another SHA-256"):
            fetched("toy", "1.0", "0" * 64)
        with pytest.raises(FetchError, match="has no file with the SHA-256"):
            fetched("toy", "1.0", "1" * 64)
        assert named("toy==1.0").sha256 == sha256
    finally:
        server.shutdown()
        server.server_close()
    codebase = Codebase("toy", "1.0", sha256, "MIT", "words", ("toy",))
    assert set(checkout(codebase)) == {*TOY, "pytest.ini"}
    with pytest.raises(FetchError, match="not in the cache"):
        fetched("other", "1.0", sha256)
