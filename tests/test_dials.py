"""Dials: each turns by itself, the expert plays under all, and conversations show what they say."""

import json
import re

import pytest

from wildgym.envs.scaffolds import READ
from wildgym.envs.scaffolds.dialed import carries_json
from wildgym.envs.scaffolds.dials import Dials, options
from wildgym.perturbations.factory import make

SETTINGS = [(dial, setting) for dial in Dials.model_fields for setting in options(dial)]
SPREAD = ("hermes", "qwen3-coder", "react", "deepseek-v3.1", "pythonic", "yaml")


@pytest.mark.parametrize(("dial", "setting"), SETTINGS)
def test_the_expert_plays_under_every_setting(play, dial, setting):
    for n, syntax in enumerate(SPREAD):
        if dial == "encoding" and setting != "own" and not carries_json(READ[syntax]):
            continue
        scaffold = {"syntax": syntax, dial: setting}
        env = make("api", perturbations="all", scaffold=scaffold, max_turns=800)
        assert play(env, n)[0] == 1.0


@pytest.mark.parametrize("history", ["last", "full"])
def test_the_expert_plays_under_any_dials(play, history):
    scaffold = {"syntax": "random", "dials": "random"}
    env = make("api", perturbations="all", scaffold=scaffold, history=history, max_turns=800)
    seen = set()
    for seed in range(60):
        assert play(env, seed)[0] == 1.0
        seen.add(json.dumps(env.variation["scaffold"], sort_keys=True))
    assert len(seen) == 60


def test_dials_that_are_drawn_replay():
    env = make("api", scaffold={"syntax": "random", "dials": "random"}, history="full")
    for seed in range(20):
        observation, info = env.reset(seed=seed)
        variation = json.loads(json.dumps(info["variation"]))
        again = make("api", perturbations=variation, history="full")
        first, other = again.reset(seed=seed)
        assert first == observation
        assert other["variation"]["scaffold"] == info["variation"]["scaffold"]


def test_one_dial_never_moves_the_draw_of_another():
    free = make("api", scaffold={"syntax": "hermes", "dials": "random"})
    fixed = make("api", scaffold={"syntax": "hermes", "docs": "yaml", "dials": "random"})
    for seed in range(30):
        drawn, other = (env.reset(seed=seed)[1]["variation"]["scaffold"] for env in (free, fixed))
        assert {**drawn, "docs": "yaml"} == other


@pytest.mark.parametrize(
    ("scaffold", "said"),
    [
        ({"syntax": "hermes", "volume": "loud"}, "volume"),
        ({"syntax": "hermes", "docs": "latex"}, "docs"),
        ({"syntax": "hermes", "dials": "all"}, "random"),
        ({"syntax": "telex"}, "there is no scaffold 'telex'"),
        ({"syntax": "pythonic", "encoding": "string"}, "no dial 'encoding'"),
    ],
)
def test_what_is_no_dial_is_refused(scaffold, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        make("api", scaffold=scaffold)


# Whole conversations.


def thought(n, action):
    return f"<think>thought {n}</think>\n{action}"


def talked(turns, **dials):
    """Play some turns of an episode with thoughts; return the env and the last observation."""
    scaffold = {"syntax": "hermes", **dials}
    env = make("api", tasks="shop/cancel_all_processing", scaffold=scaffold, history="full")
    observation, _ = env.reset(seed=3)
    for n in range(turns):
        call = env.scenario.canonical.specs["list_orders"].name
        action = f'<tool_call>\n{{"name": "{call}", "arguments": {{}}}}\n</tool_call>'
        observation, *_ = env.step(thought(n, action))
    return env, observation


def thoughts(observation):
    return [int(n) for n in re.findall(r"thought (\d+)", observation)]


def test_everything_is_shown_again_by_itself():
    env, observation = talked(6)
    assert thoughts(observation) == list(range(6))
    assert observation.startswith(env.trajectory.opening)
    assert all(turn.observation in observation for turn in env.trajectory.turns)


@pytest.mark.parametrize(("window", "shown"), [("last_3", [3, 4, 5]), ("last_8", list(range(6)))])
def test_a_window_shows_the_last_turns(window, shown):
    env, observation = talked(6, window=window)
    assert thoughts(observation) == shown
    assert observation.startswith(env.trajectory.opening)


def test_older_results_are_masked():
    _, observation = talked(6, window="masked")
    assert thoughts(observation) == list(range(6))
    assert observation.count("An older result") == 3


@pytest.mark.parametrize(("thinking", "shown"), [("none", []), ("kept", list(range(5)))])
def test_thinking_is_shown_again_or_not_and_never_lost(thinking, shown):
    env, observation = talked(5, thinking=thinking)
    assert thoughts(observation) == shown
    assert [f"thought {n}" in t.action for n, t in enumerate(env.trajectory.turns)] == [True] * 5


def test_a_summary_keeps_the_facts_of_what_it_stands_for():
    _, observation = talked(12, compaction="facts")
    assert "The earlier turns, in short:" in observation
    assert observation.count("- list_orders {}") >= 3
    assert len(observation) < len(talked(12)[1])


def test_a_fork_talks_on_by_itself():
    env, observation = talked(3)
    twin = env.fork()
    other, *_ = twin.step("what now?")
    mine, *_ = env.step(thought(9, "and I"))
    assert other.startswith(observation)
    assert mine.startswith(observation)
    assert "thought 9" in mine
    assert "thought 9" not in other


# What single dials do.


def test_the_budget_is_shown():
    env = make("api", scaffold={"syntax": "hermes", "budget": "counter"}, max_turns=9)
    env.reset(seed=1)
    assert [env.step("?")[0].rpartition("[")[2] for _ in range(3)] == [
        "8 turns left]",
        "7 turns left]",
        "6 turns left]",
    ]


@pytest.mark.parametrize("strictness", ["strict", "lenient", "repair"])
def test_slips_are_refused_or_read_as_they_were_meant(strictness):
    env = make("api", tasks="shop/*", scaffold={"syntax": "hermes", "strictness": strictness})
    env.reset(seed=1)
    observation, *_ = env.step(
        '<tool_call>\n{"name": "list_orders", "arguments": {},}\n</tool_call'
    )
    read = bool(env.trajectory.turns[-1].calls)
    assert read is (strictness != "strict")
    assert ("read with a repair" in observation) is (strictness == "repair")


@pytest.mark.parametrize("parallel", ["one", "many"])
def test_calls_of_one_reply_are_limited(parallel):
    env = make("api", tasks="shop/*", scaffold={"syntax": "hermes", "parallel": parallel})
    env.reset(seed=1)
    call = '<tool_call>\n{"name": "list_orders", "arguments": {}}\n</tool_call>'
    env.step(f"{call}\n{call}")
    assert len(env.trajectory.turns[-1].calls) == (2 if parallel == "many" else 0)


def test_every_documentation_names_every_tool_and_argument():
    for docs in options("docs"):
        env = make("api", scaffold={"syntax": "hermes", "docs": docs})
        opening, _ = env.reset(seed=2)
        for spec in env.scenario.toolset.specs.values():
            assert spec.name in opening
            assert all(argument in opening for argument in spec.arguments)


def test_there_are_enough_syntaxes_for_the_dials():
    assert len(READ) >= 24
    assert len({scaffold.group for scaffold in READ.values()}) >= 8
    assert len(Dials.model_fields) >= 12
