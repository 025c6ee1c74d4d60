"""Rules of the system prompt: that some bind, and others never come into force."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgym.envs.api import TASKS
from wildgym.envs.codebase import TASKS as CODEBASES
from wildgym.envs.files import TASKS as FILES
from wildgym.envs.prompts import LAYOUTS, fields
from wildgym.perturbations import REGISTRY, perturbed
from wildgym.perturbations.factory import make
from wildgym.perturbations.folder import files_of
from wildgym.perturbations.system_prompt.hand_in_otherwise import FORMS, formed, unformed
from wildgym.perturbations.system_prompt.pad_rules import IDLE_RULES
from wildgym.perturbations.system_prompt.translate_rules import in_language

CLEAN = TASKS["shop/refund"].scenario(1, "train")
BINDING = [
    name
    for name, operator in sorted(REGISTRY.items())
    if operator.axis == "system_prompt" and perturbed(CLEAN, [operator()], 0).checks
]


@pytest.mark.parametrize("name", BINDING)
def test_breaking_a_rule_fails_its_check_and_no_other(play, name):
    env, broken = make("api", perturbations=[name]), 0
    for n, task in enumerate(sorted(TASKS)):
        _, info = play(env, n, (name,), task=task)
        failed = {check for check, held in info["checks"].items() if not held}
        assert failed <= {name}
        broken += bool(failed)
    assert broken


@pytest.mark.parametrize("name", BINDING)
def test_a_rule_that_binds_is_told(name):
    before, after = CLEAN, perturbed(CLEAN, [REGISTRY[name]()], 0)
    assert len(after.system.rules) == len(before.system.rules) + 1
    own = after.toolset.specs.keys() - before.toolset.specs.keys()
    assert all(tool in after.system.render(after.told) for tool in own)


@pytest.mark.parametrize("voice", ["plain", "urgent", "official"])
def test_following_a_wish_against_a_rule_is_seen(play, voice):
    chosen = REGISTRY["contradict_rules"](voice=voice).to_json()
    env = make("api", perturbations={"perturbations": [chosen]}, tasks="mail/*")
    for blind in ((), ("contradict_rules",)):
        score, info = play(env, 3, blind)
        assert info["lures"] == {"contradict_rules": bool(blind)}
        assert score == (0.0 if blind else 1.0)


def test_rules_that_pad_are_about_nothing_that_there_is():
    texts = list(everything())
    for subject, rule in IDLE_RULES.items():
        assert subject in rule.casefold()
        about = re.compile(rf"\b{subject}")
        assert not any(about.search(text) for text in texts), subject


def everything():
    """Yield whatever tasks, tools and worlds say, of two draws of each task."""
    for tasks in (TASKS, FILES):
        for n, name in enumerate(sorted(tasks)):
            for split in ("train", "test"):
                scenario = tasks[name].scenario(n, split)
                yield scenario.system.render(scenario.told).casefold()
                yield scenario.user.render(scenario.told).casefold()
                yield from (spec.json.casefold() for spec in scenario.toolset.specs.values())
                for table in scenario.world.base.values():
                    yield repr([dict(row) for row in table.values()]).casefold()
                for file in files_of(scenario).values():
                    yield file.data.decode("utf-8", "replace").casefold()


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_layout_keeps_every_fact_and_every_rule(layout):
    for name in ("shop/refund", "bank/pay_somebody", "mail/announce_absence"):
        system, told = (
            TASKS[name].scenario(2, "train").system,
            TASKS[name].scenario(2, "train").told,
        )
        parts = [system.persona, *system.context, *system.rules]
        shown = LAYOUTS[layout](*_filled(system, told))
        assert all(words(part.format_map(told)) in words(shown) for part in parts)


def _filled(system, told):
    filled = [[line.format_map(told) for line in lines] for lines in (system.context, system.rules)]
    return system.persona.format_map(told), *filled


def words(text):
    return " ".join(re.findall(r"\w+", text.replace("&amp;", "&")))


def test_the_layout_in_json_is_json():
    system, told = CLEAN.system, CLEAN.told
    assert json.loads(LAYOUTS["json"](*_filled(system, told)))["rules"] == _filled(system, told)[2]


@pytest.mark.parametrize("form", sorted(FORMS))
@given(answer=st.text())
def test_an_answer_comes_back_out_of_its_form(form, answer):
    assert unformed(formed(answer, form), form).strip() == answer.strip()


@pytest.mark.parametrize("language", ["german", "french", "spanish"])
def test_a_translation_has_the_same_facts_in_every_rule(language):
    for tasks in (TASKS, FILES, CODEBASES):
        for name in sorted(tasks)[::9]:
            split = "train" if tasks is not CODEBASES else tasks[name].bank.codebase.split
            scenario = tasks[name].scenario(0, split)
            before, after = scenario.system, in_language(scenario, language)
            for field in ("persona", "context", "rules"):
                old, new = getattr(before, field), getattr(after, field)
                pairs = [(old, new)] if field == "persona" else zip(old, new, strict=True)
                assert all(fields(one) == fields(other) and one != other for one, other in pairs)
