"""Attacks on every sandbox: none may get through, and each is seen where it does."""

import os
import subprocess
import sys
import textwrap

import pytest

from wildgym.tools.sandboxes import BACKENDS, backend, why_not
from wildgym.tools.sandboxes.attacks import ATTACKS, place
from wildgym.tools.sandboxes.attacks.attacking import Target, fires


@pytest.fixture(scope="module")
def there():
    with place() as attacked:
        yield attacked


@pytest.fixture(scope="module", params=BACKENDS)
def target(request, there):
    missing = why_not(request.param)
    if missing and not os.environ.get("CI"):
        pytest.skip(missing)
    made = Target(backend(request.param), there)
    yield made
    made.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_no_attack_gets_through(target, attack):
    assert target.attack(attack) == ""


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.control], ids=lambda a: a.name)
def test_an_attack_that_gets_through_is_seen(there, attack):
    assert fires(attack, there)


def test_there_are_many_attacks_of_different_names():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) > 100
    assert sum(attack.control for attack in ATTACKS) > 10


ORDINARY = """
import os, sys
from wildgym.tools.sandboxes import Sandbox, backend
from wildgym.tools.sandboxes.attacks import ATTACKS, place
from wildgym.tools.sandboxes.attacks.attacking import Target
from wildgym.tools.sandboxes.attacks.resources import RESOURCES
from wildgym.tools.sandboxes.attacks.storage import STORAGE

Sandbox(backend(sys.argv[1])).close()  # whatever it reads of the package is read now
os.chdir("/")
os.setgroups([])
os.setresgid(54321, 54321, 54321)
os.setresuid(54321, 54321, 54321)
with place() as there:
    target = Target(backend(sys.argv[1]), there)
    for attack in ATTACKS:
        if attack in RESOURCES + STORAGE and "processes" not in attack.name:
            continue
        if (found := target.attack(attack)):
            print(attack.name, found)
    target.close()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests are an ordinary user's already")
@pytest.mark.parametrize("name", [name for name in BACKENDS if name != "docker"])
def test_no_attack_gets_through_for_an_ordinary_user(name):
    # Here the host's processes belong to the same user as the sandbox.
    if (missing := why_not(name)) and not os.environ.get("CI"):
        pytest.skip(missing)
    program = [sys.executable, "-c", textwrap.dedent(ORDINARY), name]
    done = subprocess.run(program, capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
