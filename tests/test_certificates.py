"""The four certificates, over everything registered: a new operator is tested by existing."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.envs import Expert, Trajectory
from wildgym.envs.api import TASKS
from wildgym.envs.expert import climb
from wildgym.envs.scaffolds import READ as READ_SCAFFOLDS
from wildgym.envs.verifier import changes, state_verifier
from wildgym.perturbations import AXES, REGISTRY, Draw, Perturbation, from_json, perturbed
from wildgym.perturbations.core import TWINS
from wildgym.perturbations.factory import make
from wildgym.perturbations.mix import named_mixes
from wildgym.perturbations.splits import splits
from wildgym.tools import Rng, ToolCall, finish, key

NAMES = [name for name in sorted(REGISTRY) if "api" in REGISTRY[name].families]
seeds = st.integers(0, 2**62)


# Solvable.


@pytest.mark.parametrize("name", NAMES)
def test_every_operator_alone_is_solvable_and_bites_if_it_says_so(play, name):
    """On a sample: how much it bites has been measured on all tasks, see `test_certified.py`.

    A destroying operator is played in both its twins; its blind one fails in either.
    """
    acting = failed = 0
    sample = sorted(TASKS)[key(name) % 6 :: 6]
    for variation in variations(name):
        env = make("api", perturbations=variation, scaffold="random")
        for n, task in enumerate(sample):
            score, info = play(env, n, watch=name, task=task)
            assert score == 1.0
            if info["acts"]:
                acting += 1
                failed += play(env, n, (name,), task=task)[0] < 1.0
    bites = REGISTRY[name].bites
    if bites * acting > 6:
        assert failed > 0
    assert bites > 0 or failed <= acting / 5


def variations(name):
    """Return an operator as an env takes it, or both its twins."""
    operator = REGISTRY[name]
    if operator.kind != "destroying":
        return [[name]]
    return [{"perturbations": [operator(twin=twin).to_json()]} for twin in TWINS]


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_operators_at_any_strength_are_solvable_together(play, data):
    names = data.draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=12))
    strengths = st.sampled_from([0.1, 0.3, 0.6, 1.0])
    chosen = [
        REGISTRY[name].drawn(data.draw(seeds), data.draw(strengths)).to_json() for name in names
    ]
    scaffold = data.draw(st.sampled_from(sorted(READ_SCAFFOLDS)))
    variation = {"seed": data.draw(seeds), "perturbations": chosen, "scaffold": scaffold}
    env = make("api", perturbations=variation, max_turns=300)
    assert play(env, data.draw(seeds))[0] == 1.0


@pytest.mark.parametrize("batch", range(8))
def test_the_expert_solves_everything_in_the_mix_all(play, batch):
    env = make(
        "api", perturbations="all", scaffold="random", split="test" if batch % 2 else "train"
    )
    for seed in range(batch, 2000, 8):
        assert play(env, seed)[0] == 1.0


@pytest.mark.parametrize("mix", named_mixes())
@pytest.mark.parametrize("interface", ["text", "chat"])
def test_every_mix_is_solvable_in_both_interfaces(play, mix, interface):
    env = make("api", perturbations=mix, interface=interface)
    assert all(play(env, seed)[0] == 1.0 for seed in range(40))


# Necessary.


def test_the_blind_twin_fails_where_all_axes_are_perturbed(play):
    env = make("api", perturbations="all", scaffold="random")
    assert sum(play(env, seed, "all")[0] for seed in range(200)) < 20
    clean = make("api")
    assert all(play(clean, seed, "all")[0] == 1.0 for seed in range(50))


# Invariant.


@given(seed=seeds, perturbation_seed=seeds)
@settings(max_examples=60, deadline=None)
def test_the_same_final_state_gets_the_same_reward_under_every_rendering(
    play, seed, perturbation_seed
):
    """What a perturbed expert leaves is worth the same to the clean scenario's verifier."""
    options = {"task_seed": seed, "perturbation_seed": perturbation_seed}
    names = [n for n in NAMES if n not in ("resample_policy", "reseed_ids")]
    axes = {axis: [n for n in names if REGISTRY[n].axis == axis] for axis in AXES}
    rng = Rng(perturbation_seed)
    env = make("api", perturbations=[rng.pick(of_axis) for of_axis in axes.values()])
    play(env, 0, **options)
    clean = make("api")
    clean.reset(seed=0, options=options)
    verdict = state_verifier(clean.scenario, env._world, Trajectory(""))
    assert verdict.checks.items() <= env.verify().checks.items()
    assert verdict.score == 1.0
    other = env._world.fork()
    table = next(iter(other.base))
    row = next(iter(other.table(table).values()))
    other.put(table, {**row, next(iter(row.keys() - {"id"})): "changed"})
    assert state_verifier(clean.scenario, other, Trajectory("")).score == 0.0


