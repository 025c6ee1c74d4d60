"""Destroying operators: both halves of a pair at once, and what earns nothing."""

from functools import partial

import pytest

from wildgym.envs import Task, WildEnv
from wildgym.envs.api import TASKS as API
from wildgym.envs.expert import climb
from wildgym.envs.files import TASKS as FILES
from wildgym.envs.scaffolds import SCAFFOLDS
from wildgym.perturbations import REGISTRY, Draw
from wildgym.perturbations.core import TWINS
from wildgym.perturbations.factory import make, perturber
from wildgym.perturbations.twins import (
    NothingDone,
    is_impossible,
    pair_score,
    twinned,
    twins_of,
    untouched,
)
from wildgym.tools import Obstacle, finish
from wildgym.tools.shell import run_command

NAMES = sorted(name for name in REGISTRY if REGISTRY[name].kind == "destroying")
OF_API = [name for name in NAMES if "api" in REGISTRY[name].families]
SOME = list(enumerate(sorted(API)))[::4]


def halves(name, seed, **arguments):
    """Return an env for each half of an operator's pair, under one seed."""
    for twin in twins_of(REGISTRY[name]()):
        variation = {"seed": seed, "perturbations": [twin.to_json()]}
        yield make("api", perturbations=variation, **arguments)


def handed_in(env, seed, task, call):
    """Hand something in through whatever is in the way, and do nothing else."""
    env.reset(seed=seed, options={"task": task})
    above = [obstacle for _, obstacle in env.scenario.obstacles]
    program, result = climb(once(call), above), None
    total, over = 0.0, False
    while not over:
        sent = program.send(result) if result else next(program)
        observation, reward, terminated, truncated, _ = env.step(env.written(sent))
        result, total = SCAFFOLDS["hermes"].read(observation)[0], total + reward
        over = terminated or truncated
    return total


def once(call):
    return (yield call)


def changed(env):
    return bool(env.scenario.obstacles)


@pytest.mark.parametrize("name", OF_API)
def test_the_expert_gets_both_halves_of_every_pair_right(play, name):
    acting = 0
    for n, task in SOME:
        scores, hopeless = [], []
        for env in halves(name, n, scaffold="random"):
            scores.append(play(env, n, task=task)[0])
            hopeless.append(is_impossible(env.scenario))
        assert pair_score(scores) == 1.0
        assert hopeless in ([False, True], [False, False])
        acting += hopeless[1]
    assert acting > len(SOME) / 3


@pytest.mark.parametrize("name", OF_API)
def test_both_halves_act_on_the_same_episodes(name):
    for n, task in enumerate(sorted(API)):
        plain = API[task].scenario(n, "train")
        acts = [
            bool(twin.apply(plain, Draw(n, twin.axis, name)).obstacles)
            for twin in twins_of(REGISTRY[name]())
        ]
        assert acts[0] == acts[1]


@pytest.mark.parametrize("name", OF_API)
@pytest.mark.parametrize("policy", ["do always", "refuse always", "guess", "echo"])
def test_no_policy_that_does_not_look_scores_a_pair(play, name, policy):
    """Nor does it score the half that it refuses, since it lacks the evidence."""
    for n, task in SOME:
        scores = []
        for env in halves(name, n):
            env.reset(seed=n, options={"task": task})
            if not changed(env):
                break
            scores.append(played(play, env, n, task, name, policy))
        else:
            assert pair_score(scores) == 0.0
            assert policy == "do always" or max(scores) == 0.0


def played(play, env, seed, task, name, policy):
    if policy == "do always":
        return play(env, seed, (name,), task=task)[0]
    scenario = env.scenario
    words = scenario.user.render(scenario.told).split()
    answers = {
        "refuse always": [""],
        "guess": ["K123456", "0", "1", "none", "ORD-5425", "unknown", "impossible"],
        "echo": [" ".join(words), *words],
    }[policy]
    calls = [finish(answer=answer, status="impossible") for answer in answers]
    return max(handed_in(env, seed, task, call) for call in calls)


@pytest.mark.parametrize("twin", TWINS)
def test_a_file_that_is_missing_is_found_or_reported(play, twin):
    variation = {"seed": 1, "perturbations": [{"name": "missing_file", "twin": twin}]}
    tasks = [Task(name, FILES[name].scenario) for name in sorted(FILES)[::9]]
    env = WildEnv(tasks, perturb=perturber(variation, "files"))
    for n, task in enumerate(tasks):
        assert play(env, n, task=task.name)[0] == 1.0
        if changed(env):
            assert play(env, n, ("missing_file",), task=task.name)[0] == 0.0
            guess = partial(handed_in, env, n, task.name)
            assert guess(finish(status="impossible")) == 0.0
    env.close()


def test_one_episode_has_at_most_one_impossible_request(play):
    for seed in range(30):
        drawn = [twins_of(REGISTRY[name]())[1].to_json() for name in OF_API]
        env = make("api", perturbations={"seed": seed, "perturbations": drawn})
        assert play(env, seed)[0] == 1.0
        hopeless = [o for _, o in env.scenario.obstacles if getattr(o, "hopeless", False)]
        assert len(hopeless) <= 1


def test_what_is_impossible_wants_nothing_changed():
    scenario = API["shop/cancel"].scenario(0, "train")
    world = scenario.world.fork()
    assert untouched(scenario, world)
    order = next(iter(world.table("orders").values()))
    world.put("orders", {**order, "status": "cancelled"})
    assert not untouched(scenario, world)


def test_in_a_folder_caches_are_no_change_and_all_else_is():
    scenario = FILES["query/best_customer"].scenario(0, "train")
    judge = NothingDone("K1")
    for command, score in (("mkdir __pycache__; echo 1 > __pycache__/a", 1.0), ("echo > b", 0.0)):
        world = scenario.world.fork()
        scenario.canonical.call(run_command(command=command), world)
        scenario.canonical.call(finish(answer="K1", status="impossible"), world)
        assert judge(scenario, world, None).score == score
        world.workspace.close()


def test_only_what_destroys_has_twins():
    with pytest.raises(ValueError, match="typos destroys nothing"):
        twins_of(REGISTRY["typos"]())
    scenario = API["shop/cancel"].scenario(0, "train")
    assert not is_impossible(twinned(scenario, "some", Obstacle(), "A rule."))
