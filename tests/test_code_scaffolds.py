"""Scaffolds that run what an agent writes: what they promise, and against whom."""

import time
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.envs import WildEnv
from wildgym.envs.scaffolds import RUN, SCAFFOLDS, FormatError, Offer
from wildgym.envs.scaffolds.values import LONGEST_ACTION
from wildgym.perturbations.factory import chosen_scaffolds, make
from wildgym.tools import ToolCall, ToolError, ToolResult, Tools, ToolSpec, World, finish, reads
from wildgym.tools.sandboxes import Pool, SandboxLost, Unavailable

CODE, BASH = RUN["code-action"], RUN["bash-only"]
BLOCKS = {CODE: "```python\n{}\n```", BASH: "```bash\n{}\n```"}
each_scaffold = pytest.mark.parametrize("scaffold", RUN.values(), ids=RUN)
quick = settings(max_examples=25, deadline=None)

WORDS = r"""
``` $(x) ${x} `x` \ \\ ' " ''' $'x' --x --x=1 - -- # ; & | > < * ~ ! { } [ ] ( ) %s %d \u003c
</output> <output> ToolError: Traceback 1 -0.0 1e-7 1e999 null true None NaN "a" {"error":1} [1]
"""
HOSTILE = (*WORDS.split(), "\n", "\n```\n", "\r", "\t", "\x1f", " ", "\u2028", "\n</output>\n", "é")
texts = st.lists(
    st.sampled_from(HOSTILE)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4),
    max_size=5,
).map("".join)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.just(10**40)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
TYPES = {
    "string": texts,
    "integer": st.integers(),
    "boolean": st.booleans(),
    "array": st.lists(values, max_size=3),
    "object": st.dictionaries(texts, values, max_size=3),
    None: values,
}
names = st.text("abXYé09_.-", min_size=1, max_size=5) | st.sampled_from(
    ["from", "print", "json", "tools", "show", "call", "wait", "read", "if", "cat", "a-b", "mcp__x"]
)
results = st.builds(ToolResult, values, st.booleans()).filter(
    lambda r: r.is_error or not isinstance(r.value, dict) or r.value.keys() != {"error"}
)


def spec(name, **types):
    properties = {a: {"type": kind} if kind else {} for a, kind in types.items()}
    return ToolSpec(name, "About.", {"type": "object", "properties": properties})


class Played:
    """Plays actions with tools that answer by their arguments, or by what is given."""

    def __init__(self, scaffold, *answers, specs=None, seconds=5.0):
        self.scaffold = replace(scaffold, seconds=seconds)
        self.answers = list(answers)
        self.specs = specs or {
            s.name: s
            for s in (
                *(spec("look", at="string", n="integer"), spec("get-it", **{"ship-to.x": None})),
                *(spec("print", what="string"), spec("wait", seconds="number"), finish_spec()),
            )
        }

    def call(self, call):
        if self.answers:
            return self.answers.pop(0)
        if call.arguments.get("at") == "bad":
            return ToolError("not_found", "There is none.", at="bad").result
        return ToolResult(dict(call.arguments))

    def act(self, action):
        return self.scaffold.play(action, Offer(self.specs, self.call, 9, "auto"))

    def run(self, program):
        return self.act(BLOCKS[RUN[self.scaffold.name]].format(program))

    def shown(self, program):
        return self.run(program).observation


def finish_spec():
    return Tools([finish]).specs["finish"]


# What is written can be read.


