"""The env keeps Gymnasium's contract, and its own."""

import json
import os
import subprocess
import sys
import warnings

import gymnasium as gym
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

import wildgym  # noqa: F401
from wildgym.envs.scaffolds import SCAFFOLDS
from wildgym.perturbations.factory import make, perturber

INTERFACES = ("text", "chat")


@pytest.mark.parametrize("interface", INTERFACES)
@pytest.mark.parametrize("mix", ["none", "all"])
def test_check_env_has_nothing_to_say(interface, mix):
    env = gym.make(
        "wildgym/Api-v0", perturbations=mix, interface=interface, render_mode="ansi"
    ).unwrapped
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env)


def test_spec_round_trips_through_json():
    env = gym.make("wildgym/Api-v0", perturbations=["rate_limit"], scaffold="random", max_turns=7)
    again = gym.make(EnvSpec.from_json(env.spec.to_json()))
    assert again.spec == env.spec
    assert again.reset(seed=5) == env.reset(seed=5)


def test_make_needs_no_import():
    program = "import gymnasium; gymnasium.make('wildgym:wildgym/Api-v0').reset(seed=0)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_import_only_registers():
    program = (
        "import sys, wildgym; loaded = [m for m in sys.modules if m.startswith('wildgym')];"
        "assert loaded == ['wildgym'], loaded; assert 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("interface", INTERFACES)
@given(seed=st.integers(0, 2**62), scaffold=st.sampled_from(sorted(SCAFFOLDS)))
@settings(max_examples=15, deadline=None)
def test_a_variation_replays_the_episode_byte_for_byte(interface, seed, scaffold):
    env = make("api", perturbations="all", scaffold=scaffold, interface=interface)
    first = transcript(env, seed)
    variation = json.loads(json.dumps(first[1]["variation"]))
    again = make("api", perturbations=variation, interface=interface)
    assert transcript(again, seed) == first


def transcript(env, seed):
    observation, info = env.reset(seed=seed)
    policy, said = env.expert(), [observation]
    over = False
    while not over:
        said.append(action := policy(said[-1]))
        observation, reward, terminated, truncated, end = env.step(action)
        said.append(observation)
        over = terminated or truncated
    assert end["score"] == reward == 1.0
    return said, info, end


def test_the_same_seed_is_the_same_episode_in_every_process():
    program = (
        "import hashlib, wildgym.perturbations.factory as f\n"
        "env, digest = f.make('api', perturbations='all', scaffold='random'), hashlib.sha256()\n"
        "for seed in range(40):\n"
        "    observation, info = env.reset(seed=seed)\n"
        "    policy, over = env.expert(), False\n"
        "    digest.update(repr((observation, info)).encode())\n"
        "    while not over:\n"
        "        observation, reward, ended, cut, info = env.step(policy(observation))\n"
        "        digest.update(repr((observation, reward, info)).encode())\n"
        "        over = ended or cut\n"
        "print(digest.hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "4242")
    }
    assert len(digests) == 1


def test_task_and_perturbation_seeds_are_apart():
    env = make("api", perturbations="environment")
    task_ids, users = set(), set()
    for perturbation_seed in range(8):
        options = {"task_seed": 3, "perturbation_seed": perturbation_seed}
        _, info = env.reset(seed=0, options=options)
        task_ids.add(info["task_id"])
        users.add(env.scenario.facts["user_name"])
    assert len(task_ids) == len(users) == 1
    clean = make("api")
    clean.reset(seed=3)
    assert clean.scenario.facts == env.scenario.facts


MALFORMED = {
    "nothing": "",
    "prose": "I would rather not.",
    "unknown tool": '<tool_call>\n{"name": "fly", "arguments": {}}\n</tool_call>',
    "wrong type": '<tool_call>\n{"name": "wait", "arguments": {"seconds": []}}\n</tool_call>',
    "unknown argument": '<tool_call>\n{"name": "wait", "arguments": {"s": 1}}\n</tool_call>',
    "not an object": '<tool_call>\n{"name": "wait", "arguments": [1]}\n</tool_call>',
    "broken JSON": '<tool_call>\n{"name": "wait", "arguments": {\n</tool_call>',
    "NaN": '<tool_call>\n{"name": "wait", "arguments": {"seconds": NaN}}\n</tool_call>',
    "unclosed": '<tool_call>\n{"name": "wait", "arguments": {}}',
    "unclosed thinking": "<think> so",
    "deep": "<tool_call>\n" + "[" * 100_000 + "\n</tool_call>",
    "huge number": '<tool_call>{"name": "wait", "arguments": {"seconds": '
    + "9" * 9999
    + "}}</tool_call>",
    "1 MB": "x" * 1_000_000,
    "NUL": '<tool_call>\n{"name": "wait\0", "arguments": {}}\n</tool_call>',
    "half a surrogate": '\ud800 <tool_call>\n{"name": "wait", "arguments": {}}\n</tool_call>',
    "escaped half": r'<tool_call>{"name": "wait", "arguments": {"\ud800": 1}}</tool_call>',
    "no text": None,
    "bytes": b"<tool_call>",
    "too many calls": '<tool_call>\n{"name": "wait", "arguments": {"seconds": 1}}\n</tool_call>'
    * 9,
}


@pytest.mark.parametrize("action", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_action_is_an_observation_that_costs_a_turn(action):
    env = make("api", tasks="shop/order_total")
    env.reset(seed=0)
    policy = env.expert()
    opening = env.trajectory.opening
    observation, reward, terminated, truncated, info = env.step(action)
    assert "error" in observation
    assert (reward, terminated, truncated, info) == (0.0, False, False, {})
    assert len(env.trajectory.turns) == 1
    assert len(observation.encode()) < 2000
    observation, reward, *_ = env.step(policy(opening))
    assert env.step(policy(observation))[1] == 1.0


@given(st.one_of(st.text(), st.binary(), st.none(), st.dictionaries(st.text(), st.text())))
@settings(max_examples=200, deadline=None)
def test_no_action_raises(action):
    for interface in INTERFACES:
        env = make("api", interface=interface, tasks="shop/order_total")
        env.reset(seed=0)
        assert env.step(action)[4] == {}


@pytest.mark.parametrize(
    "message",
    [
        {"role": "assistant", "tool_calls": [{"id": 1}]},
        {"role": "assistant", "tool_calls": {"id": 1}},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "tool_calls": [{"function": {"name": 3, "arguments": "{}"}}]},
        {"role": "assistant", "tool_calls": [{"function": {"name": "wait", "arguments": "{"}}]},
        {"role": "assistant", "tool_calls": [{"function": {"name": "wait", "arguments": "[]"}}]},
    ],
)
def test_a_malformed_message_is_answered_by_a_message(message):
    env = make("api", interface="chat")
    env.reset(seed=0)
    observation, *_ = env.step(message)
    assert observation in env.observation_space
    assert "format_error" in observation[0]["content"]


def test_truncated_is_not_terminated():
    env = make("api", max_turns=2)
    env.reset(seed=0)
    assert env.step("?")[2:4] == (False, False)
    *_, reward, terminated, truncated, info = env.step("?")
    assert (reward, terminated, truncated, info["score"]) == (0.0, False, True, 0.0)
    with pytest.raises(gym.error.ResetNeeded):
        env.step("?")


def test_a_fault_of_the_host_is_invalid_and_never_a_reward(monkeypatch, caplog):
    env = make("api", tasks="shop/order_total", reward="dense")
    observation, _ = env.reset(seed=0)
    monkeypatch.setattr(type(env.scenario.toolset), "call", lambda *_: 1 / 0)
    _, reward, terminated, truncated, info = env.step(env.expert()(observation))
    assert (reward, terminated, truncated) == (0.0, False, True)
    assert "ZeroDivisionError" in info["invalid"]
    assert "score" not in info
    assert "shop/order_total" in caplog.text


@given(seed=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_dense_rewards_sum_to_the_sparse_one(play, seed):
    env = make("api", perturbations="all", reward="dense")
    assert play(env, seed)[0] == pytest.approx(1.0)


@given(seed=st.integers(0, 10**6), turns=st.integers(0, 6))
@settings(max_examples=40, deadline=None)
def test_a_fork_goes_its_own_way(seed, turns):
    env = make("api", perturbations="all", scaffold="random", render_mode="ansi")
    observation, _ = env.reset(seed=seed)
    policy = env.expert()
    for _ in range(turns):
        if env.verify().checks["status"]:
            break
        action = policy(observation)
        if env._over:
            return
        observation, *_ = env.step(action)
    if env._over:
        return
    fork = env.fork()
    before = fork.render(), fork.verify()
    steps = []
    while not env._over:
        action = policy(observation)
        observation, *rest = env.step(action)
        steps.append((action, observation, rest))
    assert (fork.render(), fork.verify()) == before
    assert steps == [(a, *_split(fork.step(a))) for a, _, _ in steps]


def _split(step):
    return step[0], list(step[1:])


def test_render_is_the_transcript_and_drives_no_terminal():
    env = make("api", render_mode="ansi")
    env.reset(seed=0)
    env.step("\x1b[2J hello")
    text = env.render()
    assert "hello" in text
    assert "\x1b[2J" not in text


def test_what_a_caller_does_to_infos_reaches_no_other_episode():
    env = make("api", perturbations="tool_info")
    for _ in range(2):
        observation, info = env.reset(seed=1)
        wanted = make("api", perturbations="tool_info").reset(seed=1)
        assert (observation, info) == wanted
        info["tools"][0]["function"]["parameters"].clear()
        info["messages"].clear()
        info["variation"]["perturbations"].clear()


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"perturbations": "chaos"}, "there are none,"),
        ({"perturbations": ["rename"]}, "rename_opaquely"),
        ({"perturbations": ["typos", "typos"]}, "twice"),
        ({"perturbations": {"perturbations": [{"name": "typos", "strength": 2}]}}, "strength"),
        ({"perturbations": {"perturbations": [{"name": "typos", "rate": 2}]}}, "rate"),
        ({"scaffold": "xml"}, "hermes"),
        ({"tasks": "shop/order_tot"}, "shop/order_total"),
        ({"split": "dev"}, "train, test"),
        ({"interface": "voice"}, "text, chat"),
        ({"reward": "kind"}, "sparse, dense"),
        ({"max_turns": 0}, "at least 1"),
    ],
)
def test_a_bad_argument_is_told_what_would_do(arguments, part):
    with pytest.raises(ValueError, match=part):
        gym.make("wildgym/Api-v0", **arguments)


def test_an_unknown_option_is_told_what_would_do():
    env = make("api")
    with pytest.raises(ValueError, match="task_seed"):
        env.reset(options={"seeds": 1})
    with pytest.raises(ValueError, match="list tasks"):
        env.reset(options={"task": "shop/nothing"})


def test_perturbations_in_any_order_are_the_same():
    names = ["typos", "rename_opaquely", "paginate", "stale_decoys", "pad_rules"]
    one, other = (make("api", perturbations=given) for given in (names, names[::-1]))
    for seed in range(20):
        assert one.reset(seed=seed)[0] == other.reset(seed=seed)[0]


def test_perturb_is_a_function_of_scenario_and_seed():
    env = make("api")
    env.reset(seed=1)
    perturb = perturber("all")
    assert perturb(env.scenario, 7, {})[1] == perturb(env.scenario, 7, {})[1]
