"""The web family: a consistent world, pages that tell it, questions with one answer to be found."""

import hashlib
import json
import subprocess
import sys
from functools import cache
from os import environ

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.envs.answer import matches, written
from wildgym.envs.scenario import Impossible
from wildgym.envs.web import TASKS
from wildgym.envs.web.asks import Count
from wildgym.envs.web.forms import FORMS
from wildgym.envs.web.relations import RELATIONS
from wildgym.envs.web.sites import pages
from wildgym.envs.web.sites.core import TELLS
from wildgym.envs.web.steps import Keep
from wildgym.envs.web.telling import canonical, read, told
from wildgym.envs.web.webs import web
from wildgym.envs.web.world import graph
from wildgym.perturbations.factory import make
from wildgym.tools import Rng, finish
from wildgym.tools.web import web_search
from wildgym.tools.web.page import plain

GRAPH = graph(0, "train")
every_form = pytest.mark.parametrize("name", TASKS)


@cache
def all_pages():
    return list(pages(GRAPH, 0, "train"))


# The world.


def test_a_world_is_the_same_in_every_process():
    digest = (
        "import hashlib; from wildgym.envs.web.world import graph\n"
        "print(hashlib.sha256(repr(graph(0, 'train').entities).encode()).hexdigest())"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", digest],
            env={**environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    here = hashlib.sha256(repr(GRAPH.entities).encode()).hexdigest()
    assert printed == [here, here]


def year(entity, relation):
    return int(str(entity.facts[relation])[:4])


def linked(kind, relation):
    """Yield entities of a kind with each one that a relation leads to."""
    for entity in GRAPH.of(kind):
        values = entity.facts.get(relation, ())
        for id in values if isinstance(values, tuple) else (values,):
            yield entity, GRAPH[id]


def test_the_world_is_consistent():
    assert len({entity.name for entity in GRAPH.entities.values()}) == len(GRAPH.entities)
    lives = [p.facts for p in GRAPH.of("person") if "died" in p.facts]
    assert all(facts["born"] < facts["died"] for facts in lives)
    for relation, kind in (("spouse", "person"), ("twin", "city")):
        assert all(o.facts[relation] == one.id for one, o in linked(kind, relation))
    assert all(c.facts["country"] == one.id for one, c in linked("country", "capital"))
    assert all("died" not in mayor.facts for _, mayor in linked("city", "mayor"))


@pytest.mark.parametrize(
    ("kind", "relation", "earlier", "later"),
    [
        ("person", "mentor", "born", "born"),
        ("work", "creator", "born", "year"),
        ("work", "based_on", "year", "year"),
        ("paper", "cites", "year", "year"),
        ("paper", "authors", "born", "year"),
        ("product", "predecessor", "released", "released"),
        ("product", "designer", "born", "released"),
        ("organisation", "parent", "founded", "founded"),
        ("organisation", "founder", "born", "founded"),
        ("event", "winner", "born", "date"),
        ("event", "winning_work", "year", "date"),
    ],
)
def test_what_comes_first_is_older(kind, relation, earlier, later):
    pairs = list(linked(kind, relation))
    assert len(pairs) > 20
    for entity, target in pairs:
        assert year(target, earlier) <= year(entity, later)
        if "died" in target.facts and relation != "mentor":
            assert year(entity, later) <= year(target, "died")


def test_the_splits_share_no_world():
    names = [{e.name for e in graph(0, split).of("person")} for split in ("train", "test")]
    assert len(names[0] & names[1]) < 60


# The pages.


def test_there_are_many_pages_in_several_styles_and_no_link_is_dead():
    assert len(all_pages()) >= 5_000
    assert len({page.site for page in all_pages()}) >= 6
    urls = {page.url for page in all_pages()}
    assert len(urls) == len(all_pages())
    assert all(link.url in urls for page in all_pages() for link in page.links)


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_fact_is_read_back_from_whatever_sentence_tells_it(data):
    entity = data.draw(st.sampled_from(list(GRAPH.entities.values())))
    relation = RELATIONS[entity.kind, data.draw(st.sampled_from(sorted(entity.facts)))]
    sentence = plain(told(GRAPH, entity, relation, Rng(data.draw(st.integers(0, 999)))))
    given = read(f"First this. {sentence} Then that.", entity.name, entity.kind, relation.name)
    value = entity.facts[relation.name]
    if relation.type == "entity":
        value = GRAPH[value].name
    if relation.type == "entities":
        value = tuple(GRAPH[id].name for id in value)
    assert canonical(relation, given) == value
    others = [r for k, r in RELATIONS if k == entity.kind and r != relation.name]
    assert not any(read(sentence, entity.name, entity.kind, other) for other in others)


def test_facts_are_spread_so_that_no_site_tells_everything():
    for kind in {kind for kind, _ in RELATIONS} - {"country"}:
        known = {relation for of, relation in RELATIONS if of == kind}
        tellers = {site: set(kinds.get(kind, ())) for site, kinds in TELLS.items()}
        assert set().union(*tellers.values()) == known
        if kind != "paper":
            assert all(told_there < known for told_there in tellers.values())


def test_pages_of_one_kind_differ():
    """Beside what is true of them, articles on people have words of their own."""
    shapes = set()
    for page in all_pages():
        if "/person/" in page.url and page.site == "encyclopaedia":
            shapes.add((len(page.blocks), len(page.words) // 40, type(page.blocks[0]).__name__))
    assert len(shapes) > 40


# The questions.


def test_there_are_at_least_thirty_forms_of_many_kinds():
    assert len(FORMS) >= 30
    assert len({type(form.ask) for form in FORMS.values()}) >= 6
    assert any(len(form.steps) >= 4 for form in FORMS.values())


@every_form
@pytest.mark.parametrize("split", ["train", "test"])
def test_the_expert_answers_every_form(play, name, split):
    env = make("web", split=split)
    for seed in range(2):
        assert play(env, seed, task=name)[0] == 1.0
        assert 2 <= len(env.trajectory.turns) <= 80
    env.close()


@every_form
def test_a_question_has_one_answer_and_says_nothing_that_it_need_not(name):
    form = FORMS[name.removeprefix("web/")]
    env = make("web")
    for seed in range(4):
        env.reset(seed=seed, options={"task": name})
        facts = env.scenario.facts
        _, known = next((w, g) for w, g in webs() if form.answer(g, facts) is not None)
        found = ()
        for step in form.steps:
            before, found = found, step.within(known, found, facts)
            if isinstance(step, Keep):
                assert len(found) < len(before)
        assert form.answer(known, facts) is not None
    env.close()


def webs():
    return [web("train", index) for index in range(4)]


@every_form
def test_no_page_gives_an_answer_away(name):
    """No page has all that a question says together with its answer."""
    form, drawn = FORMS[name.removeprefix("web/")], 0
    for seed in range(40):
        facts = form.draw(GRAPH, Rng(seed, name))
        answer = form.answer(GRAPH, facts) if facts else None
        if answer is None or isinstance(answer, Impossible) or isinstance(form.ask, Count):
            continue
        drawn += 1
        wanted = [str(value) for value in facts.values()]
        text = written(answer)
        for page in all_pages():
            words = f"{page.title}\n{page.words}"
            assert text not in words or not all(value in words for value in wanted) or few(form)
        if drawn == 3:
            break


def few(form):
    """Say whether a question names one thing alone: its page may list candidates, not which."""
    return not any(isinstance(step, Keep) for step in form.steps)


GUESSES = ("nothing", "echo", "one", "a name", "first title", "first snippet")


@pytest.mark.parametrize("mix", ["none", "all"])
@pytest.mark.parametrize("guess", GUESSES)
def test_policies_that_do_no_research_earn_nothing(guess, mix):
    env, won, played = make("web", perturbations=mix), 0, 0
    for name in TASKS:
        for seed in range(3):
            env.reset(seed=seed, options={"task": name})
            _, reward, *_ = env.step(env.written(finish(answer=guessed(env, guess))))
            won, played = won + reward, played + 1
    assert won <= played / 50
    env.close()


def guessed(env, guess):
    question = env.scenario.user.render(env.scenario.told)
    if not guess.startswith("first"):
        capital = [word for word in question.split() if word[0].isupper()]
        return {"nothing": "", "echo": question, "one": "1", "a name": capital[-1]}[guess]
    found = env.scenario.canonical.call(web_search(query=question[:400]), env._world)
    results = found.value["results"]
    return results[0][guess.removeprefix("first ")] if results else ""


def test_who_hands_in_nothing_earns_nothing():
    env = make("web", max_turns=3)
    for seed in range(6):
        env.reset(seed=seed)
        earned = [env.step("Let me think about it.")[1:4] for _ in range(3)]
        assert earned == [(0.0, False, False)] * 2 + [(0.0, False, True)]


def test_an_episode_forks_and_replays(play):
    env = make("web", perturbations="none")
    env.reset(seed=5)
    policy = env.expert()
    observation = env.trajectory.opening
    for _ in range(3):
        observation, *_ = env.step(policy(observation))
    twin = env.fork()
    for _ in range(4):
        twin.step(twin.written(web_search(query="anything else")))
    over = False
    while not over:
        observation, reward, ended, cut, _ = env.step(policy(observation))
        over = ended or cut
    assert reward == 1.0
    again = make("web", perturbations=json.loads(json.dumps(env.variation)))
    assert again.reset(seed=5)[0] == env.trajectory.opening


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        ("1921-05-03", "3 May 1921"),
        ("1921-05-03", "May 3, 1921"),
        ("1921-05-03", "the 3rd of May 1921"),
        (1200, "1,200 grams"),
        (1200, "1200 people"),
        (12.5, "12.50 EUR"),
        ("A < B", "a < b"),
    ],
)
def test_answers_may_be_written_in_any_usual_way(expected, given):
    assert matches(expected, given)
    assert not matches(expected, f"{given} or 7")
