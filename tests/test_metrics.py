"""Numbers are what they are said to be, and are known as well as they are said to be."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.benchmarks.intervals import Estimate, ratio
from wildgym.benchmarks.metrics import gap, metrics
from wildgym.benchmarks.suites import SUITES, Setting

TINY = [arm.name for arm in SUITES["tiny"].arms]


def played(task, arm, score, seed=0, rerun=0, operators=(), **facts):
    return {
        **{"family": "api", "task": task, "seed": seed, "arm": arm, "rerun": rerun},
        **{"score": float(score), "invalid": None, "stopped": None, "given": "done"},
        **{"right": "done", "expert_calls": 4, "calls": 4, "turns": 5, "unreadable": 0},
        **{"lures": {}, "usage": {}, "acted": [], "collateral": None, "duplicates": None},
        "variation": {"perturbations": [{"name": name} for name in operators]},
        **facts,
    }


def arm(setting, records, name):
    return next(a for a in metrics(setting, records).arms if a.arm == name)


def test_the_gap_is_paired_and_its_interval_is_over_tasks():
    def scored(arm, scores):
        return [played(t, arm, s, seed) for t, of in scores.items() for seed, s in enumerate(of)]

    clean = scored("clean", {"a": [1, 1], "b": [1, 1], "c": [1, 0], "d": [1, 1]})
    found = gap(clean, scored("all", {"a": [0, 0], "b": [1, 1], "c": [1, 0], "x": [0, 0]}))
    assert found.value == pytest.approx(-1 / 3)
    assert (found.low, found.high) == pytest.approx((-1.0, 0.0))


def test_metrics_are_defined_where_nothing_varies_or_nothing_was_scored():
    setting = Setting("tiny", "expert")
    same = [played(task, arm, 1) for arm in TINY for task in "ab"]
    clean, tool_info, _ = metrics(setting, same).arms
    assert (clean.success.value, clean.success.high) == (1.0, 1.0)
    assert clean.success.low < 0.5
    assert tool_info.gap == Estimate(0, 0, 0)
    assert metrics(setting, same).worst_axis is None
    nothing = metrics(setting, [{**record, "invalid": "down"} for record in same])
    assert {(a.episodes, a.invalid, a.success, a.gap) for a in nothing.arms} == {(0, 2, None, None)}
    assert metrics(setting, []).operators == []


def test_reruns_tell_luck_from_the_effect_of_a_perturbation():
    setting = Setting("tiny", "random", reruns=4)
    clean = [played("a", "clean", score, rerun=n) for n, score in enumerate((1, 1, 1, 1))]
    lucky = [played("a", "tool_info", score, rerun=n) for n, score in enumerate((1, 0, 1, 0))]
    found = arm(setting, clean + lucky, "tool_info")
    # Of 6 pairs of reruns, one won twice, one lost twice, and four ended differently.
    assert found.rerun_spread.value == pytest.approx(4 / 6)
    assert {k: e.value for k, e in found.pass_hat.items()} == pytest.approx({2: 1 / 6, 4: 0})
    assert {k: e.value for k, e in found.pass_at.items()} == pytest.approx({2: 5 / 6, 4: 1})
    # Half of the pairs differ from clean; reruns alone explain half of 4 in 6.
    assert found.changed.value == pytest.approx(1 / 2 - 4 / 6 / 2)
    assert found.gap.value == pytest.approx(-1 / 2)


def test_without_reruns_the_seeds_of_a_task_are_the_tries():
    records = [played("a", "clean", score, seed) for seed, score in enumerate((1, 1, 0))]
    found = arm(Setting("tiny", "random", seeds=3), records, "clean")
    assert found.pass_hat.keys() == {2}
    assert found.pass_hat[2].value == pytest.approx(1 / 3)
    assert found.pass_at[2].value == pytest.approx(1)
    assert (found.rerun_spread, found.changed) == (None, None)


def test_what_luck_alone_does_is_no_effect():
    rng = np.random.default_rng(3)
    chances = rng.random(60)
    setting = Setting("tiny", "random", reruns=8)
    records = [
        played(f"t{task}", name, rng.random() < chance - drop, rerun=rerun)
        for task, chance in enumerate(chances)
        for name, drop in (("clean", 0), ("tool_info", 0), ("tool_response", 0.4))
        for rerun in range(8)
    ]
    idle, harmful = (arm(setting, records, name) for name in ("tool_info", "tool_response"))
    assert idle.changed.low <= 0 <= idle.changed.high
    assert idle.rerun_spread.low <= np.mean(2 * chances * (1 - chances)) <= idle.rerun_spread.high
    lost = chances - np.clip(chances - 0.4, 0, None)
    assert harmful.changed.low <= np.mean(lost**2) <= harmful.changed.high


def test_two_axes_may_take_more_than_each_takes_alone():
    scores = {"clean": (1, 1), "user_prompt": (1, 0), "environment": (1, 1)}
    both = {**scores, "user_prompt+environment": (0, 0)}
    records = [played(t, a, s) for a, of in both.items() for t, s in zip("ab", of, strict=True)]
    (found,) = metrics(Setting("full", "blind"), records).interactions
    assert (found.first, found.second) == ("user_prompt", "environment")
    # Task a drops by 1 where it should by 0; task b by 1 where it should by 1.
    assert found.excess.value == pytest.approx(1 / 2)


def test_how_a_policy_works_is_counted_where_it_shows():
    twin = {"variation": {"perturbations": [{"name": "missing_file", "twin": "impossible"}]}}
    hit = {"acted": ["burst_faults"]}
    records = [
        played("a", "clean", 1, calls=6, duplicates=1, collateral=1, **hit),
        played("b", "clean", 0, calls=90, duplicates=0, collateral=2, **hit),
        played("c", "clean", 1, calls=2, duplicates=0, collateral=0, unreadable=4),
        played("d", "clean", 1, lures={"x": True, "y": False}, acted=["rename_by_synonym"]),
        played("e", "clean", 1, given="impossible", right="impossible", **twin),
        played("f", "clean", 0, given="done", right="impossible", **twin),
        played("g", "clean", 0, given="refused", right="done", **twin),
        played("h", "clean", 1, given="refused", right="refused"),
        played("i", "clean", 1, usage={"prompt_tokens": 90, "completion_tokens": 10}),
        played("j", "clean", 1, usage={"model_seconds": 2.5}, invalid="down"),
    ]
    found = metrics(Setting("tiny", "blind"), records).overall
    # Solved: a, c, d, e, h, i, in 6 + 2 + 4 · 4 calls where the expert has 6 · 4.
    assert found.calls_over_expert.value == pytest.approx(24 / 24)
    assert found.recovery.value == pytest.approx(1 / 2)
    assert found.duplicates.value == pytest.approx(1 / 3)
    assert found.collateral.value == pytest.approx(2 / 3)
    assert found.abstention_f1.value == pytest.approx(2 / (2 + 1 + 1))
    assert found.followed_lures.value == pytest.approx(1 / 2)
    assert found.format_errors.value == pytest.approx(4 / (9 * 5))
    assert found.tokens.value == 100
    assert found.seconds is None


def test_the_worst_operator_is_one_that_was_met_on_several_tasks():
    clean = [played(task, "clean", 1) for task in "abcdef"]
    harmful = [played(t, "tool_info", t == "a", operators=["shuffle_tools"]) for t in "abcdef"]
    once = [played("a", "tool_response", 0, operators=["burst_faults"])]
    found = metrics(Setting("tiny", "blind"), clean + harmful + once)
    assert [operator.name for operator in found.operators] == ["burst_faults", "shuffle_tools"]
    assert found.worst_operator == "shuffle_tools"
    assert [(o.axis, o.kind) for o in found.operators][1] == ("tool_info", "preserving")
    assert found.operators[1].gap.value == pytest.approx(-5 / 6)


def test_an_interval_holds_the_truth_as_often_as_it_says():
    """Seeds of a task resemble each other: intervals that take no note of it are too narrow."""
    rng = np.random.default_rng(0)
    held, runs = 0, 300
    for _ in range(runs):
        chances = rng.beta(0.5, 0.5, size=40)
        tasks = [
            (f"t{n}", float(rng.random() < p), 1.0) for n, p in enumerate(chances) for _ in "abc"
        ]
        found = ratio(tasks, share=True)
        held += found.low <= 0.5 <= found.high
    assert 0.91 <= held / runs <= 0.98


episodes = st.builds(
    played,
    st.sampled_from("abcd"),
    st.sampled_from(TINY),
    st.booleans(),
    st.integers(0, 2),
    st.integers(0, 1),
    st.lists(st.sampled_from(["burst_faults", "shuffle_tools"]), max_size=2, unique=True),
    calls=st.integers(1, 9),
    duplicates=st.integers(0, 2) | st.none(),
    lures=st.dictionaries(st.sampled_from("xy"), st.booleans()),
    acted=st.lists(st.just("burst_faults"), max_size=1),
    stopped=st.sampled_from([None, "max turns", "gave up"]),
    invalid=st.sampled_from([None, None, "down"]),
)
runs = st.lists(
    episodes, unique_by=lambda r: (r["task"], r["arm"], r["seed"], r["rerun"]), max_size=40
)


def estimates(value):
    if isinstance(value, Estimate):
        yield value
    elif isinstance(value, dict):
        yield from (e for inner in value.values() for e in estimates(inner))
    elif isinstance(value, (list, tuple)):
        yield from (e for inner in value for e in estimates(inner))
    elif hasattr(value, "__dataclass_fields__"):
        yield from (
            e for name in value.__dataclass_fields__ for e in estimates(getattr(value, name))
        )


@settings(deadline=None, max_examples=40)
@given(records=runs, data=st.data())
def test_the_order_of_records_is_nothing_and_every_interval_holds_its_number(records, data):
    setting = Setting("tiny", "blind", seeds=3, reruns=2)
    found = metrics(setting, records)
    assert metrics(setting, data.draw(st.permutations(records))) == found
    for estimate in estimates(found):
        assert estimate.low <= estimate.value <= estimate.high
        assert np.isfinite(astuple(estimate)).all()


@settings(deadline=None, max_examples=40)
@given(records=runs)
def test_a_policy_that_does_as_well_perturbed_has_no_gap(records):
    clean = [{**record, "arm": "clean", "invalid": None} for record in records]
    # Each rerun is set against the mean of all, so the tasks differ where the luck did, and the sum
    # does not.
    found = gap(clean, [{**record, "arm": "tool_info"} for record in clean])
    assert found is None if not clean else abs(found.value) < 1e-9