# Not exploitable.


@pytest.mark.parametrize("mix", ["none", "all"])
@pytest.mark.parametrize("guess", ["nothing", "refuse", "echo", "spam", "common"])
def test_policies_that_do_no_work_earn_nothing(mix, guess):
    env = make("api", perturbations=mix, reward="dense")
    for n, task in enumerate(sorted(TASKS)):
        for answer in guesses(env, guess, n, task):
            env.reset(seed=n, options={"task": task})
            assert handed_in(env, answer) == 0.0


def guesses(env, guess, seed, task):
    env.reset(seed=seed, options={"task": task})
    scenario, prompt = env.scenario, env.scenario.user.render(env.scenario.told)
    rows = [row for table in scenario.world.base.values() for row in table.values()]
    return {
        "nothing": [finish()],
        "refuse": [finish(status="refused"), finish(answer=scenario.told["user_name"])],
        "echo": [finish(answer=text) for text in (prompt, *prompt.split())],
        "spam": [finish(answer=", ".join(str(value) for row in rows for value in row.values()))],
        "common": [finish(answer=a, status=s) for a in COMMON for s in ("done", "refused")],
    }[guess]


COMMON = ("0", "1", "2", "yes", "no", "none", "[]", "10.00", "cancelled", "not found", "refused")


def handed_in(env, call):
    """Hand in an answer through whatever is in the way, and do nothing else."""

    def program():
        yield from climb(once(call), [obstacle for _, obstacle in env.scenario.obstacles])

    policy = Expert(program(), lambda calls: env._scaffold.act(calls, env._specs), READ)
    observation, total, over = env.trajectory.opening, 0.0, False
    while not over:
        observation, reward, terminated, truncated, _ = env.step(policy(observation))
        total += reward
        over = terminated or truncated
    return total


def once(call):
    return (yield call)


READ = READ_SCAFFOLDS["hermes"].read


# What an operator is.


@pytest.mark.parametrize("name", NAMES)
@given(seed=seeds, strength=st.sampled_from([0.25, 1.0]))
@settings(max_examples=5, deadline=None)
def test_an_operator_is_a_value(name, seed, strength):
    drawn = REGISTRY[name].drawn(seed, strength)
    assert from_json(drawn.to_json()) == drawn
    assert REGISTRY[name].drawn(seed, strength) == drawn


@pytest.mark.parametrize("name", NAMES)
def test_strength_0_is_the_identity_and_scenarios_are_left_alone(name):
    scenario = TASKS["shop/refund"].scenario(1, "train")
    before = replace(scenario)
    assert perturbed(scenario, [REGISTRY[name](strength=0)], 3) is scenario
    first = shown(perturbed(scenario, [REGISTRY[name]()], 3))
    assert scenario == before
    assert shown(perturbed(scenario, [REGISTRY[name]()], 3)) == first


def shown(scenario):
    texts = scenario.system.render(scenario.told), scenario.user.render(scenario.told)
    return (*texts, [spec.json for spec in scenario.toolset.specs.values()])


@pytest.mark.parametrize("name", ["rename_by_synonym", "typos", "pad_rules", "split_writes"])
def test_what_a_lower_strength_changes_a_higher_one_changes_too(name):
    for seed in range(20):
        drawn = TASKS["shop/refund"].scenario(seed, "train")
        changed = [
            differences(drawn, perturbed(drawn, [REGISTRY[name](strength=strength)], seed))
            for strength in (0.1, 0.3, 0.6, 1.0)
        ]
        assert all(low <= high for low, high in pairwise(changed))


def differences(before, after):
    words = {("tool", s.name, s.description) for s in after.toolset.specs.values()}
    words |= {("rule", rule) for rule in after.system.rules}
    words |= {(n, w) for n, p in enumerate(after.user.parts) for w in enumerate(p.split())}
    same = {("tool", s.name, s.description) for s in before.toolset.specs.values()}
    same |= {("rule", rule) for rule in before.system.rules}
    same |= {(n, w) for n, p in enumerate(before.user.parts) for w in enumerate(p.split())}
    return words - same


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_one_axis_never_moves_a_draw_of_another(seed):
    """What an operator draws is the same alone and among operators of every other axis."""
    rng = Rng(seed)
    alone = {axis: rng.pick([n for n in NAMES if REGISTRY[n].axis == axis]) for axis in AXES}
    together = named_mixes()["all"].draw(seed)
    for axis in AXES:
        single = named_mixes()[axis].draw(seed)
        assert single == [p for p in together if p.axis == axis]
    draws: Mapping[str, Draw] = {n: Draw(seed, a, n) for a, n in alone.items()}
    assert len({draw.uniform("slot") for draw in draws.values()}) == len(AXES)


