"""Dials: each turns by itself, the expert plays under all, and conversations show what they say."""

import json
import re

import pytest

from wildgym.envs.conversation import as_text
from wildgym.envs.scaffolds import READ, Offer
from wildgym.envs.scaffolds.dialed import carries_json, dialed
from wildgym.envs.scaffolds.dials import Dials, options
from wildgym.envs.scaffolds.values import write_result
from wildgym.perturbations.factory import make
from wildgym.tools import ToolCall, ToolResult, ToolSpec

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


@pytest.mark.parametrize(("interface", "syntax"), [("text", "random"), ("chat", "native")])
def test_dials_that_are_drawn_replay(interface, syntax):
    scaffold = {"syntax": syntax, "dials": "random"}
    common = {"interface": interface, "history": "full"}
    env = make("api", perturbations="all", scaffold=scaffold, **common)
    for seed in range(20):
        observation, info = env.reset(seed=seed)
        variation = json.loads(json.dumps(info["variation"]))
        again = make("api", perturbations=variation, **common)
        first, other = again.reset(seed=seed)
        assert first == observation
        assert other["variation"] == info["variation"]


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


def conversed(interface, turns, **dials):
    """Play some turns with thoughts; return the env and the messages that it shows."""
    syntax = "native" if interface == "chat" else "hermes"
    env = make(
        "api",
        tasks="shop/cancel_all_processing",
        scaffold={"syntax": syntax, **dials},
        interface=interface,
        history="full",
    )
    env.reset(seed=3)
    for n in range(turns):
        text = f"<think>thought {n}</think>\n"
        action = env.written(ToolCall("list_orders", {}))
        if interface == "chat":
            action["content"] = f"{text}So."
        else:
            action = text + action
        observation, *_ = env.step(action)
    return env, messages_of(observation)


def messages_of(observation):
    """Return the messages of a conversation; a text has a line for the head of each."""
    if not isinstance(observation, str):
        return observation
    _, *parts = re.split(r"(?:\A|\n\n)\[(system|user|assistant|tool)\]\n", observation)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    messages = [{"role": role, "content": content} for role, content in pairs]
    assert as_text(messages) == observation
    return messages


def replies(messages):
    """Return the thoughts of the replies shown, or None for a reply without, and its results."""
    shown = []
    for message in messages[2:]:
        if message["role"] == "assistant":
            found = re.search(r"thought (\d+)", message["content"])
            shown.append((int(found[1]) if found else None, []))
        elif message["role"] == "tool":
            shown[-1][1].append(message["content"])
    return shown


POLICIES = [
    ({}, list(range(10)), 10),
    ({"window": "last_3"}, [7, 8, 9], 3),
    ({"window": "last_8"}, list(range(2, 10)), 8),
    ({"window": "masked"}, list(range(10)), 3),
    ({"thinking": "kept"}, list(range(10)), 10),
    ({"thinking": "none"}, [None] * 10, 10),
    ({"thinking": "since_user"}, list(range(10)), 10),
    ({"window": "last_3", "thinking": "none"}, [None] * 3, 3),
]
"""Dials, the thoughts that are shown of ten turns, and how many last results are."""


@pytest.mark.parametrize("interface", ["text", "chat"])
@pytest.mark.parametrize(("dials", "thought", "unmasked"), POLICIES)
def test_what_is_shown_again_is_what_the_dials_say(interface, dials, thought, unmasked):
    env, messages = conversed(interface, 10, **dials)
    shown = replies(messages)
    assert [n for n, _ in shown] == thought
    everything = replies(conversed(interface, 10)[1])
    for (_, results), (_, whole) in zip(shown[-unmasked:], everything[-unmasked:], strict=True):
        assert results == whole
    for _, results in shown[:-unmasked]:
        assert all("An older result" in result for result in results)
    assert len(env.trajectory.turns) == 10


