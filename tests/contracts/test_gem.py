"""GEM makes our envs, alone and in its vectors, and forks them."""

import random

import gem
import pytest

from wildgym.envs.integrations.gem import register

NAME = register("wildgym/Api-v0", perturbations="all", scaffold="random")


def to_the_end(env, observation, policy):
    total, over, info = 0.0, False, {}
    while not over:
        observation, reward, terminated, truncated, info = env.step(policy(observation))
        total, over = total + reward, terminated or truncated
    return total, info


def test_an_expert_gets_the_reward_and_global_generators_are_left_alone():
    random.seed(1)
    before = random.getstate()
    env = gem.make(NAME)
    for seed in range(8):
        observation, _ = env.reset(seed=seed)
        total, info = to_the_end(env, observation, env._env.expert())
        assert total == info["score"] == 1.0
    assert random.getstate() == before


@pytest.mark.parametrize("threads", [False, True])
def test_a_group_in_a_vector_is_one_episode(threads):
    envs = gem.make_vec([NAME] * 3, async_mode=threads)
    observations, infos = envs.reset(seed=[4, 4, 5])
    assert observations[0] == observations[1] != observations[2]
    actions = [env.sample_random_action() for env in envs.envs]
    _, rewards, terminated, truncated, _ = envs.step(actions)
    assert len(rewards) == len(terminated) == len(truncated) == len(infos) == 3


def test_what_is_spawned_goes_its_own_way():
    env = gem.make(NAME)
    observation, _ = env.reset(seed=2)
    policy = env._env.expert()
    observation = env.step(policy(observation))[0]
    twin = env.spawn(same_state=True)
    over = False
    while not over:
        *_, terminated, truncated, _ = twin.step(twin.sample_random_action())
        over = terminated or truncated
    assert to_the_end(env, observation, policy)[0] == 1.0
    with pytest.raises(ValueError, match="scaffold"):
        env.spawn(same_state=True, scaffold="hermes")
    again = env.spawn()
    assert again.reset(seed=2)[0] == gem.make(NAME).reset(seed=2)[0]


def test_the_example_of_the_docs_runs(example):
    names = {}
    exec(example, names)
    assert names["observations"] == names["observations"][:1] * 8
