"""Curricula over vector envs: strengths follow, replay and checkpoint."""

import json
from functools import partial

import gymnasium as gym
import pytest
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv
from hypothesis import given, settings
from hypothesis import strategies as st

import wildgym  # noqa: F401
from wildgym.perturbations import AXES
from wildgym.perturbations.curricula import Adaptive, Curriculum, Ramp, Uniform
from wildgym.perturbations.factory import make, make_vec

SCHEDULES = {
    "adaptive": partial(Adaptive, window=4, step=0.25, start=0.5),
    "ramp": partial(Ramp, 12),
    "uniform": partial(Uniform, 0.2, 0.9, seed=5),
}
MAKE = partial(gym.make, "wildgym:wildgym/Api-v0", perturbations="all", max_turns=1)


def own(mode):
    return make_vec("api", 3, perturbations="all", max_turns=1, autoreset_mode=mode)


def sync(mode):
    return SyncVectorEnv([MAKE] * 3, autoreset_mode=mode)


def asynchronous(mode):
    return AsyncVectorEnv([MAKE] * 3, autoreset_mode=mode)


def strengths_of(infos):
    return [
        {p["name"]: p["strength"] for p in listed or ()}
        for listed in infos.get("variation", {}).get("perturbations", ())
    ]


def run(envs, steps=6):
    _, infos = envs.reset(seed=[1, 2, 3])
    seen = [strengths_of(infos)]
    for _ in range(steps):
        *_, infos = envs.step(["nothing"] * 3)
        seen.append(strengths_of(infos))
    return seen


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_every_vector_env_is_driven_the_same_way(schedule, mode):
    seen = []
    for build in (own, sync, asynchronous):
        envs = Curriculum(build(mode), SCHEDULES[schedule]())
        seen.append(run(envs))
        envs.close()
    assert seen[0] == seen[1] == seen[2]
    drawn = {s for step in seen[0] for env in step for s in env.values()}
    assert len(drawn) > 1


def test_strength_follows_success_into_the_band():
    """A policy that fails above a strength of its own on each axis ends up near that strength."""
    able = dict(zip(AXES, (0.1, 0.3, 0.5, 0.7, 1.0), strict=True))
    adaptive = Adaptive(window=8, step=0.1)
    for episode in range(600):
        axis = AXES[episode % len(AXES)]
        adaptive.ended([axis], adaptive.strengths(episode)[axis] <= able[axis])
    for axis, strength in adaptive.strengths(0).items():
        assert abs(strength - able[axis]) <= 0.11


@given(outcomes=st.lists(st.tuples(st.sampled_from(AXES), st.booleans()), max_size=60))
@settings(max_examples=50, deadline=None)
def test_strengths_stay_within_bounds_and_states_go_on_as_if_never_stopped(outcomes):
    through, stopped = (Adaptive(window=3, step=0.3) for _ in range(2))
    for axis, success in outcomes:
        through.ended([axis], success)
        stopped.ended([axis], success)
        again = Adaptive(window=3, step=0.3)
        again.restore(json.loads(json.dumps(stopped.state())))
        stopped = again
    assert stopped.state() == through.state()
    assert all(0 <= strength <= 1 for strength in through.strengths(0).values())


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_curriculum_checkpoints(schedule):
    envs = Curriculum(own(AutoresetMode.NEXT_STEP), SCHEDULES[schedule]())
    run(envs)
    state = json.loads(json.dumps(envs.state()))
    again = Curriculum(own(AutoresetMode.NEXT_STEP), SCHEDULES[schedule]())
    again.restore(state)
    assert run(again) == run(envs)


def test_a_strength_of_an_axis_leaves_the_others_alone_and_replays():
    env = make("api", perturbations="all")
    env.strengths = {"tool_info": 0.25, "user_prompt": 0.0}
    observation, info = env.reset(seed=4)
    plain = make("api", perturbations="all").reset(seed=4)[1]
    for weak, full in zip(*(i["variation"]["perturbations"] for i in (info, plain)), strict=True):
        assert weak["name"] == full["name"]
        assert weak["strength"] in (0.0, 0.25, 1.0)
    again = make("api", perturbations=info["variation"]).reset(seed=4)[0]
    assert again == observation


@pytest.mark.parametrize(
    "wrong", [{"band": (0.7, 0.3)}, {"window": 0}, {"step": 0}, {"start": 1.5}]
)
def test_a_schedule_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"band|window"):
        Adaptive(**wrong)
