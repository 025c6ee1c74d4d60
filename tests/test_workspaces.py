"""Episodes over folders: the env keeps its promises where commands run for real."""

import os
import signal
import subprocess
import sys
import warnings

import gymnasium as gym
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

import wildgym  # noqa: F401
from wildgym.benchmarks.soak import runners
from wildgym.envs.codebase.visible import edits, without_tests
from wildgym.perturbations.factory import make, make_vec
from wildgym.tools import ToolError, World, finish
from wildgym.tools.editor import create_file, insert_lines, replace_text, undo_edit, view_file
from wildgym.tools.find import find_files, search_text
from wildgym.tools.python import run_python, run_script
from wildgym.tools.sandboxes import BACKENDS, File, digest
from wildgym.tools.shell import run_command, run_once
from wildgym.tools.workspace import Workspace, relative

TOOLS = {
    tool.name: tool
    for tool in (
        *(run_command, run_once, run_python, run_script, view_file, create_file, replace_text),
        *(insert_lines, undo_edit, find_files, search_text),
    )
}
START = {
    "notes.txt": File(b"one\ntwo\nthree\n"),
    "data/rows.csv": File("a;b\nü;2\n".encode("latin-1")),
    "windows.txt": File(b"one\r\ntwo\r\nlast"),
    "src/main.py": File(b"def main():\n    return 1\n"),
}


@pytest.fixture
def world():
    made = World({}, {}, "2031-01-01")
    made.workspace = Workspace(START)
    yield made
    made.workspace.close()


def told(world, call):
    return TOOLS[call.name].run(world, call.arguments)


def value(world, call):
    result = told(world, call)
    assert not result.is_error, result.value
    return result.value


def code(world, call):
    return told(world, call).code


# The shell and Python.


def test_the_shell_keeps_its_state_and_the_other_one_does_not(world):
    value(world, run_command(command="cd data; X='a b'; export Y=2; f() { echo \"f $1\"; }"))
    shown = value(world, run_command(command='pwd; echo "$X$Y"; f 1; exit 7'))
    assert shown == {"exit_code": 7, "output": f"{_work(world)}/data\na b2\nf 1\n"}
    assert value(world, run_command(command="f 2"))["output"] == "f 2\n"
    value(world, run_command(command="cd ../src"))
    assert value(world, run_command(command="cd -"))["output"] == f"{_work(world)}/data\n"
    assert value(world, run_once(command="pwd; echo $X"))["output"] == f"{_work(world)}\n\n"
    ended = value(world, run_command(command="cd /; echo a; sleep 60", timeout_seconds=1))
    assert (ended["exit_code"], ended["output"]) == (124, "a\n")
    assert "ended after 1 seconds" in ended["note"]
    assert value(world, run_command(command="basename $PWD"))["output"] == "data\n"
    value(world, run_command(command="cd ..; rmdir missing; mkdir gone; cd gone; rmdir ../gone"))
    assert "gone" in value(world, run_command(command="pwd"))["output"]
    assert value(world, run_command(command="if then"))["exit_code"] == 2


def _work(world):
    return world.workspace.sandbox.workspace


def test_python_keeps_its_names_and_a_script_does_not(world):
    assert value(world, run_python(code="x = 20\nx + 1"))["output"] == "21\n"
    assert value(world, run_python(code="x"))["output"] == "20\n"
    fresh = value(world, run_script(code="print(__name__)\nprint(x)"))
    assert fresh["exit_code"] == 1
    assert fresh["output"].startswith("__main__\nTraceback")
    lost = value(world, run_python(code="while True: pass", timeout_seconds=1))
    assert "names are gone" in lost["note"]
    assert "NameError" in value(world, run_python(code="x"))["output"]


def test_output_is_text_whatever_the_bytes(world):
    shown = value(world, run_command(command=r"printf '\377\0a\033[1m'"))
    assert shown["output"] == "�\0a\x1b[1m"
    shown = value(world, run_command(command="yes abc | head -c 200000"))
    assert len(shown["output"]) < 70_000
    assert "left out" in shown["note"]


# The editor.