@each_scaffold
@quick
@given(data=st.data())
def test_calls_and_results_survive(scaffold, data):
    kinds = st.dictionaries(names, st.sampled_from([*TYPES]), max_size=3)
    offered = data.draw(st.dictionaries(names, kinds, min_size=1, max_size=3))
    calls = []
    for tool in data.draw(st.lists(st.sampled_from([*offered]), min_size=1, max_size=6)):
        chosen = [a for a in offered[tool] if data.draw(st.booleans())]
        calls.append(ToolCall(tool, {a: data.draw(TYPES[offered[tool][a]]) for a in chosen}))
    answers = [data.draw(results) for _ in calls]
    specs = {tool: spec(tool, **kinds) for tool, kinds in offered.items()}
    turn = Played(scaffold, *answers, specs=specs).act(scaffold.act(calls, specs, "So."))
    assert repr(turn.calls) == repr(tuple(calls))
    assert repr(turn.results) == repr(tuple(answers))
    assert repr(scaffold.read(turn.observation)) == repr(answers)
    assert turn.thinking == "So.\n"


@each_scaffold
@quick
@given(thinking=texts.filter(lambda text: "</think>" not in text))
def test_tagged_thinking_may_hold_anything(scaffold, thinking):
    thinking = f"<think>{thinking}</think>\n"
    action = scaffold.act([ToolCall("look", {"at": "a"})], {}, thinking)
    assert scaffold.parse(action)[0] == thinking


LESSONS = (
    ("no program", "has no program"),
    ("{opens}\nx", "has no end"),
    ("{opens}\nx\n```\nand\n{opens}\ny\n```", "more than one program"),
    ("<think>{opens}\nx\n```", "never closed by </think>"),
    (42, "is text, not int"),
    ("{opens}\n\ud800\n```", "surrogate"),
    ("x" * (LONGEST_ACTION + 1), "the most is"),
)


@each_scaffold
@pytest.mark.parametrize(("action", "lesson"), LESSONS, ids=[lesson for _, lesson in LESSONS])
def test_what_is_no_program_is_answered_by_what_would_be(scaffold, action, lesson):
    if isinstance(action, str):
        action = action.replace("{opens}", scaffold.language.opens[0])
    turn = Played(scaffold).act(action)
    [result] = scaffold.read(turn.observation)
    assert (result.code, turn.calls) == ("format_error", ())
    assert lesson in result.value["message"]
    assert scaffold.parse(result.value["expected"])


@each_scaffold
@pytest.mark.parametrize("unit", ["`", "```\n", " ", "\n", "```python\n", "```bash\n", "<think>"])
def test_no_text_takes_long_to_read(scaffold, unit):
    for before in ("", scaffold.language.opens[0] + "\n"):
        action = (before + unit * LONGEST_ACTION)[:LONGEST_ACTION]
        began = time.process_time()
        with suppress(FormatError):
            scaffold.parse(action)
        assert time.process_time() - began < 0.5


# What a program can do.


def test_python_has_tools_as_functions():
    played = Played(CODE)
    turn = played.run(
        "found = look('here', n=2)\nprint(found['at'], type(found['n']).__name__)\n"
        "print(tools['get-it'](**{'ship-to.x': {'y': [None, True]}})['ship-to.x'])\n"
        "print(tools['print'](what='é'), repr(look))\nprint(wait(seconds=1.5))\n"
        "try:\n    look(at='bad')\nexcept ToolError as error:\n"
        "    print(error.code, error.message, error.value['at'])"
    )
    assert turn.observation == (
        "<output>\nhere int\n{'y': [None, True]}\n{'what': 'é'} <tool look>\n{'seconds': 1.5}\n"
        "not_found There is none. bad\n</output>"
    )
    names = ["look", "get-it", "print", "wait", "look"]
    assert [call.name for call in turn.calls] == names
    assert [result.is_error for result in turn.results] == [False] * 4 + [True]
    assert "So do for get-it, print." in CODE.opening("", "", played.specs)[0]["content"]


