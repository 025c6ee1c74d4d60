"""The certificates where commands run: every operator over folders of files and over codebases."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wildgym.benchmarks.trials import tasks_of
from wildgym.envs import WildEnv
from wildgym.envs.expert import climb
from wildgym.envs.scaffolds import READ
from wildgym.perturbations import AXES, REGISTRY, perturbed
from wildgym.perturbations.core import TWINS
from wildgym.perturbations.factory import chosen_scaffolds, perturber
from wildgym.perturbations.folder import files_of
from wildgym.perturbations.mix import named_mixes
from wildgym.tools import Rng, finish
from wildgym.tools.sandboxes import digest
from wildgym.tools.shell import run_command

FEW = {"files": 5, "codebase": 1}
CODE = ("rename_identifiers", "strip_comments", "shuffle_comments", "add_dead_code")
seeds = st.integers(0, 2**62)
OF = {
    family: [name for name in sorted(REGISTRY) if family in REGISTRY[name].families]
    for family in ("files", "codebase")
}
PAIRS = [(family, name) for family, names in OF.items() for name in names]


TASKS = {family: list(tasks_of(family)) for family in OF}


def env_of(family, perturbations, scaffold="random", **arguments) -> WildEnv:
    perturb = perturber(perturbations, family)
    return WildEnv(TASKS[family], chosen_scaffolds(scaffold), perturb=perturb, **arguments)


def some(family, count):
    """Return tasks from all over a family."""
    tasks = TASKS[family]
    return tasks[:: max(1, len(tasks) // count)][:count]


# Solvable, and necessary.


@pytest.mark.parametrize(("family", "name"), PAIRS)
def test_every_operator_alone_is_solvable_and_bites_as_it_claims(play, family, name):
    """What it claims in all of a family has been measured; here, that it bites at all."""
    operator, acting, failed = REGISTRY[name], 0, 0
    twins = TWINS if operator.kind == "destroying" else (None,)
    for n, task in enumerate(some(family, FEW[family])):
        for twin in twins:
            drawn = operator(twin=twin) if twin else operator()
            env = env_of(family, {"perturbations": [drawn.to_json()]})
            total, info = play(env, n, watch=name, task=task.name)
            assert total == 1.0
            if info["acts"]:
                total, info = play(env, n, (name,), task=task.name)
                assert "invalid" not in info
                acting, failed = acting + 1, failed + (total < 1.0)
            env.close()
    if operator.bites * acting > 3:
        assert failed > 0
    assert operator.bites > 0 or failed <= 1


def drawn_variation(data, family):
    names = data.draw(st.lists(st.sampled_from(OF[family]), unique=True, max_size=14))
    strengths = st.sampled_from([0.1, 0.3, 0.6, 1.0])
    chosen = [REGISTRY[n].drawn(data.draw(seeds), data.draw(strengths)).to_json() for n in names]
    return {"seed": data.draw(seeds), "perturbations": chosen}


@given(data=st.data())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_operators_over_files_at_any_strength_are_solvable_together(play, data):
    scaffold = data.draw(st.sampled_from(sorted(READ)))
    env = env_of("files", drawn_variation(data, "files"), scaffold, max_turns=400)
    assert play(env, data.draw(seeds))[0] == 1.0
    env.close()


@given(data=st.data())
@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_operators_over_codebases_at_any_strength_are_solvable_together(play, data):
    env = env_of("codebase", drawn_variation(data, "codebase"), max_turns=400)
    assert play(env, data.draw(seeds))[0] == 1.0
    env.close()


@pytest.mark.parametrize(("family", "episodes"), [("files", 200), ("codebase", 12)])
def test_the_expert_solves_everything_in_the_mix_all(play, family, episodes):
    env = env_of(family, "all")
    assert all(play(env, seed)[0] == 1.0 for seed in range(episodes))
    env.close()


def test_all_operators_over_the_same_files_are_solvable_together(play):
    """All that lie above each other at once, in their one order."""
    names = [n for n in OF["files"] if REGISTRY[n].axis == "environment"]
    env = env_of("files", names)
    assert all(play(env, n, task=t.name)[0] == 1.0 for n, t in enumerate(some("files", 16)))
    env.close()


@pytest.mark.parametrize(("family", "episodes"), [("files", 60), ("codebase", 6)])
def test_the_blind_twin_fails_where_all_axes_are_perturbed(play, family, episodes):
    env = env_of(family, "all")
    assert sum(play(env, seed, "all")[0] for seed in range(episodes)) < episodes / 10
    env.close()
    clean = env_of(family, "none")
    assert play(clean, 0, "all")[0] == 1.0
    clean.close()


# Invariant.


@pytest.mark.parametrize("name", [n for n in OF["files"] if REGISTRY[n].axis == "environment"])
def test_files_are_the_same_once_their_form_is_undone(name):
    for n, task in enumerate(TASKS["files"]):
        plain = task.draw(n, "train")
        for strength in (0.4, 1.0):
            changed = perturbed(plain, [REGISTRY[name](strength=strength)], n)
            if files_of(changed) is not files_of(plain):
                assert digest(changed.canonically(files_of(changed))) == digest(files_of(plain))


@pytest.mark.parametrize("name", CODE)
def test_a_codebase_that_is_written_otherwise_passes_the_same_tests(name):
    for n, task in enumerate(some("codebase", 2)):
        plain = task.draw(n, task.splits[0])
        changed = perturbed(plain, [REGISTRY[name]()], n)
        outcomes = [outcomes_of(scenario) for scenario in (plain, changed)]
        assert outcomes[0] == outcomes[1]
        assert "passed" in outcomes[0]


def outcomes_of(scenario):
    world = scenario.world.fork()
    command = "python3 -m pytest -q -x --no-header -p no:cacheprovider 2>&1 | tail -n 1"
    result = scenario.canonical.call(run_command(command=command), world)
    world.workspace.close()
    return result.value["output"].partition(" in ")[0]


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_files_are_the_same_whatever_is_perturbed_on_other_axes(seed):
    rng = Rng(seed)
    of = {a: [n for n in OF["files"] if REGISTRY[n].axis == a] for a in AXES}
    own = rng.sample(of["environment"], 3)
    others = [rng.pick(names) for axis, names in of.items() if axis != "environment"]
    plain = rng.pick(TASKS["files"]).draw(seed, "train")
    trees = [
        files_of(perturbed(plain, [REGISTRY[name]() for name in names], seed))
        for names in (own, [*own, *others])
    ]
    assert digest(trees[0]) == digest(trees[1])


@pytest.mark.parametrize(("family", "name"), PAIRS)
def test_equal_seeds_give_equal_scenarios_and_others_are_left_alone(family, name):
    plain = TASKS[family][0].draw(1, TASKS[family][0].splits[0])
    before, tree = replace(plain), digest(files_of(plain))
    assert perturbed(plain, [REGISTRY[name](strength=0)], 3) is plain
    first, second = (perturbed(plain, [REGISTRY[name]()], 3) for _ in range(2))
    assert shown(first) == shown(second)
    assert plain == before
    assert digest(files_of(plain)) == tree


def shown(scenario):
    texts = scenario.system.render(scenario.told), scenario.user.render(scenario.told)
    specs = [spec.json for spec in scenario.toolset.specs.values()]
    return (*texts, specs, digest(files_of(scenario)))


@pytest.mark.parametrize("name", ["move_files", "leave_copies", "reencode_files", "crlf_files"])
def test_what_a_lower_strength_changes_in_files_a_higher_one_changes_too(name):
    for n, task in enumerate(some("files", 8)):
        plain = task.draw(n, "train")
        kept = [
            set(files_of(plain).items())
            & set(files_of(perturbed(plain, [REGISTRY[name](strength=s)], n)).items())
            for s in (0.1, 0.3, 0.6, 1.0)
        ]
        assert kept[0] >= kept[1] >= kept[2] >= kept[3]


# Not exploitable, and what the mixes draw.


@pytest.mark.parametrize("answer", ["", "0", "none", "README.md"])
def test_handing_in_without_work_earns_nothing(answer):
    env = env_of("files", "all", "hermes")
    for n, task in enumerate(some("files", 16)):
        env.reset(seed=n, options={"task": task.name})
        above = [obstacle for _, obstacle in env.scenario.obstacles]
        program, result = climb(once(finish(answer=answer)), above), None
        total, over = 0.0, False
        while not over:
            call = program.send(result) if result else next(program)
            observation, reward, *ended, _ = env.step(env._scaffold.act([call], env._specs))
            result, total, over = env._scaffold.read(observation)[0], total + reward, any(ended)
        assert total == 0.0
    env.close()


def once(call):
    return (yield call)


def test_mixes_draw_what_changes_something_in_the_family():
    for family in ("api", "codebase", "files"):
        for mix in named_mixes().values():
            changing = [n for n in mix.operators if family in REGISTRY[n].families]
            assert list(mix.of_family(family).operators) == changing
    for family in OF:
        for axis in ("environment", "tool_response"):
            mix = named_mixes()[axis].of_family(family)
            assert len({drawn.name for seed in range(60) for drawn in mix.draw(seed)}) > 8
