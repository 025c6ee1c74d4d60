"""Checkouts of the user's own: what lies about in them does no harm, and what is wrong is said."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import gymnasium as gym
import pytest
from typer.testing import CliRunner

import wildgym  # noqa: F401 (registers the ids)
from wildgym.benchmarks.__main__ import app
from wildgym.envs.codebase.catalogue import CODEBASES
from wildgym.envs.codebase.checkout import UnfitError, checkout, paths_in
from wildgym.envs.codebase.local import local, named
from wildgym.envs.codebase.own import bank_name, own_tasks
from wildgym.envs.codebase.running import workshop

CODE = '''
def clamp(value, low, high):
    """Keep a value between two others."""
    if value < low:
        return low
    if value > high:
        return high
    return value


def words(text):
    return [word for word in text.split(" ") if word]
'''
TESTS = """
import pytest
from tiny import clamp, words

@pytest.mark.parametrize("v, e", [(1, 2), (2, 2), (3, 3), (5, 5), (6, 5), (9, 5), (-7, 2)])
def test_clamp(v, e):
    assert clamp(v, 2, 5) == e

@pytest.mark.parametrize("t, e", [("a b", ["a", "b"]), ("", []), (" a", ["a"]), ("b ", ["b"])])
def test_words(t, e):
    assert words(t) == e
"""
UNITTEST = """
import unittest
from tiny import clamp, words

class Tiny(unittest.TestCase):
""" + "".join(
    f"    def test_{n}(self):\n        self.assertEqual(clamp({n}, 3, 7), {min(max(n, 3), 7)})\n"
    for n in range(11)
)
USUAL = {"tiny/__init__.py": CODE, "tests/test_tiny.py": TESTS}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a checkout, in a folder with a space in its name."""

    def written(files: dict[str, str], name: str = "my tiny") -> Path:
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
        return tmp_path / name

    return written


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    workshop()  # pytest is fetched into the user's cache
    monkeypatch.setenv("WILDGYM_CACHE", str(tmp_path / "cache"))
    own_tasks.cache_clear()
    return tmp_path / "cache"


@pytest.mark.parametrize(
    ("files", "packages", "tests"),
    [
        (USUAL, ["tiny"], ["tests"]),
        ({"src/tiny/__init__.py": CODE, "test/test_tiny.py": TESTS}, ["src/tiny"], ["test"]),
        ({"tiny.py": CODE, "test_tiny.py": TESTS, "setup.py": ""}, ["tiny.py"], ["test_tiny.py"]),
        ({"src/tiny.py": CODE, "tests.py": TESTS}, ["src/tiny.py"], ["tests.py"]),
        (
            {"tiny/__init__.py": CODE, "tiny/test_tiny.py": TESTS},
            ["tiny"],
            ["tiny/test_tiny.py"],
        ),
        ({"tiny/core.py": CODE, "tests/test_tiny.py": TESTS}, ["tiny"], ["tests"]),
        (
            {
                **USUAL,
                "lib/python/site-packages/other/tests/test_other.py": "",
                "lib/pyvenv.cfg": "",
                ".venv/lib/other/__init__.py": "",
                "node_modules/x/tests/test_x.py": "",
                "vendor/.git": "gitdir: elsewhere",
                "vendor/tests/test_vendor.py": "",
                "build/lib/tiny/__init__.py": CODE,
            },
            ["tiny"],
            ["tests"],
        ),
    ],
)
def test_code_and_tests_are_found_in_all_layouts(
    write: Write, files: dict[str, str], packages: list[str], tests: list[str]
) -> None:
    top = write(files)
    (top / "loop").symlink_to(".")
    (top / "outside").symlink_to("/etc")
    found = local(top)
    assert (list(found.packages), list(found.tests)) == (packages, tests)
    assert not any(path.startswith(("loop", "outside")) for path in checkout(found))


