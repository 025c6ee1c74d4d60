"""Every vector mode gives what a single env gives, in every autoreset mode."""

from functools import partial

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv

import wildgym  # noqa: F401
from wildgym.envs.rollouts import rollouts
from wildgym.envs.spaces import SLOT_BYTES
from wildgym.perturbations.factory import make, make_vec
from wildgym.tools import ToolCall

NUM_ENVS = 3


def makers(interface):
    """Constructors that can be sent to spawned workers."""
    return [
        partial(gym.make, "wildgym:wildgym/Api-v0", interface=interface, max_turns=2)
    ] * NUM_ENVS


def sync(interface, mode):
    return SyncVectorEnv(makers(interface), autoreset_mode=mode)


def own(interface, mode):
    return make_vec("api", NUM_ENVS, interface=interface, max_turns=2, autoreset_mode=mode)


def asynchronous(context):
    def build(interface, mode):
        return AsyncVectorEnv(makers(interface), context=context, autoreset_mode=mode)

    return build


BUILDS = {
    "own": own,
    "fork": asynchronous("fork"),
    "spawn": asynchronous("spawn"),
    "forkserver": asynchronous("forkserver"),
}


def rollout(env, interface, mode):
    """Two short episodes of each env and what comes between, as plain data."""
    action = "é?" if interface == "text" else {"role": "assistant", "content": "é?"}
    observations, infos = env.reset(seed=[5, 6, 7])
    seen = [(list(observations), list(infos["task_id"]))]
    for _ in range(5):
        step = env.step([action] * NUM_ENVS)
        observations, rewards, terminated, truncated, infos = step
        ends = [list(np.asarray(end)) for end in (rewards, terminated, truncated)]
        finals = [list(infos[k]) if k in infos else None for k in ("final_obs", "score")]
        seen.append((list(observations), *ends, sorted(infos), *finals))
        if mode is AutoresetMode.DISABLED and truncated.any():
            options = {"reset_mask": np.asarray(truncated)}
            seen.append(list(env.reset(seed=[8, 9, 10], options=options)[0]))
    return seen


@pytest.mark.parametrize("mode", AutoresetMode)
@pytest.mark.parametrize("interface", ["text", "chat"])
@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_all_vector_envs_agree(build, interface, mode):
    reference, env = sync(interface, mode), build(interface, mode)
    try:
        assert env.single_observation_space == reference.single_observation_space
        assert rollout(env, interface, mode) == rollout(reference, interface, mode)
    finally:
        reference.close()
        env.close()


def test_make_vec_takes_the_own_one_by_default():
    env = gym.make_vec("wildgym/Api-v0", num_envs=2, perturbations="train")
    assert type(env).__name__ == "WildVectorEnv"
    assert env.spec.kwargs["perturbations"] == "train"


def test_episodes_are_cut_where_gymnasium_says():
    env = gym.make_vec("wildgym/Api-v0", num_envs=2, max_episode_steps=2)
    env.reset(seed=0)
    assert not env.step(["?", "?"])[3].any()
    assert env.step(["?", "?"])[3].all()


def test_observations_are_left_alone_by_later_steps():
    env = make_vec("api", 2)
    first, _ = env.reset(seed=0)
    kept = tuple(first)
    env.step(["?", "?"])
    assert first == kept


def test_a_group_of_equal_seeds_is_one_task():
    env = make_vec("api", 4, perturbations="all")
    observations, _ = env.reset(seed=[11] * 4)
    assert len(set(observations)) == 1
    single, _ = make("api", perturbations="all").reset(seed=11)
    assert observations[0] == single


def test_a_group_shares_the_task_and_may_vary_the_rest():
    envs = make_vec("api", 6, perturbations="all")
    _, infos = envs.reset(seed=[3, 30, 31, 4, 40, 41], options={"group": 3})
    assert [env.variation for env in envs.envs[:3]] == [envs.envs[0].variation] * 3
    assert len(set(infos["task_id"])) == 2
    observations, varied = envs.reset(
        seed=[3, 30, 31, 4, 40, 41], options={"group": 3, "vary": True}
    )
    assert list(varied["task_id"]) == list(infos["task_id"])
    assert len(set(observations)) == 6
    assert envs.envs[1].scenario.origin.base == envs.envs[0].scenario.origin.base
    for wrong in ({"group": 4}, {"group": 0}):
        with pytest.raises(ValueError, match="make no groups"):
            envs.reset(seed=1, options=wrong)
    with pytest.raises(ValueError, match="give reset a seed"):
        envs.reset(options={"group": 2})


@pytest.mark.parametrize("vary", [False, True])
def test_rollouts_play_whole_groups_by_one_call(vary):
    envs = make_vec("api", 8, perturbations="all", scaffold="random")
    policies = {}

    def act(running, observations):
        for i in running:
            policies.setdefault(i, envs.envs[i].expert())
        return [policies[i](seen) for i, seen in zip(running, observations, strict=True)]

    played = rollouts(envs, act, seed=11, group=4, vary=vary)
    assert [r.reward for r in played] == [1.0] * 8
    assert all(r.valid and r.info["score"] == 1.0 for r in played)
    assert len({str(r.variation) for r in played}) == (8 if vary else 2)
    assert len({r.task for r in played}) == 2
    for rollout in played[:2]:
        again = make("api", perturbations=rollout.variation)
        first, _ = again.reset(options={"task_seed": 11})
        assert first == rollout.trajectory.opening


def test_seeds_must_fit():
    with pytest.raises(ValueError, match="2 seeds were given for 3 envs"):
        make_vec("api", 3).reset(seed=[1, 2])


@pytest.mark.parametrize("interface", ["text", "chat"])
def test_the_longest_observation_fits_shared_memory(interface):
    """An agent that fills the world with text, and has it read out many times over."""
    env = make("api", tasks="mail/*", interface=interface)
    env.reset(seed=0)
    write = {"to": "a@example.com", "subject": "s", "body": "😀" * 150_000}
    calls = [ToolCall("send_mail", write)]
    for batch in (calls, [ToolCall("get_mail", {"mail_id": "MAIL-9001"})] * 8):
        observation, *_ = env.step(env._scaffold.act(batch, env._specs))
    space = env.observation_space
    assert len(space.encode(observation)) < SLOT_BYTES - 4
    assert "left out" in str(observation)
    assert space.decode(space.encode(observation)) == observation
