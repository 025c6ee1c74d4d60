"""Suites are frozen: what they play does not change unnoticed."""

import json
from fnmatch import fnmatchcase

import gymnasium as gym
import pytest

import wildgym  # noqa: F401
from wildgym.benchmarks.episode import Stage
from wildgym.benchmarks.freeze import opening, roster
from wildgym.benchmarks.frozen import frozen, lock
from wildgym.benchmarks.suites import ARMS, SUITES, Setting, plan
from wildgym.perturbations import AXES
from wildgym.perturbations.splits import splits

STALE = "run `python -m wildgym.benchmarks.freeze`, and name a new version if one was released"


def test_the_frozen_tasks_are_there():
    there = roster()
    for split, families in lock()["tasks"].items():
        for family, names in families.items():
            assert set(names) <= set(there[split][family]), STALE


@pytest.mark.parametrize("name", SUITES)
def test_episodes_open_as_they_did_when_they_were_frozen(name):
    setting = Setting(name, "expert", seeds=SUITES[name].seeds)
    stage = Stage(setting)
    planned = {episode.key: episode for episode in plan(setting)}
    assert SUITES[name].sample
    for key, digest in SUITES[name].sample.items():
        assert opening(stage, planned[key]) == digest, f"{key} has changed: {STALE}"


def test_every_glob_finds_something_and_no_two_episodes_share_a_name():
    for suite in SUITES.values():
        names = [task for split in ("train", "test") for _, task in suite.of_split(split)]
        for glob in (glob for globs in suite.tasks.values() for glob in globs):
            assert any(fnmatchcase(name, glob) for name in names), f"{suite.name}: {glob}"
        planned = plan(Setting(suite.name, "expert", seeds=2, reruns=2))
        assert len({episode.key for episode in planned}) == len(planned)
        assert suite.arms[0].name == "clean"
    assert frozen().splits == splits().version


def test_every_suite_has_the_digest_that_it_had_when_it_was_frozen():
    assert {name: suite.digest for name, suite in SUITES.items()} == lock()["digests"], STALE
    assert len({suite.digest for suite in SUITES.values()}) == len(SUITES)


def test_reruns_play_the_same_episode_again():
    planned = plan(Setting("tiny", "random", reruns=3))
    assert [episode.rerun for episode in planned[:3]] == [0, 1, 2]
    assert len({episode.env_seed for episode in planned[:3]}) == 1
    assert planned[1].key == f"{planned[0].key}#1"


def test_arms_on_the_same_axis_meet_the_same_operators():
    """So that what two axes do together can be set against what each does alone."""

    def met(arm, seed):
        env = gym.make("wildgym/Api-v0", perturbations=ARMS[arm].mix, split="test")
        _, info = env.reset(seed=seed, options={"task": "shop/cancel"})
        return {json.dumps(p, sort_keys=True) for p in info["variation"]["perturbations"]}

    for seed in range(5):
        alone = {axis: met(axis, seed) for axis in AXES}
        assert all(len(operators) == 2 for operators in alone.values())
        for arm in ARMS.values():
            if len(arm.mixes) == 2:
                first, second = arm.mixes
                assert met(arm.name, seed) == alone[first] | alone[second]
            elif arm.strength is not None:
                weak = {json.loads(p)["strength"] for p in met(arm.name, seed)}
                names = {json.loads(p)["name"] for p in met(arm.name, seed)}
                assert weak == {arm.strength}
                assert names == {json.loads(p)["name"] for p in alone[arm.mixes[0]]}


def test_twins_arm_has_every_operator_that_may_make_a_task_impossible():
    (apart,) = splits().apart
    assert set(ARMS["twins"].mix["operators"]) == set(apart)
