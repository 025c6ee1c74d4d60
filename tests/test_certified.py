"""The committed certificates: complete, as claimed, monotone, and the same when measured again."""

import json
import re
import subprocess
import sys
from importlib.resources import files
from itertools import pairwise
from os import environ

import pytest

from wildgym.benchmarks.certify import LEAST_BITE, STRENGTHS, bites, certificate
from wildgym.perturbations import AXES, REGISTRY, Perturbation
from wildgym.perturbations.factory import FAMILIES
from wildgym.perturbations.mix import Mix, named_mixes
from wildgym.perturbations.splits import SIDES, splits
from wildgym.tools import Rng

OPERATORS = json.loads((files("wildgym.benchmarks") / "certificates.json").read_text())["operators"]
FIGURES = [
    (name, family, strength, figures)
    for name, operator in OPERATORS.items()
    for family, strengths in operator["families"].items()
    for strength, figures in strengths.items()
]


def test_every_operator_has_a_certificate_for_every_family_and_strength():
    assert OPERATORS.keys() == REGISTRY.keys()
    for name, operator in OPERATORS.items():
        assert list(operator["families"]) == list(REGISTRY[name].families)
        for strengths in operator["families"].values():
            assert list(map(float, strengths)) == list(STRENGTHS)


def test_the_expert_solves_everything():
    assert all(figures["expert"] == 1.0 for *_, figures in FIGURES)


def test_there_are_a_hundred_operators_of_which_most_bite():
    biting = [name for name, operator in OPERATORS.items() if operator["bites"] >= LEAST_BITE]
    assert len(OPERATORS) >= 100
    assert len(biting) >= 75
    for axis in AXES:
        assert sum(OPERATORS[name]["axis"] == axis for name in biting) >= 10


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_claims_what_was_measured(name):
    measured = bites(OPERATORS[name]["families"])
    assert REGISTRY[name].bites <= measured
    if REGISTRY[name].bites == 0:
        # Cosmetic: its blind twin never fails, or too seldom to be counted.
        assert measured < LEAST_BITE


def test_every_operator_acts_in_some_family():
    for name, operator in OPERATORS.items():
        acting = [strengths["1.0"]["acts"] for strengths in operator["families"].values()]
        assert any(acting) or REGISTRY[name].bites == 0, name


def test_what_is_stronger_is_no_easier_for_who_is_blind():
    for name, operator in OPERATORS.items():
        for family, strengths in operator["families"].items():
            intervals = [strengths[str(strength)]["blind_interval"] for strength in STRENGTHS]
            for (_, high), (low, _) in pairwise(intervals):
                assert low <= high, (name, family)


SAMPLE = Rng("certified").sample([f for f in FIGURES if f[1] == "api" and f[2] == "1.0"], 12)


@pytest.mark.parametrize(("name", "family", "strength", "figures"), SAMPLE)
def test_a_sample_comes_out_the_same_again(name, family, strength, figures):
    again = certificate(name, family, float(strength), figures["episodes"])
    timed = {"step_us"}
    assert {k: v for k, v in again.items() if k not in timed} == {
        k: v for k, v in figures.items() if k not in timed
    }


# The splits.


def test_every_operator_and_syntax_group_has_its_side_and_a_reason():
    placed = splits()
    assert set(placed.sides) == set(REGISTRY)
    assert all(len(reason) > 10 for reason in placed.reasons.values())
    assert set(placed.reasons) == {*placed.sides, *placed.groups}
    for axis in AXES:
        assert {placed.sides[n] for n in REGISTRY if REGISTRY[n].axis == axis} == set(SIDES)
    assert set(placed.groups.values()) == set(SIDES)
    with pytest.raises(ValueError, match="the latest are 'v1'"):
        splits("v0")


def test_the_mixes_keep_to_their_sides():
    mixes, placed = named_mixes(), splits()
    assert set(mixes["train"].operators) == set(placed.operators("train"))
    assert set(mixes["heldout"].operators) == set(placed.operators("heldout"))
    assert mixes["wild"].operators == mixes["heldout"].operators
    assert mixes["train"].clean == 0.5
    assert {mixes[name].scaffold for name in ("cold-start", "wild")} == {"heldout"}
    assert mixes["cold-start"].operators == ()


@pytest.mark.parametrize("mix", named_mixes())
def test_a_mix_serialises(mix):
    again = Mix.from_json(json.loads(json.dumps(named_mixes()[mix].to_json())))
    assert again == named_mixes()[mix]
    assert [again.draw(seed) for seed in range(20)] == [
        named_mixes()[mix].draw(seed) for seed in range(20)
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"operators": ["rename"]}, "there is no perturbation 'rename'"),
        ({"operators": [], "clean": 2}, "clean"),
        ({"operators": [], "strengths": [0.5, 3]}, "from 0 to 1"),
        ({"operators": [], "per_axes": 2}, "per_axes"),
    ],
)
def test_a_mix_that_cannot_be_is_refused(wrong, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        Mix.from_json(wrong)


def test_mixes_hold_what_their_constraints_say():
    names = named_mixes()["all"].operators
    mix = Mix(operators=names, per_axis=3, most=4, clean=0.25, always=("typos",))
    drawn = [[p.name for p in mix.draw(seed)] for seed in range(400)]
    clean = sum(not names for names in drawn)
    assert 60 <= clean <= 140
    assert all(len(names) == 5 and names[0] == "typos" for names in drawn if names)
    apart = Mix(operators=("rate_limit", "paginate"), per_axis=2, clean=0, apart=(names,))
    assert {len(apart.draw(seed)) for seed in range(50)} <= {0, 1}


def test_an_added_operator_changes_no_existing_episode():
    mixes = named_mixes()
    before = {name: [mix.draw(seed) for seed in range(60)] for name, mix in mixes.items()}
    some = Mix(operators=mixes["all"].operators[:40], per_axis=2, clean=0)

    class Newcomer(Perturbation):
        """Do nothing, as yet."""

        axis = "tool_info"
        kind = "preserving"
        bites = 0.0
        source = "a test"
        lesson = "Nothing is to be done."

    try:
        named_mixes.cache_clear()
        after = named_mixes()
        assert before == {n: [mix.draw(seed) for seed in range(60)] for n, mix in after.items()}
        more = some.but(operators=(*some.operators, "newcomer"))
        for seed in range(200):
            drawn = {p.name for p in more.draw(seed)}
            assert "newcomer" in drawn or drawn == {p.name for p in some.draw(seed)}
    finally:
        del REGISTRY["newcomer"]


def test_episodes_are_the_same_in_any_process_and_layout():
    """All families, all axes, all scaffolds; the digest is over every word."""
    said = [
        subprocess.run(
            [sys.executable, "-m", "wildgym.benchmarks.marathon", "--episodes", "60", *layout],
            env={**environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, layout in (("1", ["--workers", "1"]), ("2", ["--workers", "2"]))
    ]
    digests = [re.findall(r"digest (\w{64})", text) for text in said]
    assert digests[0] == digests[1]
    assert len(digests[0]) == 1
    for family in FAMILIES:
        won, played = re.findall(rf"{family}: (\d+) of (\d+) solved", said[0])[0]
        assert won == played
