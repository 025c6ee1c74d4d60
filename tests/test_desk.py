"""The desk family: long jobs over services, files, code and the web, while things happen."""

import re
from collections.abc import Mapping

import pytest

from wildgym.envs import WildEnv
from wildgym.envs.api.services.calendar import create_event
from wildgym.envs.api.services.mail import get_mail, list_mails, mail, search_mails, send_mail
from wildgym.envs.desk import TASKS, as_task
from wildgym.envs.desk.task import SERVICES
from wildgym.envs.desk.unfolding import Event, Unfolding, in_time
from wildgym.envs.expert import answered
from wildgym.envs.scenario import Scenario
from wildgym.tools import Tools, World, finish, wait
from wildgym.tools.editor import create_file
from wildgym.tools.web import WEB_TOOLS, open_page, web_search

CODE = ("desk/failing_job", "desk/release")
"""Jobs over a repository: to judge one takes a second."""
QUICK = sorted(TASKS.keys() - set(CODE))
every_job = pytest.mark.parametrize("name", sorted(TASKS))
quick_job = pytest.mark.parametrize("name", QUICK)
both_splits = pytest.mark.parametrize("split", ["train", "test"])


def opened(name, seed=0, **arguments):
    env = WildEnv([as_task(TASKS[name])], **arguments)
    observation, _ = env.reset(seed=seed)
    return env, observation


def taken(scenario: Scenario, world: World):
    """Return the calls and results of the solution, on a world."""
    program, calls = answered(scenario.solution(scenario.facts)), []
    try:
        call = next(program)
        while True:
            result = scenario.canonical.call(call, world)
            calls.append((call, result))
            call = program.send(result)
    except StopIteration as end:
        return calls, end.value


# The jobs.


def test_there_are_many_jobs():
    assert len(TASKS) >= 15
    assert all(task.about for task in TASKS.values())


@both_splits
@quick_job
def test_the_expert_does_every_job(play, name, split):
    env, _ = opened(name, split=split)
    for seed in range(4):
        score, info = play(env, seed)
        assert score == 1, (seed, info)
        assert all(info["checks"].values())


@both_splits
@pytest.mark.parametrize("name", CODE)
def test_the_expert_repairs_what_a_job_needs(play, name, split):
    env, _ = opened(name, split=split)
    score, info = play(env, 0)
    assert score == 1, info
    assert info["checks"]["repaired"]


@every_job
def test_a_job_is_long_and_leads_to_many_places(name):
    scenario = TASKS[name].scenario(1, "train")
    calls, _ = taken(scenario, scenario.world.fork())
    assert 15 <= len(calls) <= 60
    of = {tool.name: service.name for service in SERVICES for tool in service.tools}
    of |= {tool.name: "web" for tool in WEB_TOOLS} | {wait.name: "time"}
    places = {of.get(call.name, "folder") for call, _ in calls}
    assert {"web", "mail", "folder", "time"} <= places
    # Nothing that is announced is there from the beginning: everybody has to wait.
    assert any(call.name == wait.name for call, _ in calls)


# Subgoals.


@quick_job
def test_subgoals_read_as_progress(name):
    env, observation = opened(name, reward="dense")
    policy, over, made = env.expert(), False, []
    assert env.verify().progress == 0
    while not over:
        observation, reward, over, _, info = env.step(policy(observation))
        made.append(reward)
    assert sum(made) == pytest.approx(1)
    assert min(made) >= 0, "what an expert does is never a step back"
    steps = len(info["checks"]) - 2 - (env.scenario.verifier._kept[1].answer is None)
    assert sum(reward > 0 for reward in made) >= min(steps, 3)


