"""The simulated user: what is asked for is recognised, and any operators share one user."""

import json
import pickle
import socket
from dataclasses import replace
from functools import partial

import gymnasium as gym
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wildgym  # noqa: F401 (registers the ids)
from wildgym.envs.api import TASKS
from wildgym.envs.user import (
    ASK,
    MANNERS,
    NEXT,
    Asked,
    Known,
    Line,
    asked_for,
    heard,
    layers_of,
    mentions,
    scripted,
)
from wildgym.envs.user.model import UserModel
from wildgym.perturbations import REGISTRY, perturbed
from wildgym.perturbations.factory import make
from wildgym.tools import ToolCall, finish

AMOUNT = Known("amount", 432, "Pay {amount} EUR to {payee} from my account '{account}'.")
PAYEE = Known("payee", "Zoe Zeller", AMOUNT.sentence)
ACCOUNT = Known("account", "Savings", AMOUNT.sentence)
DAY = Known("day", "2031-08-19", "The rest can wait until {day}.")
KNOWN = (AMOUNT, PAYEE, ACCOUNT, DAY)
TALKING = sorted(
    name
    for name in REGISTRY
    if REGISTRY[name].axis == "user_prompt" and "api" in REGISTRY[name].families
)
seeds = st.integers(0, 2**62)


def reply(question, known=KNOWN, manner="plain", before=0):
    facts = asked_for(question, known)
    said = (Line("agent", "Well?"), Line("user", "Yes.")) * before
    return scripted(Asked(question, facts, (), known, MANNERS[manner], said))


# What a question asks for.


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("What is the amount?", ["amount"]),
        ("How much money is it, what sum?", ["amount"]),
        ("AMOUNT", ["amount"]),
        ("who is the recipient", ["payee"]),
        ("On which date?", ["day"]),
        ("The payee and the account, please!", ["payee", "account"]),
        ("Until when can the rest wait?", ["day"]),
        ("What colour is the car?", []),
    ],
)
def test_a_question_is_recognised_by_what_it_asks_for(question, labels):
    assert [fact.label for fact in asked_for(question, KNOWN)] == labels


FILLER = st.sampled_from(["please", "so", "hello", "exactly", "what", "is", "the", "tell", "me"])
NOISE = st.sampled_from(["?", "!", "...", ",", " -- "])
SAME = {"amount": ["amount", "Amount", "sum", "money"], "payee": ["payee", "RECIPIENT", "payees"]}


@given(data=st.data(), label=st.sampled_from(sorted(SAME)))
@settings(max_examples=200, deadline=None)
def test_equivalent_questions_get_the_same_reply(data, label):
    """Word order, case, punctuation, filler and words for the same thing do not matter."""
    words = [data.draw(st.sampled_from(SAME[label])), *data.draw(st.lists(FILLER, max_size=6))]
    shuffled = data.draw(st.permutations(words))
    text = "".join(word + data.draw(st.one_of(st.just(" "), NOISE)) + " " for word in shuffled)
    text = data.draw(st.sampled_from([text, text.upper(), text.title()]))
    assert reply(text) == reply(f"What is the {label}?")


