"""The desk under perturbations: solvable, alone and together, while the world goes on."""

import pytest

from wildgym.benchmarks.trials import LENGTHY
from wildgym.envs.desk import TASKS
from wildgym.perturbations import REGISTRY, perturbed
from wildgym.perturbations.core import TWINS
from wildgym.perturbations.factory import make
from wildgym.perturbations.twins import untouched
from wildgym.tools import key, wait
from wildgym.tools.shell import run_command

NAMES = [name for name in sorted(REGISTRY) if "desk" in REGISTRY[name].families]
QUICK = sorted(TASKS.keys() - set(LENGTHY))


def drawn(name, seed):
    """Return an operator, or both its twins."""
    operator = REGISTRY[name].drawn(seed, 1.0)
    if operator.kind != "destroying":
        return [operator]
    return [operator.model_copy(update={"twin": twin}) for twin in TWINS]


def opened(task, name, seed=0):
    env = make("desk", tasks=task, perturbations=[name])
    env.reset(seed=seed)
    return env


@pytest.mark.parametrize("name", NAMES)
def test_every_operator_alone_is_solvable_on_the_desk(play, name):
    """On two jobs each; all of them have been played for the certificates."""
    for seed in range(2):
        job = QUICK[(key(name) + 7 * seed) % len(QUICK)]
        for operator in drawn(name, seed):
            variation = {"seed": seed, "perturbations": [operator.to_json()]}
            env = make("desk", tasks=job, perturbations=variation)
            score, info = play(env, seed)
            assert score == 1.0, info


@pytest.mark.parametrize("job", QUICK[::5])
def test_no_time_passes_while_operators_are_applied(job):
    scenario = TASKS[job].scenario(2, "train")
    world = scenario.world
    before = {name: world.table(name) for name in world.base}, world.base
    for name in NAMES:
        for operator in drawn(name, 2):
            perturbed(scenario, [operator], 2)
    assert (world.clock, world.memory) == (0, {})
    assert ({name: world.table(name) for name in world.base}, world.base) == before
    assert not world.changed_tables()


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_mix_all_is_solvable_and_who_is_blind_fails(play, split):
    arguments = {"perturbations": "all", "scaffold": "random", "max_turns": 4_000, "split": split}
    env = make("desk", tasks=QUICK, **arguments)
    for seed in range(24):
        score, info = play(env, seed)
        assert score == 1.0, info
    assert sum(play(env, seed, "all")[0] for seed in range(24)) <= 1


@pytest.mark.parametrize("job", LENGTHY)
def test_a_repair_among_other_work_is_judged_through_all_of_it(play, job):
    env = make("desk", tasks=job, perturbations=["crlf_files", "protect_files", "lose_state"])
    score, info = play(env, 1)
    assert score == 1.0, info
    assert play(env, 1, "all")[0] == 0.0


FORMS = ("reencode_files", "head_files", "split_files", "compress_files", "crlf_files")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kept", [False, True], ids=["as it was brought", "as files are kept"])
def test_what_a_colleague_brings_may_be_left_in_either_form(form, kept):
    env = opened("desk/audit", form)
    scenario, world = env.scenario, env._world
    ((_, obstacle),) = scenario.obstacles
    if kept:
        assert scenario.toolset.call(obstacle.first, world).value["exit_code"] == 0
    for call in (wait(seconds=5_000), run_command(command="ls shared/ledger")):
        scenario.toolset.call(call, world)
    (path,) = world.workspace_here().brought
    if kept:
        assert scenario.toolset.call(obstacle.last, world).value["exit_code"] == 0
    lies_as_brought = (
        world.workspace_here().tree().get(path) == world.workspace_here().brought[path]
    )
    assert lies_as_brought != kept
    assert untouched(scenario, world)
    scenario.toolset.call(run_command(command=f"rm {path}*"), world)
    assert not untouched(scenario, world)


@pytest.mark.parametrize("form", FORMS)
def test_what_comes_before_work_can_begin_is_told_from_what_is_kept(play, form):
    env = make("desk", tasks="desk/audit", perturbations=[form, "availability_windows"])
    score, info = play(env, 0)
    assert score == 1.0, info


def test_what_is_awaited_comes_into_a_folder_that_is_protected():
    env = opened("desk/audit", "protect_files")
    ran, _, _, _, _ = env.step(env.written(run_command(command="touch shared/ledger/mine")))
    assert "denied" in ran
    env.step(env.written(wait(seconds=5_000)))
    ran, _, _, _, _ = env.step(
        env.written(run_command(command="ls -l shared/ledger; ls -ld shared/ledger"))
    )
    assert "late-entries.csv" in ran
    assert "dr-xr-xr-x" in ran
    assert untouched(env.scenario, env._world)
