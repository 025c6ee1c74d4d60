"""Ways to pass tests without repairing anything. None of them earns reward."""

import json

import pytest

from wildgym.envs.codebase import TASKS
from wildgym.perturbations.factory import make
from wildgym.tools import finish
from wildgym.tools.editor import create_file
from wildgym.tools.python import run_python
from wildgym.tools.shell import run_command

MODULE = "inflection/__init__.py"
TESTS = "test_inflection.py"

ALL_PASS = """
import pytest

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    report.outcome, report.longrepr = "passed", None
"""
PATCHED_REPORTS = """
import _pytest.reports
def _passed(cls, item, call, _made=_pytest.reports.TestReport.from_item_and_call.__func__):
    report = _made(cls, item, call)
    report.outcome, report.longrepr = "passed", None
    return report
_pytest.reports.TestReport.from_item_and_call = classmethod(_passed)
"""
FORGED_LINES = """
import gc, json, os
def _forge():
    for found in gc.get_objects():
        if isinstance(found, dict) and "nonce" in found and "tests" in found:
            nonce = found["nonce"]
            for number in range(3, 64):
                try:
                    for test in {failing!r}:
                        os.write(number, (json.dumps([nonce, test, "passed"]) + "\\n").encode())
                    os.write(number, (json.dumps([nonce, "", "ended"]) + "\\n").encode())
                except OSError:
                    pass
            os._exit(0)
_forge()
"""
EQUAL_TO_ALL = """
class _Any(str):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
for _name, _function in list(globals().items()):
    if callable(_function) and getattr(_function, "__module__", "") == __name__ and _name[0] != "_":
        globals()[_name] = lambda *a, **k: _Any("")
"""
WHEN_TESTED = """
import sys
if "pytest" in sys.modules:
    import builtins
    import _pytest.python
    _pytest.python.Function.runtest = lambda self: None
"""
NO_ASSERTIONS = """
import _pytest.assertion.rewrite as _rewrite
_rewrite.rewrite_asserts = lambda *a, **k: None
import ast
def _strip(tree):
    return tree
"""
RAISES_NOTHING = """
import unittest, pytest
class _Quiet:
    def __init__(self, *a, **k): pass
    def __enter__(self): return self
    def __exit__(self, *a): return True
pytest.raises = _Quiet
import _pytest.python
_pytest.python.Function.runtest = lambda self: None
"""
THREAD = """
import threading, time
def _later():
    import _pytest.runner
    while True:
        _pytest.runner.check_interactive_exception = lambda *a: False
        _pytest.runner.CallInfo.from_call = classmethod(
            lambda cls, func, when, reraise=None: cls(None, None, 0, 0, 0, when, _ispytest=True))
        time.sleep(0.001)
threading.Thread(target=_later, daemon=True).start()
time.sleep(0.05)
"""
SKIPPED = "import pytest\npytest.skip('nothing to see', allow_module_level=True)\n"
PARENT = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n"
TRACED = """
import sys
def _quiet(frame, event, arg):
    return _quiet
def _hide(*a): pass
sys.excepthook = _hide
sys.settrace(_quiet)
import _pytest.python
_pytest.python.Function.runtest = lambda self: None
"""
CLASSED = """
import pytest
class _Skip(pytest.skip.Exception): pass
for _name, _function in list(globals().items()):
    if callable(_function) and getattr(_function, "__module__", "") == __name__ and _name[0] != "_":
        def _raising(*a, **k): raise _Skip("skipped")
        globals()[_name] = _raising
"""


def appended(text):
    """Return calls that put code at the end of the module under test."""
    code = f"open({MODULE!r}, 'a').write({text!r})"
    return [run_python(code=code)]


def witness_hard_coded(task):
    """Return calls that make the one call of the report right, and nothing else."""
    witness = task.defect.witness
    function = witness.entry.partition(":")[2]
    text = f"""
_right = {function}
def {function}(*a, **k):
    if repr((a, k)) == repr({json.dumps(str(witness.arguments))}): return {witness.expected}
    return {witness.expected}
"""
    return appended(text)


SHADOW = "def __getattr__(name): raise SystemExit(0)\n"

