"""What a scaffold with its dials turned writes and reads: each dial to the letter."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.envs import WildEnv
from wildgym.envs.scaffolds import READ, FormatError, Offer, TextScaffold
from wildgym.envs.scaffolds.dialed import Dialed, carries_json, dialed
from wildgym.envs.scaffolds.dials import REMEMBERING, Dials, options
from wildgym.envs.trajectory import Turn
from wildgym.perturbations.factory import make
from wildgym.tools import ToolCall, ToolResult, ToolSpec, finish

SETTINGS = [
    (dial, value)
    for dial, field in Dials.model_fields.items()
    for value in options(dial)
    if value != field.default
]
HISTORIES = ("last", "full")
SPECS = {
    spec.name: spec
    for spec in (
        ToolSpec(
            "find",
            "Find orders. There may be none.",
            {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "description": "What to look for."},
                    "limit": {"type": "integer", "minimum": 1},
                    "sort": {"enum": ["up", "down"], "type": "string"},
                },
                "required": ["text"],
            },
        ),
        finish.spec,
    )
}
CALL = ToolCall("find", {"text": "a <b>", "limit": 2})


def hermes(**dials: Any) -> Dialed:
    """Return Hermes with its dials turned."""
    scaffold = dialed(READ["hermes"], Dials(**dials))
    assert isinstance(scaffold, Dialed)
    return scaffold


def played(scaffold: Dialed, action: Any, *results: Any, left: int = 9, turns: Any = ()) -> Turn:
    """Play one action whose calls give these results."""
    given = iter(results)
    return scaffold.play(
        action, Offer(SPECS, lambda call: ToolResult(next(given)), left, "auto", turns)
    )


def solved(env: WildEnv, seed: int) -> Any:
    """Have the expert play an episode, which it must solve; return the last observation."""
    observation, _ = env.reset(seed=seed)
    policy, over = env.expert(), False
    while not over:
        observation, reward, terminated, truncated, info = env.step(policy(observation))
        over = terminated or truncated
    assert reward == 1, info
    return observation


def test_without_dials_a_scaffold_is_its_name() -> None:
    for choice in ("glm", {"syntax": "glm"}, {"syntax": "glm", "budget": "hidden"}):
        env = make("api", scaffold=choice)
        assert env.reset(seed=1)[1]["variation"]["scaffold"] == "glm"


def test_in_a_chat_only_the_conversation_has_dials() -> None:
    with pytest.raises(ValueError, match="no dial 'docs'"):
        make("api", scaffold={"docs": "xml"}, interface="chat")


def test_docs_are_what_they_claim_to_be() -> None:
    [find, _] = yaml.safe_load(hermes(docs="yaml").text.docs(SPECS))
    assert find["name"] == "find"
    assert find["arguments"]["text"]["required"] is True
    assert '{"minimum": 1}' in find["arguments"]["limit"]["description"]
    operation = json.loads(hermes(docs="openapi").text.docs(SPECS))["paths"]["/find"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert schema == SPECS["find"].parameters


@pytest.mark.parametrize("placement", options("placement"))
@given(
    values=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
        | st.sampled_from(["Observation: x", "\n</result>\n", "Tool result (", "</output>", "\n"])
        | st.integers()
        | st.lists(st.none() | st.booleans(), max_size=3),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=30, deadline=None)
def test_results_survive_their_placement(placement: str, values: list[Any]) -> None:
    scaffold = hermes(placement=placement, budget="counter", strictness="repair")
    calls = [CALL for _ in values]
    turn = played(scaffold, scaffold.act(calls, SPECS), *values)
    assert scaffold.read(turn.observation) == [ToolResult(value) for value in values]


def test_an_echo_shows_the_call() -> None:
    turn = played(hermes(placement="echo"), READ["hermes"].act([CALL], SPECS), 1)
    assert '<call id="1">{"name": "find", "arguments": {"text": "a <b>"' in turn.observation


@pytest.mark.parametrize("encoding", ["string", "double"])
@pytest.mark.parametrize("name", [name for name in READ if carries_json(READ[name])])
def test_arguments_survive_their_encoding(name: str, encoding: Any) -> None:
    nasty = {"text": '</tool_call> <|end|> [TOOL_CALLS] "\\" \n é😀 ```', "limit": 2}
    scaffold = dialed(READ[name], Dials(encoding=encoding))
    own = READ[name]
    assert isinstance(scaffold, Dialed)
    action = scaffold.act([ToolCall("find", nasty)], SPECS)
    assert scaffold.text.parse(action, SPECS).calls == (ToolCall("find", nasty),)
    if scaffold.text.syntax != own.syntax:
        with pytest.raises(FormatError):
            own.parse(action, SPECS)


SLIPS = [
    ("hermes", '<tool_call>{"name": "find", "arguments": {"text": "x", "limit": 2,}}</tool_call>'),
    ("hermes", '<tool_call>{"name": "find", "arguments": {"text": "x", "limit": 2}}'),
    ("hermes", '<tool_call>{"name": "find", "arguments": {"text": "x", "limit": 2}</tool_call>'),
    ("hermes", "<tool_call>{'name': 'find', 'arguments': {'text': 'x', 'limit': 2}}</tool_call>"),
    ("hermes", "<tool_call>{'name': 'find', 'arguments': {'text': 'x', 'limit': 2,}}"),
    ("hermes", "<tool_call>{“name”: “find”, “arguments”: {“text”: “x”, “limit”: 2}}</tool_call>"),
    ("qwen3-coder", "<tool_call><function=find><parameter=text>x</parameter><parameter=limit>2"),
    ("glm", "<tool_call>find\n<arg_key>text</arg_key><arg_value>x</arg_value>"
     "<arg_key>limit</arg_key><arg_value>2"),
    ("bash", "```bash\nfind --text x --limit 2"),
    ("anthropic-messages", '{"content": [{"type": "tool_use", "name": "find", "input":'
     ' {"text": "x", "limit": 2}}'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "action"), SLIPS)
def test_slips_are_refused_or_repaired(name: str, action: str) -> None:
    meant = (ToolCall("find", {"text": "x", "limit": 2}),)
    with pytest.raises(FormatError):
        READ[name].parse(action, SPECS)
    for strictness in ("lenient", "repair"):
        scaffold = dialed(READ[name], Dials(strictness=strictness))
        assert isinstance(scaffold, Dialed)
        turn = played(scaffold, action, "found")
        assert turn.calls == meant
        assert ("read with a repair" in turn.observation) == (strictness == "repair")
        assert scaffold.read(turn.observation) == [ToolResult("found")]


@pytest.mark.parametrize("name", READ)
def test_hostile_replies_are_not_repaired_for_long(name: str) -> None:
    scaffold = dialed(READ[name], Dials(strictness="lenient"))
    assert isinstance(scaffold, Dialed)
    for text in ("{" * 19_000, READ[name].act([CALL], SPECS)[:-8] + "[{'" * 6_000, '"' * 30_000):
        assert played(scaffold, text, *[1] * 8).observation


def test_a_lesson_says_as_much_as_it_should() -> None:
    action = '<tool_call>{"name": "find", "arguments": {"text": x}}</tool_call>'
    told = {
        lesson: hermes(lesson=lesson, budget="counter").read(
            played(hermes(lesson=lesson, budget="counter"), action).observation
        )[0]
        for lesson in options("lesson")
    }
    assert all(result.code == "format_error" for result in told.values())
    assert "Expecting value" not in told["none"].value["message"]
    assert "Expecting value" in told["short"].value["message"]
    assert [*told["short"].value] == ["code", "message"]
    assert told["example"].value["expected"] == READ["hermes"].example
    assert told["schema"].value["tools"] == {"find": SPECS["find"].parameters}


LONG = [{"id": n, "text": "x" * 20} for n in range(40)]


@pytest.mark.parametrize(("kind", "says"), [("head_tail", True), ("silent", False)])
def test_long_results_are_cut_and_can_be_had(kind: str, says: bool) -> None:
    scaffold = hermes(elision=kind, elide_at=500)
    assert "show_more" in scaffold.opening("S", "U", SPECS)[0]["content"]
    turn = played(scaffold, scaffold.act([CALL], SPECS), LONG)
    assert turn.results == (ToolResult(LONG),)
    assert len(turn.observation) < 700
    assert ("characters left out" in turn.observation) is says

    def program() -> Any:
        assert (yield CALL) == ToolResult(LONG)
        assert (yield CALL) == ToolResult("short")
        assert (yield CALL) == ToolResult("y" * 500)
        yield finish()

    steps, turns = scaffold.recovered(program(), SPECS), []
    call, results = next(steps), iter([LONG, "short", "y" * 500])
    while call != finish():
        given = [next(results)] if call == CALL else []
        turns.append(played(scaffold, scaffold.act([call], SPECS), *given, turns=turns))
        call = steps.send(scaffold.read(turns[-1].observation)[0])
    assert sum(turn.calls == (CALL,) for turn in turns) == 3


def test_showing_more_of_nothing_is_an_error() -> None:
    scaffold = hermes(elision="silent")
    for arguments in ({"result": 1, "start": 0}, {"result": "one", "start": 0}, {"start": 2}):
        action = scaffold.act([ToolCall("show_more", arguments)], SPECS)
        assert scaffold.read(played(scaffold, action).observation)[0].is_error
    error = ToolResult({"code": "gone", "message": "m" * 5_000}, is_error=True)
    offer = Offer(SPECS, lambda call: error, 9, "auto")
    assert scaffold.read(scaffold.play(scaffold.act([CALL], SPECS), offer).observation) == [error]


ENDED = [
    ("answer", "So: <answer>12, 13</answer>", "12, 13", "done"),
    ("answer", '<answer status="refused">30 days</answer>', "30 days", "refused"),
    ("boxed", "That is \\boxed{{12}}.", "{12}", "done"),
    ("boxed", "IMPOSSIBLE \\boxed{}", "", "impossible"),
    ("plain", "12, 13", "12, 13", "done"),
    ("plain", "<think>Hm.</think>\nREFUSED: 30 days", "30 days", "refused"),
    ("plain", "DONE", "", "done"),
]


@pytest.mark.parametrize(("ending", "reply", "answer", "status"), ENDED)
def test_a_reply_hands_in_the_work(ending: str, reply: str, answer: str, status: str) -> None:
    scaffold = hermes(ending=ending)
    call = finish(answer=answer, status=status)
    assert played(scaffold, reply, {"ended": True}).calls == (call,)
    assert played(scaffold, scaffold.act([call], SPECS), {"ended": True}).calls == (call,)
    opening = scaffold.opening("S", "U", SPECS)[0]["content"]
    assert finish.spec.description not in opening


@given(answer=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_answer_can_be_handed_in(answer: str) -> None:
    for ending in ("answer", "boxed", "plain"):
        scaffold = hermes(ending=ending)
        call = finish(answer=answer.replace("\0", ""), status="impossible")
        assert played(scaffold, scaffold.act([call], SPECS), 1).calls == (call,)


def test_only_some_replies_hand_in_the_work() -> None:
    for ending, reply in (("answer", "12"), ("boxed", "12"), ("plain", ""), ("finish", "12")):
        assert not played(hermes(ending=ending, budget="counter"), reply).calls
    broken = '<tool_call>{"name": "find"'
    assert "never closed" in played(hermes(ending="plain"), broken).observation


def test_every_dial_is_json() -> None:
    for dial, value in SETTINGS:
        assert json.loads(json.dumps({dial: value})) == {dial: value}
        assert Dials(**{dial: value}).to_json() == {dial: value}
    assert set(REMEMBERING) < set(Dials.model_fields)
    assert isinstance(dialed(READ["glm"], Dials(window="masked")), TextScaffold)


@pytest.mark.parametrize("ending", ["answer", "plain", "boxed"])
def test_work_is_handed_in_by_a_reply_whatever_the_tool_calls_its_arguments(play, ending):
    scaffold = {"syntax": "hermes", "ending": ending}
    for style in ("camel", "kebab", "prefixed", "numbered", "misspelt"):
        renamed = {"name": "rename_parameters", "strength": 0.6, "style": style}
        env = make("api", perturbations={"perturbations": [renamed]}, scaffold=scaffold)
        for seed in range(8):
            assert play(env, seed)[0] == 1, (style, seed)
            assert "<tool_call>" not in env.trajectory.turns[-1].action
