"""Envs on a Ray cluster give what envs of one process give, and outlive their workers."""

import hashlib
import os
import random
import re
import signal
from contextlib import suppress
from pathlib import Path
from threading import Timer

import numpy as np
import pytest
import ray
from gymnasium.vector import AutoresetMode

from wildgym.benchmarks.vectors import recorded
from wildgym.envs.ray import RayVectorEnv
from wildgym.perturbations.factory import make_vec

HARD = {"perturbations": "all", "scaffold": "random", "max_turns": 6}


@pytest.fixture(scope="module", autouse=True)
def cluster():
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def digests(envs, steps, between=lambda step: None, seed=5):
    """Play words that no env can read, and return a digest of all that each env showed."""
    observations, infos = envs.reset(seed=seed)
    seen = [hashlib.sha256(o.encode()) for o in observations]
    over = 0
    for step in range(steps):
        between(step)
        observations, rewards, terminated, truncated, infos = envs.step(
            [f"step {step} of {i}" for i in range(envs.num_envs)]
        )
        for i, digest in enumerate(seen):
            ends = (rewards[i], terminated[i], truncated[i])
            final = infos["final_obs"][i] if "final_obs" in infos else None
            digest.update(repr((observations[i], ends, final)).encode())
        over += int(np.sum(terminated | truncated))
        if envs.metadata["autoreset_mode"] is AutoresetMode.DISABLED and truncated.any():
            observations, _ = envs.reset(options={"reset_mask": truncated})
    return [digest.hexdigest() for digest in seen], over


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_episodes_are_the_same_whatever_the_layout(mode):
    wanted = digests(make_vec("api", 6, autoreset_mode=mode, **HARD), 15)
    for workers in (1, 2, 4):
        envs = RayVectorEnv("wildgym/Api-v0", 6, workers, mode, **HARD)
        assert digests(envs, 15) == wanted
        envs.close()


def pids(envs):
    return [pid for _, pid in envs.places()]


def test_a_thousand_episodes_outlive_the_workers_that_are_killed():
    num_envs, steps = 100, 70
    mode = AutoresetMode.SAME_STEP
    wanted, over = digests(make_vec("api", num_envs, autoreset_mode=mode, **HARD), steps)
    assert over >= 1000
    envs = RayVectorEnv("wildgym/Api-v0", num_envs, 2, mode, **HARD)
    chance, killed = random.Random(0), set()

    def kill(pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)

    def between(step):
        if chance.random() < 0.15:
            # Before a step, in its midst, or in one of the next.
            Timer(chance.uniform(0, 0.1), kill, [chance.choice(pids(envs))]).start()

    assert digests(envs, steps, between) == (wanted, over)
    assert len(killed) >= 5
    envs.close()


def test_what_was_set_outlives_a_worker():
    given = {"perturbations": "train", "scaffold": "random", "max_turns": 3}
    kept = []
    for envs in (
        make_vec("api", 4, **given),
        RayVectorEnv("wildgym/Api-v0", 4, 2, **given),
    ):
        strengths = [{"tool_info": 0.1 * i} for i in range(4)]
        envs.reset(seed=1)
        envs.set_attr("strengths", strengths)
        if isinstance(envs, RayVectorEnv):
            for pid in pids(envs):
                os.kill(pid, signal.SIGKILL)
        kept.append((digests(envs, 5, seed=3), envs.get_attr("strengths"), envs.call("variation")))
    assert kept[0] == kept[1]


def test_sandboxes_of_a_lost_worker_come_to_the_same_files():
    played = recorded("files", 4, 12)
    seen = []
    for envs in (
        make_vec("files", 4, perturbations="all"),
        RayVectorEnv("wildgym/Files-v0", 4, 2, perturbations="all"),
    ):
        seen.append([envs.reset(seed=0)[0]])
        for step, actions in enumerate(played):
            if step == 2 and isinstance(envs, RayVectorEnv):
                os.kill(pids(envs)[0], signal.SIGKILL)
            observations, rewards, terminated, _, _ = envs.step(actions)
            seen[-1] += [observations, rewards.tolist(), terminated.tolist()]
        envs.close()
    assert seen[0] == seen[1]
    assert 1.0 in [reward for rewards in seen[0][2::3] for reward in rewards]


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_an_episode_that_comes_out_otherwise_is_invalid_and_the_others_go_on(mode):
    envs = RayVectorEnv("wildgym/Api-v0", 4, 2, mode)
    envs.reset(seed=0)
    envs.step(["?"] * 4)
    envs._journals[1] = envs._journals[1]._replace(digest=b"another")
    for pid in pids(envs):
        os.kill(pid, signal.SIGKILL)
    _, rewards, _, truncated, infos = envs.step(["?"] * 4)
    assert (rewards.tolist(), truncated.tolist()) == ([0.0] * 4, [False, True, False, False])
    last = infos["final_info"] if mode is AutoresetMode.SAME_STEP else infos
    assert "came out otherwise" in last["invalid"][1]
    if mode is AutoresetMode.DISABLED:
        envs.reset(seed=9, options={"reset_mask": truncated})
    assert not envs.step(["?"] * 4)[3].any()
    envs.close()


def test_the_example_of_the_docs_runs(monkeypatch):
    page = Path(__file__).parents[1] / "docs" / "clusters.md"
    example = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)[0]
    monkeypatch.setattr(ray, "init", lambda: None)  # the tests are connected already
    names = {}
    exec(example, names)
    assert names["rewards"].tolist() == [0.0] * 8
    assert len(names["observations"]) == 8


def test_what_an_env_refuses_is_said():
    with pytest.raises(ValueError, match="3 workers cannot share 2 envs"):
        RayVectorEnv("wildgym/Api-v0", 2, 3)
    with pytest.raises(ValueError, match="there is no mix"):
        RayVectorEnv("wildgym/Api-v0", 2, 1, perturbations="nonsense")
    envs = RayVectorEnv("wildgym/Api-v0", 2, 2)
    with pytest.raises(ValueError, match="no task"):
        envs.reset(seed=0, options={"task": "shop/steal"})
