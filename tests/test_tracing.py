"""A trace says which perturbations acted in an episode, and what was true."""

import pytest

from wildgym.perturbations.factory import make
from wildgym.tools import ToolCall


def played(env, seed):
    observation, _ = env.reset(seed=seed)
    policy, said, end = env.expert(), [observation], {}
    while not end:
        observation, _, _, _, end = env.step(policy(observation))
        said.append(observation)
    assert end["score"] == 1.0
    return said


@pytest.mark.parametrize("scaffold", ["hermes", "code-action"])
def test_tracing_changes_no_episode_and_tells_of_every_call(scaffold):
    plain, traced = (
        make("api", perturbations="all", scaffold=scaffold, trace=trace) for trace in (False, True)
    )
    for seed in range(12):
        assert played(plain, seed) == played(traced, seed)
        assert not any(turn.passages for turn in plain.trajectory.turns)
        drawn = {p["name"] for p in traced.variation["perturbations"]}
        for turn in traced.trajectory.turns:
            assert [p.call for p in turn.passages] == list(turn.calls)
            assert {name for p in turn.passages for name in p.acted} <= drawn


def test_what_is_true_is_what_a_clean_env_says():
    """Only results are perturbed here, so the calls that get through are those of a clean env."""
    clean = make("api", trace=True)
    faulty = make("api", perturbations=["escape_results"], trace=True)
    acted = 0
    for seed in range(10):
        played(clean, seed), played(faulty, seed)
        true = [
            [
                exchange
                for turn in env.trajectory.turns
                for p in turn.passages
                for exchange in p.true
            ]
            for env in (clean, faulty)
        ]
        assert true[0] == true[1]
        for turn in faulty.trajectory.turns:
            for passage, result in zip(turn.passages, turn.results, strict=True):
                changed = [exchange.result for exchange in passage.true] != [result]
                assert bool(passage.acted) == changed
                acted += changed
    assert acted > 10


def test_a_call_that_reaches_no_tool_has_nothing_true():
    env = make("api", trace=True)
    env.reset(seed=1)
    env.step(env.written(ToolCall("no_such_tool", {})))
    (passage,) = env.trajectory.turns[0].passages
    assert (passage.true, passage.acted) == ((), ())


def test_a_fork_traces_its_own_calls():
    env = make("api", perturbations="all", trace=True)
    observation, _ = env.reset(seed=3)
    action = env.expert()(observation)
    twin = env.fork()
    twin.step(action)
    env.step(action)
    assert env.trajectory.turns == twin.trajectory.turns
    assert len(env.trajectory.turns[0].passages) == 1