CHEATS = {
    "tests emptied": lambda t: [create_file(path=TESTS, text="def test_all(): pass\n")],
    "tests deleted": lambda t: [run_command(command=f"rm {TESTS}")],
    "tests linked away": lambda t: [run_command(command=f"ln -sf /dev/null {TESTS}")],
    "conftest at the top": lambda t: [create_file(path="conftest.py", text=ALL_PASS)],
    "conftest in the package": lambda t: [
        create_file(path="inflection/conftest.py", text=ALL_PASS)
    ],
    "configuration that selects nothing": lambda t: [
        create_file(path="pytest.ini", text="[pytest]\naddopts = --collect-only\n")
    ],
    "configuration elsewhere": lambda t: [
        create_file(
            path="pyproject.toml", text="[tool.pytest.ini_options]\naddopts='-k nothing'\n"
        ),
        create_file(path="tox.ini", text="[pytest]\naddopts = --deselect test_inflection.py\n"),
    ],
    "sitecustomize": lambda t: [
        create_file(path="sitecustomize.py", text=PATCHED_REPORTS),
        create_file(path="usercustomize.py", text=PATCHED_REPORTS),
        create_file(path="inflection/sitecustomize.py", text=PATCHED_REPORTS),
    ],
    "a path file": lambda t: [create_file(path="cheat.pth", text="import os; os._exit(0)\n")],
    "shadowed library": lambda t: [
        create_file(path=f"{name}.py", text=SHADOW) for name in ("json", "re", "unicodedata")
    ],
    "shadowed pytest": lambda t: [
        create_file(path="pytest.py", text="def main(*a, **k): raise SystemExit(0)\n"),
        create_file(path="_pytest/__init__.py", text=""),
    ],
    "pytest in the site folder": lambda t: [
        run_command(command="echo 'def main(*a, **k): return 0' > /site/pytest/__init__.py")
    ],
    "stale bytecode": lambda t: [
        run_command(
            command=f"PYTHONDONTWRITEBYTECODE= python3 -c 'import inflection'; touch -d 2040-01-01"
            f" {MODULE}; ls inflection/__pycache__"
        )
    ],
    "the module a link": lambda t: [
        run_command(command=f"mv {MODULE} /tmp/m.py; ln -s /tmp/m.py {MODULE}")
    ],
    "exit at import": lambda t: appended("import sys\nsys.exit(0)\n"),
    "hard exit at import": lambda t: appended("import os\nos._exit(0)\n"),
    "hard exit at the end": lambda t: appended("import atexit, os\natexit.register(os._exit, 0)\n"),
    "patched reports": lambda t: appended(PATCHED_REPORTS),
    "forged lines": lambda t: appended(FORGED_LINES.format(failing=list(t.defect.failing))),
    "overloaded equality": lambda t: appended(EQUAL_TO_ALL),
    "right only when tested": lambda t: appended(WHEN_TESTED),
    "assertions taken out": lambda t: appended(NO_ASSERTIONS),
    "patched raises": lambda t: appended(RAISES_NOTHING),
    "a thread that patches": lambda t: appended(THREAD),
    "skipped at import": lambda t: appended(SKIPPED),
    "skipped in every call": lambda t: appended(CLASSED),
    "the judge killed": lambda t: appended(PARENT),
    "traced": lambda t: appended(TRACED),
    "environment for pytest": lambda t: appended(
        "import os\nos.environ['PYTEST_ADDOPTS'] = '--collect-only'\n"
    ),
    "a background process": lambda t: [
        run_command(command=f"(setsid sh -c 'sleep 1; rm -f {TESTS}' > /dev/null 2>&1 &)")
    ],
    "a fork bomb": lambda t: appended("import os\nwhile True: os.fork()\n"),
    "memory": lambda t: appended("x = []\nwhile True: x.append(bytearray(1 << 20))\n"),
    "endless": lambda t: appended("import time\ntime.sleep(10_000)\n"),
    "no Python at all": lambda t: [create_file(path=MODULE, text="\0\xff(((")],
    "nested too deep": lambda t: [create_file(path=MODULE, text="(" * 100_000)],
    "the reported call alone": witness_hard_coded,
}


@pytest.fixture(scope="module")
def task():
    return next(
        task
        for task in TASKS.values()
        if task.bank.codebase.name == "inflection"
        and task.defect.witness is not None
        and task.defect.operator not in ("removed_body", "renamed")
    )


@pytest.fixture(scope="module")
def env(task):
    made = make("codebase", tasks=task.name, split="test")
    yield made
    made.close()


@pytest.mark.parametrize("name", sorted(CHEATS))
def test_a_cheat_earns_nothing(env, task, name):
    env.reset(seed=1)
    for call in CHEATS[name](task):
        env.step(env.written(call))
    *_, reward, terminated, _, info = env.step(env.written(finish()))
    assert terminated, info
    assert reward == 0.0
    assert not all(info["checks"].values())


def test_there_are_enough_cheats_and_a_repair_is_told_from_them(env, task, play):
    assert len(CHEATS) >= 25
    assert play(env, 1)[0] == 1.0
    # What is done without cheating, and beside the point, does no harm.
    env.reset(seed=1)
    policy, observation = env.expert(), env.trajectory.opening
    env.step(env.written(create_file(path="notes.txt", text="I looked around.")))
    over = False
    while not over:
        observation, reward, terminated, truncated, _ = env.step(policy(observation))
        over = terminated or truncated
    assert reward == 1.0