def test_one_command_makes_tasks_and_another_proves_and_plays_them(
    write: Write, own_cache: Path
) -> None:
    # A file of tests that cannot be imported here is left out.
    described = '[project]\nname = "tiny/ ../own"\nversion = "1/2"'
    top = write(
        {
            "tiny/__init__.py": CODE,
            "tests/test_tiny.py": UNITTEST,
            "tests/test_other.py": "import hypothesis",
            "pyproject.toml": described,
        }
    )
    before = {path: (top / path).read_bytes() for path in paths_in(top)}
    told = CliRunner().invoke(app, ["tasks", "build", str(top), "--count", "3"])
    assert told.exit_code == 0, told.output
    # They are kept, under a name that is one of a file, and go with what is in the checkout.
    (kept,) = (own_cache / "bank").iterdir()
    assert kept.stem == bank_name(local(top))
    told = CliRunner().invoke(app, ["tasks", "own", str(top), "--json"])
    assert told.exit_code == 0, told.output
    proven = json.loads(told.stdout)["tasks"]
    assert [proof["task"] for proof in proven] == [
        task.name for task in own_tasks(str(top), "auto")
    ]
    assert 2 <= len(proven) <= 3
    for proof in proven:
        assert (proof["expert"], proof["perturbed"], proof["noop"]) == (1.0, 1.0, 0.0)
    played = CliRunner().invoke(app, ["play", "--codebase", str(top)])
    assert played.exit_code == 0, played.output
    assert '"score": 1.0' in played.stdout
    env = gym.make("wildgym/Codebase-v0", codebase=str(top), perturbations="all").unwrapped
    assert env.reset(seed=1)[1]["task_id"] in {proof["task"] for proof in proven}
    assert {path: (top / path).read_bytes() for path in paths_in(top)} == before
    (top / "tiny/__init__.py").write_text(CODE + "\n\nNEW = 1\n")
    checkout.cache_clear()
    assert bank_name(local(top)) != kept.stem


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"tiny/__init__.py": CODE}, "has no tests"),
        ({"tests/test_tiny.py": TESTS}, "has no package beside its tests"),
        ({"notes.md": "x"}, "has no Python files"),
        (
            {**USUAL, "tests/test_tiny.py": TESTS.replace("== e", "!= e")},
            "11 of its 11 tests fail before anything is broken: tests/test_tiny.py::test_clamp",
        ),
        (
            {**USUAL, "tiny/__init__.py": f"import numpy\n{CODE}"},
            "cannot be run: ModuleNotFoundError: No module named 'numpy'. .* nothing installed",
        ),
        (
            {**USUAL, "tests/conftest.py": "import hypothesis"},
            "cannot be run: ModuleNotFoundError: No module named 'hypothesis'",
        ),
        ({**USUAL, "tests/test_tiny.py": "def test(): pass"}, "it has 1 tests, of which 1 pass"),
        (
            {**USUAL, "tests/test_tiny.py": "".join(f"def test_{n}(): pass\n" for n in range(12))},
            "no change of its code is noticed by its 12 tests",
        ),
        ({**USUAL, **{f"tiny/m{n}.py": "" for n in range(300)}}, "has 303 files .* at most 300"),
    ],
)
def test_what_cannot_be_used_says_why(
    write: Write, own_cache: Path, files: dict[str, str], why: str
) -> None:
    with pytest.raises(UnfitError, match=why):
        own_tasks(str(write(files)), "auto")


def test_what_is_no_checkout_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file.py").touch()
    for given, why in (
        (str(tmp_path / "file.py"), "is a file: give the folder of a checkout"),
        (str(tmp_path / "nowhere"), "is no codebase: there is no such folder"),
    ):
        with pytest.raises(UnfitError, match=why):
            named(given)
        for asked in (["tasks", "own", given], ["tasks", "build", given]):
            told = CliRunner().invoke(app, asked)
            assert told.exit_code == 1
            assert why in told.stderr
        told = CliRunner().invoke(app, ["play", "--codebase", given])
        assert told.exit_code == 2
        assert why in told.stderr


def test_what_cannot_be_read_is_said(write: Write) -> None:
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as elsewhere:
        Path(elsewhere).chmod(0o755)
        top = Path(shutil.copytree(write(USUAL), Path(elsewhere) / "work"))
        (top / "tiny").chmod(0)
        if user == 0:
            os.seteuid(65534)  # Root can read everything.
        try:
            with pytest.raises(UnfitError, match=r"tiny\S* cannot be read: Permission denied"):
                local(top)
        finally:
            os.seteuid(user)
        (top / "tiny").chmod(0o755)


def test_names_of_the_catalogue_are_what_they_were() -> None:
    for codebase in CODEBASES.values():
        assert codebase.release == f"{codebase.name}-{codebase.version}"
        assert bank_name(codebase) == codebase.name