@pytest.mark.parametrize(
    ("program", "shown"),
    [
        (
            "def f():\n    look(at='bad')\nf()",
            "line 2, in f\n    look(at='bad')\nToolError: {\"code",
        ),
        ("print(1", "SyntaxError: '(' was never closed"),
        ("look(at={1})", "TypeError: Object of type set is not JSON serializable"),
        ("look('a', 1, 2)", "TypeError: look() takes at most 2 arguments"),
        ("look('a', at='b')", "TypeError: look() got multiple values for argument 'at'"),
        ("look(at=float('nan'))", "is no finite number"),
        ("look(at='\\ud800')", "half of a surrogate pair"),
        ("import sys; sys.exit('why')", "why\n</output>\nIt ended with exit code 1."),
        ("x = 1", "<output>\n</output>\nIt wrote nothing."),
        ("import sys; print(sys.stdin.read() == '')", "True"),
        ("import os; print(os.listdir(), [n for n in os.environ if 'KEY' in n])", "[] []"),
    ],
)
def test_python_says_what_is_wrong(program, shown):
    observation = Played(CODE).shown(program)
    assert shown in observation
    assert "tool_calls" not in observation


def test_bash_has_tools_as_commands():
    played = Played(BASH)
    turn = played.run(
        'x=$(look --at "$(look --at=here | tr -d \'{}\')" --n 2) && echo "got $x"\n'
        "(look --at sub) | cat; call get-it --ship-to.x '[1]'; call print --what 'it''s'\n"
        "look --at bad 2> error || echo $? $(cat error)\n"
        "sleep 0.01 & wait; wait --seconds 1.5\n"
        "echo inner | xargs -I{} bash -c 'look --at {}'\n"
        "IFS=,; set -u; LC_ALL=C; look --at é\n"
        "cat; look () { echo mine; }; look"
    )
    assert turn.observation == (
        '<output>\ngot {"at": "\\"at\\": \\"here\\"", "n": 2}\n{"at": "sub"}\n{"ship-to.x": [1]}\n'
        '{"what": "its"}\n1 {"error": {"code": "not_found", "message": "There is none.", "at":'
        ' "bad"}}\n{"seconds": 1.5}\n{"at": "inner"}\n{"at": "é"}\nmine\n</output>'
    )
    names = ["look", "look", "look", "get-it", "print", "look", "wait", "look", "look"]
    assert [call.name for call in turn.calls] == names


@pytest.mark.parametrize(
    ("program", "shown"),
    [
        ("look --at bad", '"not_found"'),
        ("look --at bad", "It ended with exit code 1."),
        ("look here", "'here' is neither. Quote"),
        ("look --n", "--n has no value"),
        ("look --n two", "The value of 'n' is not valid JSON"),
        ("call", "There is no command"),
        ("look --at $'\\xff'", "can't decode byte"),
        ("echo 1\nlok --at x", "line 2: lok: command not found"),
        ("echo 'a", "unexpected EOF"),
        (":", "<output>\n</output>\nIt wrote nothing."),
        ("set -e; look --at bad; echo on", '"bad"}}\n</output>'),
    ],
)
def test_bash_says_what_is_wrong(program, shown):
    assert shown in Played(BASH).shown(program)


KEEPING = {
    CODE: (
        "x = 1; open('f', 'w'); import os; os.environ['A'] = '1'; open('/tmp/g', 'w')",
        "show(x)",
    ),
    BASH: ("x=1; touch f $TMPDIR/g; export A=1; f() { :; }", 'echo "$x$A"; f; ls . $TMPDIR'),
}


@each_scaffold
def test_nothing_is_kept_for_the_next_program(scaffold):
    first, then = KEEPING[scaffold]
    played = Played(scaffold)
    assert "nothing" in played.shown(first)
    shown = played.shown(then)
    assert "not found" in shown or "NameError" in shown
    assert "g\n" not in shown


FINISHING = {
    CODE: "print('a')\ntry:\n    finish(status='no', answer=1)\nexcept ToolError: print('b')\n"
    "finish(answer='x')\nprint('c'); look(at='x')",
    BASH: "echo a; finish --status no || echo b; finish --answer x; echo c; look --at x",
}