def test_the_editor_changes_exactly_what_it_is_told_to(world):
    assert value(world, view_file(path="notes.txt", first_line=2, last_line=2))["text"] == "two\n"
    value(world, replace_text(path="windows.txt", old="two\r\n", new="2\r\n"))
    value(world, insert_lines(path="windows.txt", after_line=3, text="end"))
    tree = world.workspace.tree()
    assert tree["windows.txt"].data == b"one\r\n2\r\nlast\nend\n"
    value(world, undo_edit(path="windows.txt"))
    value(world, undo_edit(path="windows.txt"))
    assert code(world, undo_edit(path="windows.txt")) == "nothing_to_undo"
    value(world, create_file(path="new/er/file.txt", text="ü"))
    value(world, undo_edit(path="new/er/file.txt"))
    left = {path: file for path, file in world.workspace.tree().items() if file.regular}
    assert digest(left) == digest(START)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (view_file(path="missing"), "not_found"),
        (view_file(path="src"), "not_a_file"),
        (view_file(path="../etc/passwd"), "invalid_path"),
        (view_file(path="/etc/passwd"), "invalid_path"),
        (view_file(path="a\0b"), "invalid_path"),
        (view_file(path=""), "invalid_path"),
        (view_file(path="notes.txt/x"), "not_found"),
        (view_file(path="x" * 5000), "invalid_path"),
        (view_file(path="data/rows.csv"), "not_text"),
        (view_file(path="notes.txt", first_line=0), "invalid_arguments"),
        (replace_text(path="notes.txt", old="o", new="0"), "not_unique"),
        (replace_text(path="notes.txt", old="four", new="4"), "not_found"),
        (replace_text(path="notes.txt", old="", new="4"), "not_found"),
        (insert_lines(path="notes.txt", after_line=9, text="x"), "not_found"),
        (search_text(text=""), "invalid_arguments"),
        (run_command(command="x\0y"), "invalid_arguments"),
        (run_python(code="x = '\0'"), "invalid_arguments"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said_and_changes_nothing(world, call, expected):
    assert code(world, call) == expected
    assert digest(world.workspace.tree()) == digest(START)


def test_links_and_special_files_lead_nowhere(world):
    value(world, run_command(command="ln -s /etc/passwd out; ln -s notes.txt in"))
    assert code(world, view_file(path="out")) == "invalid_path"
    assert code(world, create_file(path="out", text="x")) == "invalid_path"
    assert value(world, view_file(path="in"))["total_lines"] == 3


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_path_leads_out(path):
    try:
        inside = relative(path)
    except ToolError:
        return
    assert not inside.startswith("/")
    assert ".." not in inside.split("/")


def test_files_and_lines_are_found(world):
    paths = [found["path"] for found in value(world, find_files(pattern="**/*.py"))]
    assert paths == ["src/main.py"]
    assert len(value(world, find_files())) == len(START)
    assert value(world, find_files(pattern="*.csv")) == []
    found = value(world, search_text(text="return", pattern="src/**"))
    assert found == [{"path": "src/main.py", "line": 2, "text": "    return 1"}]
    value(world, run_python(code="for n in range(300): open(f'{n}.txt', 'w').close()"))
    assert code(world, find_files()) == "too_many"


@pytest.mark.parametrize(
    "trick",
    [
        "chmod 000 .",
        "truncate -s 900G big; for i in $(seq 40); do truncate -s 100M hole$i; done",
        "python3 -c \"import os\nfor _ in range(3000): os.mkdir('d' * 200); os.chdir('d' * 200)\"",
        "mkdir locked; touch locked/file; chmod 000 locked",
        "for i in $(seq 2000); do touch many$i; done",
        "ln -s . loop; ln -s loop/loop loop2",
        "rm -rf * && rm notes.txt",
    ],
)
def test_no_state_of_the_folder_is_the_hosts_fault(trick):
    """An agent that could make its episode invalid could get rid of the ones that it fails."""
    env = make("files")
    env.reset(seed=7)
    env.step(env.written(run_command(command=trick)))
    *_, reward, terminated, _, info = env.step(env.written(finish()))
    assert (reward, terminated) == (0.0, True), info
    assert info["score"] == 0.0
    env.reset(seed=7)
    assert env._world.workspace.tree() == env.scenario.world.workspace.start


# Forks.


def test_a_fork_has_files_shell_and_names_of_its_own(world):
    value(world, run_command(command="cd src; X=1"))
    value(world, run_python(code="names = ['a']\nopen('trace.txt', 'a').write('once')"))
    value(world, create_file(path="notes.txt", text="before\n"))
    value(world, run_command(command='echo scratch > "$TMPDIR/kept"'))
    twin = world.fork()
    assert value(twin, run_command(command='cat "$TMPDIR/kept"'))["output"] == "scratch\n"
    value(twin, run_command(command='echo twin > "$TMPDIR/kept"'))
    again = twin.fork()
    assert value(again, run_command(command='cat "$TMPDIR/kept"'))["output"] == "twin\n"
    again.workspace.close()
    assert value(world, run_command(command='cat "$TMPDIR/kept"'))["output"] == "scratch\n"
    value(twin, run_python(code="names.append('b')"))
    value(twin, create_file(path="notes.txt", text="twin\n"))
    value(twin, run_command(command="X=2"))
    assert value(world, run_python(code="names"))["output"] == "['a']\n"
    assert value(twin, run_python(code="names"))["output"] == "['a', 'b']\n"
    assert value(world, view_file(path="notes.txt"))["text"] == "before\n"
    assert value(twin, view_file(path="trace.txt"))["text"] == "once"
    assert value(world, run_command(command="basename $PWD; echo $X"))["output"] == "src\n1\n"
    value(twin, undo_edit(path="notes.txt"))
    assert value(twin, view_file(path="notes.txt"))["text"] == "before\n"
    twin.workspace.close()
    # What a fork had of its own, the next user of its sandbox does not find.
    other = World({}, {}, "2031-01-01")
    other.workspace = Workspace(START)
    assert value(other, run_command(command='ls "$TMPDIR"'))["output"] == ""
    other.workspace.close()


# Episodes.


@pytest.mark.parametrize("family", ["Files", "Codebase"])
def test_check_env_has_nothing_to_say(family):
    env = gym.make(f"wildgym/{family}-v0", perturbations="all", render_mode="ansi").unwrapped
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env)
    env.close()