@pytest.mark.parametrize("interface", ["text", "chat"])
def test_thinking_is_dropped_when_the_user_has_spoken(interface):
    # A reply that cannot be read is answered by the user in a chat, by the tool in text.
    env, _ = conversed(interface, 3, thinking="since_user")
    observation, *_ = env.step("What now?")
    kept = [] if interface == "chat" else [0, 1, 2]
    assert thoughts(json.dumps(observation)) == kept


@pytest.mark.parametrize("interface", ["text", "chat"])
def test_a_summary_stands_for_what_it_leaves_out(interface):
    env, messages = conversed(interface, 12, compaction="facts")
    summary = messages[2]["content"]
    left_out = len(env.trajectory.turns) - len(replies([*messages[:2], *messages[3:]]))
    assert summary.startswith("The earlier turns, in short:")
    assert summary.count("- list_orders {}: ") == left_out > 0


@pytest.mark.parametrize("interface", ["text", "chat"])
def test_a_fork_of_any_conversation_shows_the_same_and_goes_its_own_way(interface):
    for dials in ({"window": "masked"}, {"compaction": "facts"}, {"thinking": "none"}):
        env, messages = conversed(interface, 9, **dials)
        before = json.dumps(messages)
        twin, third = env.fork(), env.fork()
        action = env.written(ToolCall("wait", {"seconds": 1}))
        other, *_ = twin.step(twin.written(ToolCall("list_orders", {"status": "shipped"})))
        assert twin.step(action)[0] != third.step(action)[0] == env.step(action)[0]
        assert "shipped" in json.dumps(messages_of(other)[-2])
        assert json.dumps(messages) == before


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


@pytest.mark.parametrize("kind", ["head_tail", "silent"])
def test_what_was_left_out_can_be_had(kind):
    scaffold = {"syntax": "hermes", "elision": kind, "elide_at": 500}
    whole, cut = (
        make("api", tasks="shop/cancel_all_processing", scaffold=chosen)
        for chosen in ("hermes", scaffold)
    )
    for env in (whole, cut):
        env.reset(seed=3)
        env.step(env.written(ToolCall("list_orders", {})))
    [result] = READ["hermes"].read(whole.trajectory.turns[0].observation)
    text = write_result(result)
    assert len(text) > 500
    assert text not in cut.trajectory.turns[0].observation
    had, left = "", 1
    while left:
        more = ToolCall("show_more", {"result": 1, "start": len(had)})
        # The tool that shows more is the scaffold's own: no call of the episode.
        cut.step(READ["hermes"].act([more], cut.scenario.toolset.specs))
        part = cut.trajectory.turns[-1].results[0].value
        had, left = had + part["text"], part["left"]
    assert had == text


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


TOOL = ToolSpec("find", "", {"type": "object", "properties": {"text": {"type": "string"}}})
SPECS = {"find": TOOL}


@pytest.mark.parametrize("name", READ)
def test_half_a_closing_tag_is_no_part_of_a_value(name):
    scaffold = dialed(READ[name], Dials(strictness="lenient"))
    call = ToolCall("find", {"text": "a <b> c"})
    action = READ[name].act([call], SPECS)
    end = action.rfind("c") if "</" not in action else action.rfind(" c")
    for cut in range(end + 2, len(action)):
        turn = scaffold.play(action[:cut], Offer(SPECS, lambda call: ToolResult(1), 9, "auto"))
        assert all("</" not in str(read.arguments) for read in turn.calls)


@pytest.mark.parametrize("name", ["hermes", "internlm", "cohere", "anthropic-messages", "google"])
def test_no_repair_takes_arguments_away(name):
    scaffold = dialed(READ[name], Dials(strictness="lenient"))
    call = ToolCall("find", {"text": "a", "limit": 2})
    # A bracket too many, which leaves the second argument outside.
    action = READ[name].act([call], SPECS).replace('"a", ', '"a"}, ')
    turn = scaffold.play(action, Offer(SPECS, lambda call: ToolResult(1), 9, "auto"))
    assert not turn.calls
    assert "format_error" in turn.observation


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
