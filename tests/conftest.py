"""What several tests share: playing an episode, a real model and a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from wildgym.envs import Expert, WildEnv
from wildgym.envs.expert import solve
from wildgym.perturbations.witness import watched

# CI tries the same examples on every run; on a developer's machine every run tries new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

Played = tuple[float, dict[str, Any]]


def play_episode(
    env: WildEnv, seed: int, blind_to: Any = (), watch: str = "", **options: Any
) -> Played:
    """Let the expert play, or a twin that is blind; return the sum of rewards and the last info.

    With an operator to watch, the info says whether that one acts.
    """
    observation, _ = env.reset(seed=seed, options=options or None)
    policy = env.expert(blind_to)
    if watch:
        scenario, witness = watched(env.scenario, watch)
        policy = Expert(
            solve(scenario, blind_to),
            lambda calls: env._scaffold.act(calls, env._specs),
            env._scaffold.read,
        )
    total, over, info, said = 0.0, False, {}, []
    while not over:
        action = policy(observation)
        said.append(action)
        observation, reward, terminated, truncated, info = env.step(action)
        total += reward
        over = terminated or truncated
        if blind_to and said[-3:] == [action] * 3:
            break
    return total, info | {"acts": witness.acts} if watch else info


@pytest.fixture(scope="session")
def play() -> Callable[..., Played]:
    return play_episode


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """Serve a real language model, and yield its base URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "wildgym.benchmarks.smollm", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        for _ in range(120):
            assert server.poll() is None, "the server died"
            try:
                urllib.request.urlopen(f"{url}/models", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield url
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """A headless Chromium that notes what its console says."""
    if not (shutil.which("chromedriver") or os.environ.get("CI")):
        pytest.skip("there is no chromedriver; .ci/install-chromium installs it")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage"):
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={tmp_path}/browser")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options, service)
    try:
        yield driver
    finally:
        driver.quit()