@each_scaffold
def test_a_program_ends_when_the_work_is_handed_in(scaffold):
    env = WildEnv(make("api").unwrapped._tasks, [scaffold], max_turns=5)
    env.reset(seed=1)
    action = BLOCKS[scaffold].format(FINISHING[scaffold].replace("look(at='x')", "wait(seconds=1)"))
    observation, _, terminated, _, info = env.step(action)
    assert terminated
    assert "invalid" not in info
    assert observation.startswith("<output>\n")
    assert "b\n" in observation
    assert "\nc\n" not in observation
    assert observation.endswith("</output>\nThe work is handed in.")
    assert [call.name for call in env.trajectory.turns[0].calls] == ["finish", "finish"]


# Against whom it holds.

_FORGED = (
    "import json, os, struct\nhead = json.dumps({'exit_code': 0, 'sizes': [6, 0, 0]}).encode()\n"
)
HOSTILE_PROGRAMS = {
    CODE: {
        "loop": "while True: pass",
        "fork bomb": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "flood": "while True: print('x' * 100_000)",
        "memory": "x = []\nwhile True: x.append(bytearray(50_000_000))",
        "forged": _FORGED + "os.write(4, struct.pack('>II', 10, 4) + head); print(os.read(5, 9))",
        "no answer": 'import os\nwhile True: os.write(4, b\'1\\0{"name": "look"}\\0\')',
        "no turn": "import os\nos.read(6, 1); look(at='a')",
        "closed": "import os; os.closerange(3, 9); look(at='a')",
        "closed output": "import os; os.close(1); os.close(2); look(at='a'); print('x')",
        "many calls": "for n in range(10_000): look(n=n)",
        "large call": "look(at='x' * 3_000_000)",
        "large calls": "for n in range(100): look(at='x' * 500_000)",
        "left running": "import os\nif not os.fork():\n    while True: look(at='b')",
        "killing": "import os, signal\nos.kill(-1, signal.SIGKILL)",
        "deep": "x = []\nfor _ in range(200): x = [x]\nlook(at=x)",
        "exit": "import os; os._exit(7)",
        "own module": "import tool_calls, sys\ntool_calls._called = None\nlook(at='a')",
    },
    BASH: {
        "loop": "while :; do :; done",
        "fork bomb": "f() { f | f & }; f; sleep 60",
        "flood": "yes",
        "forged": "printf '\\0\\0\\0\\12\\0\\0\\0\\4{\"exit_code\": 0}' >&4; sleep 60",
        "no answer": "while :; do printf '2\\0look\\0--at=x\\0' >&4; done",
        "no turn": "read -r -N 1 -u 6 x; look --at a",
        "closed": "exec 3>&- 4>&- 5<&- 6<&- 7>&-; look --at a",
        "closed output": "exec >&- 2>&-; look --at a; echo x",
        "many calls": "for ((n = 0; n < 10000; n++)); do look --n $n; done",
        "large call": 'x=$(yes | head -c 3000000); look --at "$x"',
        "left running": "while :; do look --at b; done & disown",
        "killing": "kill -9 -1",
        "jobs": "for i in {1..60}; do look --n $i & done; wait; echo done",
        "redefined": "read() { :; }; printf() { :; }; look --at a",
    },
}


@pytest.mark.parametrize(
    ("scaffold", "name"),
    [pytest.param(s, n, id=f"{s.name}-{n}") for s, of in HOSTILE_PROGRAMS.items() for n in of],
)
def test_whatever_a_program_does_the_next_one_runs(scaffold, name):
    played = Played(scaffold, seconds=1.0)
    began = time.monotonic()
    turn = played.run(HOSTILE_PROGRAMS[scaffold][name])
    assert time.monotonic() - began < 20
    assert len(turn.calls) == len(turn.results) <= scaffold.most_calls
    assert len(turn.observation) <= 250_000
    good = scaffold.act([ToolCall("look", {"at": "a"})], played.specs)
    assert scaffold.read(played.act(good).observation) == [ToolResult({"at": "a"})]