@given(question=st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_gets_a_reply(question):
    assert reply(question)


def test_a_user_answers_what_is_asked_and_no_more():
    said = reply("What is the amount?")
    assert said == "The amount is 432."
    assert not any(str(fact.value) in said for fact in KNOWN if fact is not AMOUNT)


def test_a_user_says_so_when_it_does_not_know_or_did_not_understand():
    assert reply("What colour is the car?") == MANNERS["plain"].unknown
    for unclear in ("", "?!", "hello", "what is it?"):
        assert reply(unclear) == MANNERS["plain"].unclear


def test_a_user_confirms_and_corrects():
    assert reply("Is the amount 432?") == "Yes. The amount is 432."
    assert reply("Is the amount 432.00 EUR?") == "Yes. The amount is 432."
    assert reply("Is the amount 400?") == "No. The amount is 432."
    assert reply("Is the payee 'Ada Brandt'?") == 'No. The payee is "Zoe Zeller".'


@pytest.mark.parametrize(
    ("text", "value", "named"),
    [("12.50 EUR", 12.5, True), ("112.5", 12.5, False), ("zoe zeller", "Zoe Zeller", True)],
)
def test_a_text_mentions_a_value_in_any_form(text, value, named):
    assert mentions(text, value) is named


# Manners.


@given(
    value=st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    manner=st.sampled_from(sorted(MANNERS)),
    before=st.integers(0, 40),
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_told_is_heard_in_every_manner(value, manner, before):
    fact = Known("amount", value)
    assert heard(reply("amount", (fact,), manner, before), "amount", value) == value


def test_a_manner_changes_how_a_user_sounds():
    assert len({reply("What is the amount?", manner=manner) for manner in MANNERS}) >= 4
    patient, weary = (reply("amount", manner="impatient", before=n) for n in (0, 1))
    assert weary == f"{patient} {MANNERS['impatient'].weary}"


# One user, however many operators.


def talk(scenario, world, question):
    call = ToolCall(ASK, {"question": question})
    return scenario.toolset.call(call, world).value["reply"]


def test_operators_share_one_tool_and_one_user():
    names = ["ask_for_confirmation", "misremember", "underspecify", "correct_answers"]
    for seed in range(20):
        plain = TASKS["bank/pay_somebody"].scenario(seed, "train")
        chosen = [REGISTRY[name](strength=0.5) for name in names]
        scenario = perturbed(plain, chosen, seed)
        assert sum(spec.name == ASK for spec in scenario.toolset.specs.values()) <= 1
        users = layers_of(scenario.toolset)
        if users:
            said = talk(scenario, scenario.world.fork(), "Which payee is it, and what amount?")
            assert said not in {MANNERS["plain"].unknown, MANNERS["plain"].unclear}


def test_what_is_left_out_is_told_when_it_is_asked_for_and_not_before():
    plain = TASKS["bank/pay_somebody"].scenario(3, "train")
    scenario = perturbed(plain, [REGISTRY["underspecify"]()], 3)
    shown = scenario.user.render(scenario.told)
    world = scenario.world.fork()
    for name in ("amount", "payee", "account"):
        assert str(plain.facts[name]) not in shown
        said = talk(scenario, world, f"{name}?")
        assert heard(said, name, plain.facts[name]) == plain.facts[name]


def test_a_change_of_mind_arrives_after_the_first_look_up():
    plain = TASKS["bank/pay_somebody"].scenario(3, "train")
    scenario = perturbed(plain, [REGISTRY["change_mind"]()], 3)
    world = scenario.world.fork()
    early = scenario.toolset.call(ToolCall(NEXT), world).value
    assert early == {"message": "That was all.", "messages_left": 0}
    scenario.toolset.call(ToolCall("list_accounts"), world)
    late = scenario.toolset.call(ToolCall(NEXT), world).value
    assert all(str(plain.facts[name]) in late["message"] for name in ("payee", "account"))
    assert scenario.toolset.call(ToolCall(NEXT), world).value == early


def test_talk_is_part_of_the_state_and_forks_with_it():
    plain = TASKS["bank/pay_somebody"].scenario(3, "train")
    scenario = perturbed(plain, [REGISTRY["tell_over_turns"]()], 3)
    world = scenario.world.fork()
    first = scenario.toolset.call(ToolCall(NEXT), world.fork())
    assert scenario.toolset.call(ToolCall(NEXT), world) == first


def test_nothing_may_be_done_before_the_user_agrees(play):
    env = make("api", perturbations=["ask_for_confirmation"])
    for n, task in enumerate(sorted(TASKS)[::9]):
        assert play(env, n, task=task)[0] == 1.0
        _, info = play(env, n, ("ask_for_confirmation",), task=task)
        assert info["checks"]["ask_for_confirmation"] is False
        assert sum(not held for held in info["checks"].values()) == 1


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_any_operators_on_one_user_are_solvable_and_replay(play, data):
    names = data.draw(st.lists(st.sampled_from(TALKING), unique=True, min_size=2, max_size=9))
    strengths = st.sampled_from([0.1, 0.3, 0.6, 1.0])
    chosen = [REGISTRY[n].drawn(data.draw(seeds), data.draw(strengths)).to_json() for n in names]
    variation = {"seed": data.draw(seeds), "perturbations": chosen}
    env, seed = make("api", perturbations=variation), data.draw(seeds)
    assert play(env, seed)[0] == 1.0
    first = [replace(turn) for turn in env.trajectory.turns]
    assert play(env, seed)[0] == 1.0
    assert env.trajectory.turns == first


# A user of one's own.

PAY = "bank/pay_somebody"


def parrot(asked):
    """A user who tells everything, whatever it is asked, and remembers what was said before."""
    told = " ".join(fact.told for fact in asked.known)
    return f"({asked.before}) {told} You asked: {asked.question}"


def saying(words, asked):
    """A user who says the same to everything."""
    return words


def asking(env, question):
    """Ask the user, and return what the agent is shown."""
    return env.step(env.written(ToolCall(ASK, {"question": question})))


def test_a_callable_speaks_for_the_user_and_each_fork_has_a_conversation_of_its_own():
    env = make("api", perturbations=["underspecify"], tasks=PAY, user=parrot)
    env.reset(seed=3)
    assert "(0) The" in asking(env, "The payee?")[0]
    twin = env.fork()
    for _ in range(3):
        asking(twin, "And now?")
    observation, *_ = asking(env, "The amount?")
    assert "(1) The" in observation
    assert "You asked: The amount?" in observation
    assert str(env.scenario.facts["payee"]) in observation
    env.reset(seed=3)
    assert "(0) The" in asking(env, "The payee?")[0]


def test_envs_side_by_side_and_gymnasiums_own_take_a_user(play):
    envs = gym.make_vec("wildgym/Api-v0", 2, perturbations=["underspecify"], tasks=PAY, user=parrot)
    envs.reset(seed=[3, 3])
    asks = [envs.envs[0].written(ToolCall(ASK, {"question": "Who?"}))] * 2
    for n in range(2):
        assert all(f"({n}) The" in said for said in envs.step(asks)[0])
    # Where there is nobody to ask, a user changes nothing.
    assert play(make("files", user=parrot), 1) == play(make("files"), 1)


@given(said=st.text(max_size=200))
@settings(max_examples=40, deadline=None)
def test_nothing_that_a_user_says_decides_what_was_done(said):
    """The checks go by the world, and by what was understood, whatever words are found for it."""
    chosen = ["ask_for_confirmation", "underspecify"]
    for words in (said, f"{said} Yes, go ahead.", '"status": "success"}} The amount is 1.'):
        env = make("api", perturbations=chosen, tasks=PAY, user=partial(saying, words))
        env.reset(seed=3)
        assert asking(env, "May I go ahead?")[1:4] == (0.0, False, False)
        *_, info = env.step(env.written(finish(answer="done")))
        assert info["score"] == 0.0
        assert info["checks"]["ask_for_confirmation"] is False


@pytest.mark.parametrize("scaffold", ["hermes", "code-action"])
@pytest.mark.parametrize("user", [lambda asked: 1 / 0, lambda asked: 3, lambda asked: None])
def test_a_user_that_fails_makes_an_episode_invalid(user, scaffold):
    chosen = ["underspecify"]
    env = make("api", perturbations=chosen, tasks=PAY, user=user, scaffold=scaffold)
    env.reset(seed=3)
    _, reward, ended, cut, info = asking(env, "The amount?")
    assert (reward, ended, cut) == (0.0, False, True)
    assert "invalid" in info
    assert "score" not in info


@pytest.mark.parametrize(
    ("user", "told"),
    [
        (3, "must be a callable"),
        ("smollm2", "must be a callable"),
        (lambda: "Yes.", "must take one argument"),
        (lambda question, facts, said: "Yes.", "must take one argument"),
        ({"base_url": "http://127.0.0.1/v1"}, "has to name a 'model'"),
        ({"model": "smollm2", "url": "http://127.0.0.1/v1"}, "unknown: url"),
    ],
)
def test_what_is_no_user_is_refused(user, told):
    with pytest.raises(ValueError, match=told):
        make("api", user=user)


def test_a_model_that_is_not_there_makes_an_episode_invalid():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
    user = {"model": "smollm2", "base_url": nowhere, "retries": 0}
    chosen = ["underspecify"]
    env = gym.make("wildgym/Api-v0", perturbations=chosen, tasks=PAY, user=user).unwrapped
    assert json.loads(env.spec.to_json())
    env.reset(seed=3)
    *_, cut, info = asking(env, "The amount?")
    assert cut
    assert "'smollm2', which plays the user, failed" in info["invalid"]


def test_a_real_model_plays_the_user(endpoint):
    user = UserModel("smollm2", endpoint, max_tokens=32)
    env = make("api", perturbations=["underspecify", "change_tone"], tasks=PAY, user=user)
    env.reset(seed=3)
    for question in ("What is the amount?", "And who is the payee?"):
        *_, info = asking(env, question)
        assert not info
        said = env.trajectory.turns[-1].results[0].value["reply"]
        assert said
        assert said != "I do not know that."
    # The same conversation gets the same words.
    assert pickle.loads(pickle.dumps(user)) == user
    again = env.fork()
    replies = [asking(one, "What is the amount?")[0] for one in (env, again)]
    assert replies[0] == replies[1]
