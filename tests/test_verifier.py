"""Verdicts: what counts as the goal, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgym.envs.answer import matches, written
from wildgym.envs.api import TASKS
from wildgym.perturbations.factory import make
from wildgym.tools import ToolCall, finish

words = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=12)
values = st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6).map(lambda x: round(x, 2)) | words


@given(value=values | st.lists(values, min_size=1, max_size=5))
def test_what_is_written_matches(value):
    assert matches(value, written(value))
    assert matches(value, f"  {written(value)}. ")


@given(items=st.lists(words, min_size=2, max_size=6, unique_by=str.casefold), data=st.data())
def test_lists_match_in_any_order_and_only_whole(items, data):
    shuffled = data.draw(st.permutations(items))
    assert matches(items, "; ".join(shuffled))
    assert not matches(items, ", ".join(items[:-1]))
    assert not matches(items, ", ".join([*items, "more"]))


@given(number=st.integers(-(10**6), 10**6), other=st.integers(-(10**6), 10**6))
def test_numbers_match_by_value(number, other):
    value = number / 100
    assert matches(value, f"€{value:,.2f}")
    assert matches(value, f"{value} EUR")
    assert matches(value, f"{other / 100}") == (number == other)
    assert not matches(value, f"{value} or {value + 1}")


@pytest.mark.parametrize("given", ["", "12.5 12.5", "about 12.50", "12.50, 13.50", "[12.5]", "nan"])
def test_more_than_a_number_is_no_number(given):
    assert not matches(12.5, given)


def reply(body):
    """Play the task that answers a customer's question by mail, with a text of one's own."""
    env = make("api", tasks="mail/answer_customer")
    observation, _ = env.reset(seed=0)
    policy, act = env.expert(), env._scaffold.act
    while True:
        action = policy(observation)
        (call,) = env._scaffold.parse(action, env._specs).calls
        if "body" in call.arguments:
            text = body(call.arguments["body"], env.scenario.origin)
            action = act([ToolCall(call.name, {**call.arguments, "body": text})], env._specs)
        observation, reward, terminated, _, info = env.step(action)
        if terminated:
            return reward, info["checks"]


def test_wording_is_free_but_facts_are_not():
    assert reply(lambda text, _: f"Dear customer!\n\n**{text}**\n\nYours, the shop")[0] == 1.0
    assert reply(lambda text, _: text.replace("Order", "Your order, id:"))[0] == 1.0
    assert reply(lambda text, _: text.replace("20", "21"))[0] == 0.0
    assert reply(lambda text, _: "As you asked: all is well.")[0] == 0.0


def test_naming_every_fact_there_is_earns_nothing():
    def everything(text, world):
        rows = [row for table in world.base.values() for row in table.values()]
        return " ".join([text, *(str(value) for row in rows for value in row.values())])

    reward, checks = reply(everything)
    assert reward == 0.0
    assert not checks["changes_made"]


def played(task, extra=(), skip=None):
    """Play the expert's calls, less one and more of others, in a fork."""
    env = make("api", tasks=task)
    env.reset(seed=3)
    policy, observation, calls = env.expert(), env.trajectory.opening, []
    probe = env.fork()
    while not calls or calls[-1].name != "finish":
        action = policy(observation)
        calls += env._scaffold.parse(action, env._specs).calls
        observation, *_ = probe.step(action)
    *work, last = calls
    writes = [c for c in work if env._specs[c.name].effect == "write"]
    for call in [c for n, c in enumerate(writes[::-1]) if n != skip] + list(extra):
        env.step(env._scaffold.act([call], env._specs))
    return env.step(env._scaffold.act([last], env._specs))


def test_any_path_counts_and_nothing_else_may_change():
    task = "shop/cancel_all_processing"
    assert played(task)[1] == 1.0
    assert played(task, skip=0)[4]["checks"]["changes_made"] is False
    harm = ToolCall("set_price", {"product_id": "PRD-2000", "price": 1.0})
    assert played(task, extra=[harm])[4]["checks"]["nothing_else_changed"] is False


def test_a_refusal_is_not_done_and_done_is_no_refusal():
    refused = done = 0
    for seed in range(40):
        env = make("api", tasks="shop/cancel")
        env.reset(seed=seed)
        order = env.scenario.origin.row("orders", env.scenario.facts["order_id"])
        call = finish(answer=order["ordered_on"], status="refused")
        _, reward, *_ = env.step(env._scaffold.act([call], env._specs))
        if order["status"] == "processing":
            done += 1
            assert reward == 0.0
        else:
            refused += 1
            assert reward == 1.0
    assert refused > 5
    assert done > 5


def test_tasks_have_names_that_tell_their_service():
    assert all(name.split("/")[0] == task.services[0].name for name, task in TASKS.items())
