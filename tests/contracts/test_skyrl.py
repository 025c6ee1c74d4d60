"""SkyRL-gym plays our episodes as its generator does."""

import json

import skyrl_gym

from wildgym.envs.integrations.skyrl import dataset, register

register()


def rollout(row, answer):
    """Play as SkyRL's generator does: extras are a copy of the row, and done ends it."""
    extras = json.loads(
        json.dumps({k: v for k, v in row.items() if k not in ("prompt", "env_class")})
    )
    env = skyrl_gym.make(row["env_class"], env_config={}, extras={**extras, "max_turns": 60})
    messages, _ = env.init(row["prompt"])
    chat, rewards, done = list(messages), [], False
    act = answer(env.unwrapped if hasattr(env, "unwrapped") else env)
    while not done:
        chat.append({"role": "assistant", "content": act(chat[-1]["content"])})
        step = env.step(chat[-1]["content"])
        chat += step["observations"]
        rewards.append(step["reward"])
        done = step["done"]
    env.close()
    return chat, rewards, env.get_metrics(), step["metadata"]


def expert(env):
    return env._env.expert()


def test_an_expert_gets_all_of_the_reward_through_skyrl():
    for row in dataset("wildgym/Api-v0", range(12), perturbations="all", scaffold="random"):
        chat, rewards, metrics, _ = rollout(row, expert)
        assert sum(rewards) == 1.0
        assert metrics == {"score": 1.0, "invalid": 0.0}
        assert [m["role"] for m in chat[:2]] == ["system", "user"]


def test_a_group_shares_its_episode_and_bad_actions_are_answered():
    (row,) = dataset("wildgym/Api-v0", [5], perturbations="train")
    first, again = (rollout(row, expert)[0] for _ in range(2))
    assert first == again
    chat, rewards, metrics, end = rollout(row, lambda env: lambda said: "no call at all")
    assert (sum(rewards), metrics["score"]) == (0.0, 0.0)
    assert end["turns"] == 60
    assert len(chat) == 2 + 60 + 59


def test_the_example_of_the_docs_runs(example, tmp_path):
    exec(example, {})
    rows = json.loads((tmp_path / "train.json").read_text())
    assert [row["seed"] for row in rows] == list(range(1000))
    assert len(rollout(rows[0], expert)[0]) > 2