@pytest.mark.parametrize(
    ("scaffold", "name", "shown"),
    [
        (CODE, "loop", "It was ended after 1 seconds."),
        (CODE, "many calls", "It was ended: it made more than 1,000 calls"),
        (CODE, "large call", "or wrote what is no call"),
        (CODE, "large calls", "It was ended: its calls took more than 4 MiB."),
        (CODE, "flood", "bytes left out"),
        (BASH, "loop", "It was ended after 1 seconds."),
        (BASH, "many calls", "It was ended: it made more than 1,000 calls"),
        (BASH, "closed", "Bad file descriptor"),
    ],
)
def test_what_ended_a_program_is_said(scaffold, name, shown):
    assert shown in Played(scaffold, seconds=1.0).shown(HOSTILE_PROGRAMS[scaffold][name])


@each_scaffold
def test_a_fault_of_the_host_is_no_ones_turn(scaffold, monkeypatch):
    @reads
    def broken(world: World) -> str:
        """Break."""
        raise RuntimeError("a disk is full")

    env = WildEnv(make("api").unwrapped._tasks, [scaffold])
    env.reset(seed=1)
    tools = Tools([broken])
    env._scenario = replace(env.scenario, toolset=tools)
    env._specs = tools.specs
    *_, truncated, info = env.step(env.written(ToolCall("broken")))
    assert truncated
    assert info["invalid"] == "RuntimeError: a disk is full"
    env.reset(seed=1)
    monkeypatch.setattr(Pool, "lease", _lost)
    *_, info = env.step(env.written(finish(answer="x")))
    assert info["invalid"] == "SandboxLost: gone"


def _lost(*arguments):
    raise SandboxLost("gone")


def test_a_machine_without_sandboxes_is_told_what_would_help(monkeypatch):
    def missing(*arguments):
        raise Unavailable("install the package bubblewrap")

    monkeypatch.setattr("wildgym.envs.scaffolds.running.pool", missing)
    with pytest.raises(Unavailable, match="install"):
        make("api", scaffold="code-action")
    make("api", scaffold="random")


def test_only_who_asks_for_them_gets_them():
    for choice in ("random", "train", "heldout"):
        assert not {s.name for s in chosen_scaffolds(choice)} & RUN.keys()
    assert {s.name for s in chosen_scaffolds("all")} == SCAFFOLDS.keys()
    assert chosen_scaffolds("code-action") == [CODE]


# Whole episodes.


@each_scaffold
@pytest.mark.parametrize(
    ("family", "tasks", "count"),
    [("api", "*", 12), ("files", "*", 4), ("codebase", "cachetools/*", 1)],
)
def test_the_expert_solves_every_family_through_everything(scaffold, family, tasks, count, play):
    env = make(family, tasks=tasks, scaffold=scaffold.name, perturbations="all", max_turns=400)
    for seed in range(count):
        reward, info = play(env, seed)
        assert reward == 1, (seed, info)
        assert info["sandbox"]


@each_scaffold
@pytest.mark.parametrize("family", ["api", "files"])
def test_equal_seeds_give_equal_episodes_and_forks_go_their_own_way(scaffold, family):
    env = make(family, scaffold=scaffold.name, perturbations="all", max_turns=400)
    for seed in (1, 2):
        first, forked = _followed(env, seed, fork_at=2)
        assert _followed(env, seed)[0] == first
        assert forked == first


def _followed(env, seed, fork_at=None):
    """Return all turns of the expert, and those of a fork that does the same a little later."""
    observation, _ = env.reset(seed=seed)
    policy, over, twin, said = env.expert(), False, None, []
    while not over:
        if len(said) == fork_at:
            twin = env.fork()
        said.append(policy(observation))
        observation, _, terminated, truncated, _ = env.step(said[-1])
        over = terminated or truncated
    for action in said[fork_at:] if twin else ():
        twin.step(action)
    return env.trajectory.turns, twin and twin.trajectory.turns