def test_specs_and_variations_round_trip():
    env = gym.make("wildgym/Files-v0", perturbations="all", scaffold="random")
    again = gym.make(EnvSpec.from_json(env.spec.to_json()))
    observation, info = env.reset(seed=5)
    assert again.reset(seed=5) == (observation, info)
    replay = gym.make("wildgym/Files-v0", perturbations=info["variation"])
    assert replay.reset(seed=5)[0] == observation


PROGRAM = """
import hashlib, sys
from wildgym.perturbations.factory import make
digest = hashlib.sha256()
for family in ("files", "codebase"):
    env = make(family, perturbations="all", scaffold="random")
    for seed in range(3):
        observation, info = env.reset(seed=seed)
        policy, over = env.expert(), False
        while not over:
            digest.update(observation.encode())
            observation, reward, terminated, truncated, info = env.step(policy(observation))
            over = terminated or truncated
        assert reward == 1.0, info
print(digest.hexdigest())
"""


def test_episodes_are_the_same_in_any_process():
    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("family", ["files", "codebase"])
def test_a_forked_episode_goes_its_own_way_to_the_same_end(family):
    env = make(family)
    observation, _ = env.reset(seed=2)
    policy = env.expert()
    said = []
    for _ in range(2):
        said.append(policy(observation))
        observation, *_ = env.step(said[-1])
    fork = env.fork()
    env.step(env.written(run_command(command="rm -rf *")))
    *_, reward, _, _, _ = env.step(env.written(finish()))
    assert reward == 0.0
    over = False
    while not over:
        observation, reward, terminated, truncated, info = fork.step(policy(observation))
        over = terminated or truncated
    assert reward == 1.0
    assert info["sandbox"] in BACKENDS
    fork.close()


def test_a_lost_sandbox_makes_an_episode_invalid_and_never_wrong(caplog):
    env = make("files", sandbox="bubblewrap")
    for fault_at in (0, 1, 2):
        observation, _ = env.reset(seed=7)
        policy, turn, over = env.expert(), 0, False
        while not over:
            if turn == fault_at:
                env._world.workspace.sandbox.run("true")
                for pid in runners():
                    os.kill(pid, signal.SIGKILL)
            observation, reward, terminated, truncated, info = env.step(policy(observation))
            over, turn = terminated or truncated, turn + 1
        assert (reward, terminated, truncated) == (0.0, False, True)
        assert "SandboxLost" in info["invalid"]
        assert "score" not in info
    assert "SandboxLost" in caplog.text


def test_vectors_of_folders(play):
    envs = make_vec("files", 4, perturbations="train")
    observations, _ = envs.reset(seed=[3] * 4)
    assert len(set(observations)) == 1
    policies = [env.expert() for env in envs.envs]
    ended = [False] * 4
    while not all(ended):
        actions = [p(o) for p, o in zip(policies, observations, strict=True)]
        observations, rewards, terminated, _, _ = envs.step(actions)
        assert (rewards == terminated).all()
        ended = [e or bool(t) for e, t in zip(ended, terminated, strict=True)]
        if terminated.any():
            break
    envs.close()


def test_a_sandbox_that_there_is_not_is_told():
    with pytest.raises(ValueError, match="auto, docker, bubblewrap"):
        make("files", sandbox="chroot")
    with pytest.raises(ValueError, match="takes no codebase"):
        make("files", codebase="toolz")


# What agents see of a codebase.


def test_tests_are_taken_out_and_nothing_else():
    source = (
        b"import pytest\n\n\nclass TestA:\n    @pytest.mark.parametrize('x', [1])\n"
        b"    def test_a(self, x):\n        assert x\n\n    def test_b(self):\n        pass\n\n\n"
        b"def test_a():\n    assert True\n"
    )
    tree = {"tests/test_x.py": File(source), "other.py": File(b"x = 1\n")}
    shown = without_tests(tree, ["tests/test_x.py::TestA::test_a[1]"])
    assert shown["other.py"] is tree["other.py"]
    text = shown["tests/test_x.py"].data.decode()
    assert "def test_a(self" not in text
    assert "def test_b" in text
    assert "\ndef test_a():" in text
    assert text.count("\n") == source.count(b"\n")
    compile(text, "x", "exec")


@given(
    st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=12),
    st.lists(st.sampled_from(["a\n", "b\n", "d\n", "\n"]), max_size=12),
)
@settings(max_examples=300, deadline=None)
def test_edits_lead_from_one_source_to_the_other(before, after):
    old, new = "x = 1\n" + "".join(before), "x = 1\n" + "".join(after)
    for _, found, instead in edits({"p": File(old.encode())}, {"p": File(new.encode())}):
        assert old.count(found) == 1
        old = old.replace(found, instead)
    assert old == new