def test_what_is_half_done_is_no_collateral_change_but_a_wrong_mail_is():
    scenario = TASKS["desk/incident"].scenario(0, "train")
    calls, _ = taken(scenario, scenario.world.fork())
    world = scenario.world.fork()
    for call, _ in calls:
        scenario.canonical.call(call, world)
        if call.name == create_event.name:
            break
    assert not scenario.verifier(scenario, world, None).checks["meeting_arranged"]
    assert scenario.verifier(scenario, world, None).progress > 0, "it has no room yet"
    wanted = next(call for call, _ in calls if call.name == send_mail.name)
    wrong = send_mail(**{**wanted.arguments, "to": "somebody@example.com"})
    scenario.canonical.call(wrong, world)
    assert scenario.verifier(scenario, world, None).progress == 0


@every_job
def test_who_does_nothing_or_guesses_earns_nothing(name):
    env, observation = opened(name)
    for answer in ("", observation[-500:], "0", "42"):
        twin = env.fork()
        assert twin.verify().progress == 0
        _, reward, over, _, info = twin.step(twin.written(finish(answer=answer)))
        assert over
        assert reward == 0
        reached = {k for k, v in info["checks"].items() if v}
        assert reached <= {"nothing_else_changed", "answer", "status"}


@pytest.mark.parametrize(
    "stray",
    [
        send_mail(to="somebody@example.com", subject="Hello", body="How are you?"),
        create_file(path="shared/draft.txt", text="A draft."),
    ],
)
def test_what_nobody_asked_for_costs_all(stray):
    env, observation = opened("desk/price_update")
    policy = env.expert()
    action = policy(observation)
    env.step(env.written(stray))
    while finish.name not in action[-200:]:
        observation, *_ = env.step(action)
        action = policy(observation)
    assert env.verify().progress == 0
    _, reward, _, _, info = env.step(action)
    assert reward == 0
    assert [k for k, v in info["checks"].items() if not v] == ["nothing_else_changed"]


# What happens meanwhile.


@quick_job
def test_the_outcome_does_not_depend_on_how_fast_somebody_works(name):
    scenario = TASKS[name].scenario(2, "train")
    tables: list[Mapping[str, object]] = []
    for pause in (0, 4000):
        world = scenario.world.fork()
        program = answered(scenario.solution(scenario.facts))
        try:
            call = next(program)
            while True:
                if pause:
                    scenario.canonical.call(wait(seconds=pause), world)
                call = program.send(scenario.canonical.call(call, world))
        except StopIteration:
            scenario.canonical.call(finish(), world)
        left = world.workspace_here().tree()
        tables.append({t: dict(world.table(t)) for t in world.base} | {"files": left})
    assert tables[0] == tables[1]


@quick_job
def test_what_was_to_happen_has_happened_in_the_end(name):
    scenario = TASKS[name].scenario(3, "train")
    at_once, late = scenario.world.fork(), scenario.world.fork()
    scenario.canonical.call(wait(seconds=86_400), late)
    for world in (at_once, late):
        scenario.canonical.call(finish(), world)
    assert {t: at_once.table(t) for t in at_once.base} == {t: late.table(t) for t in late.base}
    assert at_once.workspace_here().tree() == late.workspace_here().tree()


def test_a_mail_that_was_read_is_gone_after_an_hour():
    scenario = TASKS["desk/month_end"].scenario(0, "train")
    world, call = scenario.world.fork(), scenario.canonical.call
    headers = call(list_mails(), world).value
    (id,) = [header["id"] for header in headers if header["subject"] == "Code of the month"]
    call(wait(seconds=80_000), world)
    first = call(get_mail(mail_id=id), world).value["body"]
    assert re.search(r"LX\d+", first)
    call(wait(seconds=1800), world)
    assert call(get_mail(mail_id=id), world).value["body"] == first
    call(wait(seconds=1800), world)
    assert "LX" not in call(get_mail(mail_id=id), world).value["body"]
    assert call(search_mails(text="LX"), world).value == []


def row(id):
    return {"id": id, "folder": "inbox", "sender": "a@example.com", "subject": id, "body": ""}


def small_world():
    world = World({"mails": {}, "mailboxes": {"BOX-1": {"address": "me@example.com"}}}, {}, "")
    world.types = mail.tables
    return world.rebased()