def test_an_operator_without_a_way_through_is_refused():
    class Vandalise(Perturbation):
        """Change the prompt, and leave no way through."""

        axis = "user_prompt"
        kind = "misleading"
        bites = 1.0
        source = "a test"
        lesson = "There is no way."

        def apply(self, scenario, draw):
            return replace(scenario, told={})

    try:
        with pytest.raises(TypeError, match="brings no way through"):
            perturbed(TASKS["shop/refund"].scenario(0, "train"), [Vandalise()], 0)
    finally:
        del REGISTRY["vandalise"]


def test_an_operator_without_its_claims_is_refused():
    with pytest.raises(TypeError, match="lacks kind, bites, source"):

        class Vague(Perturbation):
            """Claim nothing."""

            axis = "user_prompt"

    with pytest.raises(TypeError, match="no field `twin: Twin`"):

        class Ruin(Perturbation):
            """Destroy, without a twin that can be solved."""

            axis = "user_prompt"
            kind = "destroying"
            bites = 1.0
            source = "a test"
            lesson = "There is no way."

    assert not {"vague", "ruin"} & REGISTRY.keys()


def test_every_axis_has_operators_that_bite_and_some_are_held_out():
    for axis in AXES:
        of_axis = {n for n, operator in REGISTRY.items() if operator.axis == axis}
        assert len(of_axis) >= 5
        assert sum(REGISTRY[n].bites > 0 for n in of_axis) >= 2
        sides = [splits().sides[name] for name in of_axis]
        assert {"train", "heldout"} == set(sides)


def test_changes_do_not_depend_on_order_or_ids():
    env = make("api", tasks="shop/cancel_all_processing")
    env.reset(seed=0)
    world = env.scenario.origin
    ids = list(world.table("orders"))[:3]
    one, other = world.fork(), world.fork()
    for ordered, target in ((ids, one), (ids[::-1], other)):
        for id in ordered:
            target.create("refunds", order_id=id, amount=1.0, reason=f"for {id}")
    assert set(changes(one)) == set(changes(other))


@pytest.mark.parametrize("name", ["rate_limit", "committed_timeout", "mask_errors", "stale_decoys"])
def test_an_extra_call_shifts_no_fault_of_the_others(name):
    """The first results of all calls are the same whether or not others were made before."""
    env = make("api", perturbations=[name], tasks="shop/*")
    for seed in range(10):
        env.reset(seed=seed)
        orders = list(env.scenario.origin.table("orders"))
        reads = [ToolCall("get_order", {"order_id": id}) for id in orders[:4]]
        write = ToolCall("set_price", {"product_id": "PRD-2000", "price": 5.0})
        calls = [*reads, ToolCall("list_orders", {}), write]
        once_each = results(env, calls)
        assert results(env, [*reads[2:], *calls[:2], *calls[4:]])[4:] == once_each[4:]
        assert results(env, calls[::-1])[::-1] == once_each


def results(env, calls):
    fork = env.fork()
    for call in calls:
        fork.step(env._scaffold.act([call], env._specs))
    return [turn.results for turn in fork.trajectory.turns]


@pytest.mark.parametrize("name", ["rate_limit", "expire_token", "mask_errors"])
def test_faults_stay_where_they_are_under_other_axes(play, name):
    """The same calls fail in the same way, whatever else is perturbed around them."""
    others = ["typos", "shuffle_rules", "reseed_ids", "rename_opaquely", "nest_parameters"]
    alone = make("api", perturbations=[name])
    among = make("api", perturbations=[name, *others], scaffold="random")
    faults = 0
    for seed in range(40):
        met = []
        for env in (alone, among):
            assert play(env, seed)[0] == 1.0
            met.append([fault(result) for turn in env.trajectory.turns for result in turn.results])
        assert met[0] == met[1]
        faults += sum(map(bool, met[0]))
    assert faults > 20


def fault(result):
    if result.is_error:
        return result.code, result.value.get("retry_after_seconds")
    return isinstance(result.value, dict) and tuple(result.value.get("warnings", ()))
