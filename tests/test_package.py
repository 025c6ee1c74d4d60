"""The package as a user gets it: built, installed alone, and played, away from the checkout."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLAY = """
import gymnasium as gym, wildgym, pathlib
assert ".venv" not in wildgym.__file__ and "site-packages" in wildgym.__file__, wildgym.__file__
assert (pathlib.Path(wildgym.__file__).parent / "py.typed").exists()
env = gym.make("wildgym/Api-v0", perturbations="all", scaffold="random")
for seed in range(5):
    observation, info = env.reset(seed=seed)
    policy, over = env.unwrapped.expert(), False
    while not over:
        observation, reward, terminated, truncated, info = env.step(policy(observation))
        over = terminated or truncated
    assert reward == 1.0
"""


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if "RECORD" not in name}


def test_the_wheel_works_alone_and_is_the_same_from_the_sdist(tmp_path):
    run(sys.executable, "-m", "build", "--outdir", tmp_path / "both", ROOT)
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path / "direct", ROOT)
    (wheel,), (direct,) = (sorted((tmp_path / d).glob("*.whl")) for d in ("both", "direct"))
    assert contents(wheel) == contents(direct)
    assert not any(name.startswith(("tests/", "tools/")) for name in contents(wheel))
    venv.create(tmp_path / "clean", with_pip=True)
    python = tmp_path / "clean" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", wheel)
    away = {"cwd": tmp_path}
    run(python, "-c", PLAY, **away)
    listed = run(tmp_path / "clean" / "bin" / "wildgym", "list", "perturbations", "--json", **away)
    assert "rate_limit" in listed
    refused = subprocess.run(
        [tmp_path / "clean" / "bin" / "wildgym", "bench", "--policy", "expert", "--out", "x"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert refused.returncode == 2
    assert "wildgym[bench]" in refused.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports",),
    ],
    ids=" ".join,
)
def test_the_checkout_is_clean(command):
    run(Path(sys.executable).parent / command[0], *command[1:], cwd=ROOT)


def test_files_and_functions_stay_small():
    sizes = {
        path: len(path.read_text().splitlines())
        for folder in ("tools", "envs", "perturbations", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if path.parent.parent.name != "api"
    }
    assert {str(path): size for path, size in sizes.items() if size > 350} == {}
