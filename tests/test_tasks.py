"""Every task of the api family: solvable, told in full, not to be had for nothing."""

import re
from collections import Counter

import pytest

from wildgym.envs.answer import matches
from wildgym.envs.api import SERVICES, TASKS
from wildgym.envs.api.task import toolset
from wildgym.envs.api.worlds import base_world
from wildgym.envs.expert import answered
from wildgym.envs.prompts import fields
from wildgym.envs.scenario import Refusal
from wildgym.envs.verifier import changes, solved
from wildgym.perturbations.factory import make
from wildgym.tools import Rng, ToolCall, ToolError

SPLITS = ("train", "test")


def test_the_family_is_as_large_as_it_says():
    tools = [tool.name for service in SERVICES.values() for tool in service.tools]
    assert len(SERVICES) >= 8
    assert len(tools) >= 80
    assert len(TASKS) >= 80
    assert len(set(tools)) == len(tools)
    for attribute in ("tables", "values"):
        names = [n for service in SERVICES.values() for n in getattr(service, attribute)]
        assert len(set(names)) == len(names)
    prefixes = [t.prefix for service in SERVICES.values() for t in service.tables.values()]
    assert len(set(prefixes)) == len(prefixes)
    assert sum(len(task.services) > 1 for task in TASKS.values()) >= 10


@pytest.mark.parametrize("name", sorted(TASKS))
@pytest.mark.parametrize("split", SPLITS)
def test_the_expert_solves_it_and_guesses_do_not(play, name, split):
    env = make("api", tasks=name, split=split)
    for seed in range(12):
        assert play(env, seed)[0] == 1.0
        goal, answer = solved(env.scenario)
        expected = answer.answer if isinstance(answer, Refusal) else answer
        prompt = f"{env.trajectory.opening}".split()
        if not list(changes(goal)):
            assert expected is not None
            for guess in ("", "0", "1", "2", "3", "yes", "no", "none", "done", *prompt):
                assert not matches(expected, guess)


@pytest.mark.parametrize("name", sorted(TASKS))
def test_the_solution_knows_only_what_the_prompts_tell(name):
    task = TASKS[name]
    for seed in range(3):
        scenario = task.scenario(seed, "train")
        system, user = scenario.system, scenario.user
        texts = (system.persona, *system.context, *system.rules, *user.parts)
        told = {field for text in texts for field in fields(text)}
        assert set(task.needs) <= told
        assert set(scenario.facts) - set(scenario.policy) <= told
        assert all(isinstance(v, str | int | float) for v in scenario.facts.values())
        for text in (scenario.system.render(scenario.told), scenario.user.render(scenario.told)):
            assert "{" not in text


def test_the_splits_share_no_scenario():
    prompts = {
        split: {
            (task.name, seed, scenario.system.render(scenario.told))
            for task in TASKS.values()
            for seed in range(5)
            if (scenario := task.scenario(seed, split))
        }
        for split in SPLITS
    }
    users = {
        split: {TASKS["shop/refund"].scenario(s, split).facts["user_name"] for s in range(300)}
        for split in SPLITS
    }
    assert not prompts["train"] & prompts["test"]
    assert not users["train"] & users["test"]


def test_lengths_go_from_one_call_to_more_than_eight(play):
    turns = Counter()
    for name in TASKS:
        env = make("api", tasks=name)
        turns[max(play(env, seed)[1]["turns"] for seed in range(5)) - 1] += 1
    assert turns[1] >= 5
    assert sum(count for calls, count in turns.items() if calls >= 8) >= 8


def test_requests_are_refused_about_as_often_as_rules_say():
    decided = Counter(
        type(solved(task.scenario(seed, "train"))[1]) is Refusal
        for task in TASKS.values()
        for seed in range(10)
    )
    assert 0.05 < decided[True] / decided.total() < 0.4


DETOURS = [(s, tool) for s in SERVICES.values() for tool in sorted(s.detours)]


@pytest.mark.parametrize(("service", "tool"), DETOURS, ids=[name for _, name in DETOURS])
def test_a_detour_gives_what_the_tool_gives(service, tool):
    compared = 0
    for index in range(25):
        world, people = base_world((service,), index, "train")
        for arguments in candidates(service, tool, world, people):
            direct = outcome(service, world.fork(), straight(tool, arguments))
            around = outcome(service, world.fork(), service.detours[tool](**arguments))
            assert around == direct
            compared += 1
    assert compared >= 25


def straight(tool, arguments):
    return (yield ToolCall(tool, arguments))


def outcome(service, world, solution):
    program, tools = answered(solution), toolset((service,))
    try:
        call = next(program)
        while True:
            call = program.send(tools.call(call, world))
    except StopIteration as end:
        return end.value
    except ToolError as error:
        return error.code


def candidates(service, tool, world, people):
    """Arguments of one tool: values of the world's rows that fit, and some that do not."""
    spec = next(t.spec for t in service.tools if t.name == tool)
    words = {"nobody", people[0].name, people[1].name.split()[0], people[2].email}
    for table in service.tables:
        for row in list(world.table(table).values())[:4]:
            words |= {v for v in row.values() if isinstance(v, str)}
    schemas = {k: v for k, v in spec.parameters["properties"].items() if k in spec.required}
    rng = Rng(service.name, tool)
    for _ in range(20):
        word = rng.pick(sorted(words))
        fitting = {"integer": 30, "number": 1.5, "boolean": True, "array": [word]}
        arguments = {}
        for name, schema in schemas.items():
            pattern = DATE if schema.get("format") == "date" else schema.get("pattern", "")
            formed = [w for w in sorted(words) if re.search(pattern, w)] if pattern else [word]
            arguments[name] = fitting.get(schema["type"], rng.pick(formed))
        yield arguments


DATE = r"^\d{4}-\d\d-\d\d$"