def test_events_happen_by_the_clock_and_forks_have_their_own():
    tools = Tools([*mail.tools, wait, finish])
    asked = Event(
        "answer",
        100,
        lambda w: w.put("mails", row("answer")),
        lambda call, result: call.name == send_mail.name and not result.is_error,
    )
    events = (
        Event("second", 60, lambda w: w.put("mails", row("second"))),
        Event("first", 30, lambda w: w.put("mails", row("first"))),
        asked,
    )
    layer, world = Unfolding(tools, events, in_time(tools.specs)), small_world()

    def subjects(world):
        return [m["subject"] for m in layer.call(search_mails(text=""), world).value]

    assert subjects(world) == []
    twin = world.fork()
    layer.call(wait(seconds=600), twin)
    assert subjects(twin) == ["first", "second"]
    assert subjects(world) == ["first"]
    layer.call(send_mail(to="a@example.com", subject="May I?", body=""), world)
    layer.call(wait(seconds=90), world)
    assert subjects(world) == ["first", "May I?", "second", "answer"]
    layer.call(finish(), twin)
    assert subjects(twin) == ["first", "second"], "nobody has asked"
    layer.call(send_mail(to="a@example.com", subject="May I?", body=""), world.fork())
    assert subjects(world).count("answer") == 1


def test_a_file_that_is_brought_stays_away_where_something_is_in_its_place():
    scenario = TASKS["desk/incident"].scenario(0, "train")
    world = scenario.world.fork()
    scenario.canonical.call(create_file(path="shared/incident/deimos.log/a", text=""), world)
    scenario.canonical.call(wait(seconds=3600), world)
    scenario.canonical.call(finish(), world)
    assert not scenario.verifier(scenario, world, None).checks["nothing_else_changed"]


# The intranet.


def test_policies_are_found_beside_the_web_and_the_last_version_counts():
    scenario = TASKS["desk/claims"].scenario(0, "train")
    world, call = scenario.world.fork(), scenario.canonical.call
    found = call(web_search(query='intitle:"Claims" site:intranet'), world).value
    assert [result["title"] for result in found["results"]] == ["Claims", "Claims"]
    days = [result["published"] for result in found["results"]]
    assert days == sorted(days, reverse=True)
    texts = [call(open_page(url=r["url"]), world).value["text"] for r in found["results"]]
    assert texts[0] != texts[1]
    only = call(web_search(query="claim granted", published_before=days[0]), world).value
    assert only["results"][0]["published"] == days[1]
    public = call(web_search(query="site:encyclopaedia city"), world).value
    assert public["results"]
    assert all(result["site"] == "encyclopaedia" for result in public["results"])
    assert call(web_search(query="site:intranet -claims -policy zebra"), world).value["pages"] == 0
    words = call(web_search(query="claims granted goods broken", page=2), world).value
    assert {"Claims"}.isdisjoint(result["title"] for result in words["results"])


# As everywhere.


@pytest.mark.parametrize("name", ["desk/incident", "desk/stock_taking", "desk/data_request"])
def test_episodes_fork_in_the_middle(name):
    env, observation = opened(name, seed=5)
    policy = env.expert()
    for _ in range(12):
        observation, *_ = env.step(policy(observation))
    twin, waiting = env.fork(), observation
    twin.step(twin.written(send_mail(to="a@example.com", subject="?", body="?")))
    twin.step(twin.written(wait(seconds=50_000)))
    over = False
    while not over:
        waiting, reward, over, _, _ = env.step(policy(waiting))
    assert reward == 1
    assert twin.step(twin.written(finish()))[1] == 0


def test_episodes_replay(play):
    transcripts = []
    for _ in range(2):
        env, observation = opened("desk/audit", seed=11)
        play(env, 11)
        transcripts.append((observation, [turn.observation for turn in env.trajectory.turns]))
    assert transcripts[0] == transcripts[1]


def test_the_splits_share_no_request():
    requests = [
        {
            task.scenario(seed, split).facts["user_email"]
            for task in TASKS.values()
            for seed in (0, 1)
        }
        for split in ("train", "test")
    ]
    assert requests[0].isdisjoint(requests[1])
