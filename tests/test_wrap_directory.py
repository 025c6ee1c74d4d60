"""A folder of the user's own as an environment: copied, asked about, perturbed, judged."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import wildgym
from wildgym.benchmarks.__main__ import app
from wildgym.envs.directory.folder import LARGEST, MOST_FILES, UnfitFolder, tree_of
from wildgym.envs.directory.made import KINDS, made_tasks
from wildgym.envs.trajectory import Trajectory
from wildgym.perturbations import AXES, REGISTRY
from wildgym.perturbations.core import TWINS
from wildgym.perturbations.wrap.directory import directory
from wildgym.tools import Rng, finish
from wildgym.tools.sandboxes.tree import LINK, File, digest
from wildgym.tools.shell import run_command
from wildgym.tools.workspace import Workspace

WORDS = "market garden window letter bridge silver copper valley harbour meadow candle orchard"
OPERATORS = [name for name in sorted(REGISTRY) if "files" in REGISTRY[name].families]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What lies about in a folder of somebody's, under a name with a space in it."""
    top, rng = tmp_path_factory.mktemp("of mine"), Rng("a folder")
    words = WORDS.split()
    for name in ("README.md", "notes/plan.md", "notes/log.txt", "notes/grüße.md"):
        lines = [" ".join(rng.pick(words) for _ in range(6)) for _ in range(30)]
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_text(f"# {name}\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (top / "data").mkdir()
    people = [
        {"id": n, "town": rng.pick(words).title(), "vip": n % 3 == 0} for n in range(100, 130)
    ]
    (top / "data/people.json").write_text(json.dumps({"name": "people", "all": people}, indent=1))
    with (top / "data/orders.csv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["order", "town", "total"])
        for n in range(40):
            total = f"{rng.random() * 100:.2f}"
            writer.writerow([f"O-{200 + 3 * n}", rng.pick(words[:4]), total])
    (top / "picture.bin").write_bytes(bytes(range(256)) * 20)
    (top / ".hidden").write_text("kept")
    (top / "latest.txt").symlink_to("notes/log.txt")
    (top / "run.sh").write_text("echo hello\n")
    (top / "run.sh").chmod(0o755)
    (top / ".git").mkdir()
    (top / ".git/config").write_text("not kept")
    return top


def state(folder):
    return {
        str(path): (os.readlink(path) if path.is_symlink() else path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    } | {"times": str([path.lstat().st_mtime_ns for path in sorted(folder.rglob("*"))])}


def judged(scenario, tree, answer="", status="done"):
    """What the verifier says of a folder and of what was handed in."""
    world = scenario.origin.fork()
    world.workspace = Workspace(tree)
    world.answer = {"answer": answer, "status": status}
    return scenario.verifier(scenario, world, Trajectory(""))


def test_each_episode_has_a_copy_and_the_folder_stays_as_it_is(folder):
    before = state(folder)
    env = directory(folder)
    env.reset(seed=1, options={"task": "own/find_file"})
    tree = env.scenario.origin.workspace.start
    assert {".hidden", "notes/grüße.md", "picture.bin", "latest.txt", "run.sh"} <= tree.keys()
    assert not any(".git" in path for path in tree)
    env.step(env.written(run_command(command="rm -rf ~/* && mkdir data && echo x > data/new")))
    assert env._world.workspace.tree().keys() == {".hidden", "data/new"}
    env.step(env.written(finish(answer="")))
    env.reset(seed=1, options={"task": "own/find_file"})
    env.step(env.written(run_command(command="bash ./run.sh && cat latest.txt > /dev/null")))
    assert '"exit_code": 0' in env.trajectory.turns[-1].observation
    assert env._world.workspace.tree() == tree
    env.close()
    assert state(folder) == before


# Tasks that are made of what lies there.


def test_a_line_gives_an_environment_that_the_expert_solves(play, folder):
    env = wildgym.wrap.directory(folder)
    names = {task.name.removeprefix("own/") for task in env._tasks}
    assert names == set(KINDS)
    for task in env._tasks:
        for seed in range(4):
            total, info = play(env, seed, task=task.name)
            assert (total, info["checks"]) == (1.0, dict.fromkeys(info["checks"], True))


def test_doing_nothing_and_guessing_earn_nothing(folder):
    for task in made_tasks(tree_of(folder)):
        for seed in range(12):
            scenario = task.draw(seed, "train")
            start = scenario.origin.workspace.start
            prompt = scenario.user.render(scenario.told)
            told = [prompt, *prompt.split(), *map(str, scenario.facts.values())]
            for guess in ("", "0", "1", "2", "3", "10", "yes", "no", "none", "true", *told):
                assert judged(scenario, start, guess).score == 0


def test_every_axis_changes_it_and_the_expert_gets_through(play, folder):
    env = directory(folder, perturbations="all", scaffold="random")
    axes, scaffolds = set(), set()
    for seed in range(40):
        total, info = play(env, seed)
        assert total == 1.0, (seed, info, env.variation)
        axes |= {REGISTRY[name].axis for name, _ in env.scenario.obstacles}
        scaffolds.add(env.variation["scaffold"])
    assert axes == set(AXES)
    assert len(scaffolds) > 10


@pytest.mark.parametrize("name", OPERATORS)
def test_the_expert_gets_through_every_operator_alone(play, folder, name):
    operator = REGISTRY[name]
    for twin in TWINS if operator.kind == "destroying" else (None,):
        drawn = operator(twin=twin) if twin else operator()
        env = directory(folder, perturbations={"perturbations": [drawn.to_json()]})
        for n, task in enumerate(env._tasks):
            total, info = play(env, n, task=task.name)
            assert total == 1.0, (task.name, info)


def test_cases_are_the_same_in_every_process(folder):
    code = (
        "import sys\n"
        "from wildgym.envs.directory.folder import tree_of\n"
        "from wildgym.envs.directory.made import made_tasks\n"
        "for task in made_tasks(tree_of(sys.argv[1])):\n"
        "    for seed in range(5):\n"
        "        scenario = task.draw(seed, 'train')\n"
        "        print(scenario.user.render(scenario.told), scenario.verifier.answer)\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code, str(folder)],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert len(set(printed.pop().splitlines())) > 5 * len(KINDS) / 2


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,3}\.(json|csv|txt)", fullmatch=True),
        st.binary(max_size=80)
        | st.text("ab,;\"\n'{}[]:\t%\\", max_size=80).map(str.encode)
        | st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=12),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
        ).map(lambda value: json.dumps(value).encode()),
        max_size=4,
    )
)
def test_whatever_lies_there_doing_nothing_earns_nothing(files):
    for task in made_tasks({path: File(data) for path, data in sorted(files.items())}):
        scenario = task.draw(0, "train")
        scenario.user.render(scenario.told)
        assert judged(scenario, scenario.origin.workspace.start).score == 0


# Tasks that the user gives.


def sold(folder: Path, answer: str) -> bool:
    rows = (folder / "data/orders.csv").read_text().splitlines()
    return len(rows) == 40 and float(answer) > 0


GIVEN = [
    {
        "name": "shop/drop",
        "request": "Delete the order {order} from {path}, and report what its total was.",
        "facts": {"order": "O-200", "path": "data/orders.csv"},
        "check": sold,
        "may_change": ["data/*"],
        "solution": [
            {
                "tool": "run_command",
                "arguments": {"command": "sed -i /O-200/d data/orders.csv"},
            }
        ],
        "answer": None,
    },
    {
        "name": "notes/summary",
        "request": "Write the number of files in the folder notes to {path}, as JSON.",
        "facts": {"path": "summary.json"},
        "setup": {"notes/log.txt": None, "notes/new.txt": "new\n"},
        "files": {"summary.json": {"equals": {"files": 3}}},
        "solution": [
            {
                "tool": "create_file",
                "arguments": {"path": "summary.json", "text": '{"files": 3}'},
            }
        ],
    },
    {
        "name": "notes/tidy",
        "request": "Rename {old} to {new}.",
        "facts": {"old": "README.md", "new": "READ.md"},
        "files": {"READ.md": {"contains": "# README.md", "lacks": "TODO"}},
        "gone": ["README.md"],
        "solution": [
            {"tool": "run_command", "arguments": {"command": "mv README.md READ.md"}},
        ],
        "rules": ["Braces {like these} are text."],
    },
]
WITHOUT_CHECK = GIVEN[1:]


def test_tasks_of_the_user_are_judged_as_they_say(folder):
    def total(facts):
        found = yield run_command(command=f"grep {facts['order']} {facts['path']}")
        yield run_command(command=f"sed -i /{facts['order']}/d {facts['path']}")
        return found["output"].strip().split(";")[2]

    tasks = [{**GIVEN[0], "solution": total}, *WITHOUT_CHECK]
    for perturbations in ("none", "all"):
        env = directory(folder, tasks, perturbations=perturbations)
        for seed in range(4):
            for task in tasks:
                observation, _ = env.reset(seed=seed, options={"task": task["name"]})
                policy, over = env.expert(), False
                while not over:
                    observation, reward, terminated, truncated, info = env.step(policy(observation))
                    over = terminated or truncated
                assert reward == 1.0, (task["name"], info, env.variation)
    wrong = {
        "shop/drop": ["true", "sed -i /O-200/d data/orders.csv; rm README.md"],
        "notes/summary": ["echo '{\"files\": 4}' > summary.json", "echo 3 > summary.json"],
        "notes/tidy": ["cp README.md READ.md", "mv README.md READ.md; echo TODO >> READ.md"],
    }
    env = directory(folder, tasks)
    for name, commands in wrong.items():
        for command in commands:
            env.reset(seed=0, options={"task": name})
            env.step(env.written(run_command(command=command)))
            assert env.step(env.written(finish(answer="12.5")))[4]["score"] == 0


def test_tasks_come_from_files_too(play, folder, tmp_path):
    (tmp_path / "tasks.json").write_text(json.dumps(WITHOUT_CHECK))
    (tmp_path / "tasks.py").write_text(f"TASKS = {WITHOUT_CHECK!r}\n")
    for name in ("tasks.json", "tasks.py"):
        env = directory(folder, tmp_path / name)
        assert [play(env, seed)[0] for seed in range(3)] == [1.0] * 3


def test_a_check_sees_no_links_and_its_mistakes_are_not_the_agents(folder, tmp_path):
    (tmp_path / "secret").write_text("of the host")
    seen = []

    def check(left):
        seen.append(sorted(str(path.relative_to(left)) for path in left.rglob("*")))
        if (left / "broken").exists():
            raise NameError("a mistake in the check")
        return (left / "leak").read_text() == "of the host"

    task = {"name": "t", "request": "Do it.", "check": check}
    env = directory(folder, [task])
    env.reset(seed=0)
    env.step(env.written(run_command(command=f"ln -s {tmp_path}/secret leak")))
    assert env.step(env.written(finish(answer="")))[4]["checks"]["check"] is False
    assert "leak" not in seen[-1]
    assert "notes/plan.md" in seen[-1]
    env.reset(seed=0)
    env.step(env.written(run_command(command="touch broken")))
    assert "a mistake in the check" in env.step(env.written(finish(answer="")))[4]["invalid"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"request": "Delete {other}."}, "names 'other', which is no fact"),
        ({"files": {}, "gone": []}, "nothing decides"),
        ({"files": {"../x": "y"}}, "no path of a file"),
        ({"gone": ["/etc/passwd"]}, "no path of a file"),
        ({"gone": ["READ.md"]}, "among 'files' and among 'gone'"),
        ({"files": {"READ.md": {}}}, "has 'equals', or 'contains' and 'lacks'"),
        ({"files": {"README.md": {"contains": "README"}}, "gone": []}, "before anything is done"),
        ({"setup": {"nowhere.md": None}}, "no file 'nowhere.md' to remove"),
        ({"solution": [{"tool": "rm", "arguments": {}}]}, "solution 0: .*no tool"),
        ({"check": lambda: True}, "a check is a function of the folder"),
        ({"check": lambda folder: folder.nothing}, "AttributeError"),
        ({"checks": []}, "checks"),
    ],
)
def test_tasks_that_cannot_be_played_are_refused(folder, changes, why):
    with pytest.raises(ValueError, match=why):
        directory(folder, [{**GIVEN[2], **changes}])


# Folders that no workspace can be made of.


def large(top):
    (top / "large.bin").write_bytes(b"x" * (LARGEST + 1))


def many(top):
    (top / "cache").mkdir()
    for n in range(MOST_FILES + 1):
        (top / f"cache/{n}").touch()


def outward(top):
    (top / "out").symlink_to("../elsewhere")


def absolute(top):
    (top / "out").symlink_to(top / "notes.md")


def pipe(top):
    os.mkfifo(top / "pipe")


def misnamed(top):
    (Path(os.fsdecode(os.fsencode(top) + b"/\xff.txt"))).write_text("x")


@pytest.mark.parametrize(
    ("spoil", "why", "without"),
    [
        (large, r"large.bin has 4.0 MiB.*without=\['large.bin'\]", ["large.bin"]),
        (many, r"2002 files.*Most are in cache/.*without=\['cache/\*'\]", ["cache/*"]),
        (outward, r"is a link to ../elsewhere.*without=\['out'\]", ["out"]),
        (absolute, "only relative links within", ["out"]),
        (pipe, "is no file, folder or link", ["pipe"]),
        (misnamed, "no name in UTF-8", ["*.txt"]),
    ],
)
def test_what_cannot_be_copied_says_so_and_can_be_left_out(tmp_path, spoil, why, without):
    (tmp_path / "notes.md").write_text("nothing much\n")
    spoil(tmp_path)
    with pytest.raises(UnfitFolder, match=why):
        tree_of(tmp_path)
    assert digest(tree_of(tmp_path, without)) == digest({"notes.md": File(b"nothing much\n")})


def test_what_is_no_folder_with_files_says_so(tmp_path):
    (tmp_path / "notes.md").write_text("x\n")
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "a.bin").write_bytes(b"\0")
    (tmp_path / "empty/.git").mkdir(parents=True)
    (tmp_path / "empty/.git/config").touch()
    for path, why in (
        (tmp_path / "nowhere", "does not exist"),
        (tmp_path / "notes.md", "is a file: give the folder"),
        (tmp_path / "empty", "is empty"),
        (bare, "no tasks can be made"),
    ):
        with pytest.raises(UnfitFolder, match=why):
            directory(path)
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "a.md").write_text("x\n")
    (linked / "b.md").symlink_to("a.md")
    assert tree_of(linked)["b.md"] == File(b"a.md", LINK)


def test_one_command_proves_tasks_over_a_folder(folder, tmp_path):
    def run(*words):
        told = CliRunner().invoke(app, ["tasks", "own", str(folder), *words])
        return told.exit_code, told.stdout, told.stderr

    code, told, _ = run("--files", "--json")
    assert code == 0
    assert {one["task"] for one in json.loads(told)["tasks"]} == {f"own/{kind}" for kind in KINDS}
    wrong = {**WITHOUT_CHECK[1], "solution": [{"tool": "wait", "arguments": {"seconds": 1}}]}
    unsolved = {**WITHOUT_CHECK[0], "solution": None}
    for tasks, good in ((WITHOUT_CHECK, 2), ([wrong, WITHOUT_CHECK[0]], 1), ([unsolved], 0)):
        (tmp_path / "tasks.json").write_text(json.dumps(tasks))
        code, told, error = run("--files", "--given", str(tmp_path / "tasks.json"), "--json")
        assert code == (good < len(tasks)), error
        assert sum(one["holds"] for one in json.loads(told)["tasks"]) == good
    assert "no solution" in json.loads(told)["tasks"][0]["fault"]
    assert run("--given", "x.json")[0] == 2
    code, _, error = run("--files", "--given", str(tmp_path / "nothing.json"))
    assert code == 2
    assert "tasks cannot be read" in error


def test_the_example_of_the_docs_is_solved(tmp_path):
    page = Path(__file__).parent.parent / "docs/own-files.md"
    example = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)[-1]
    ran = [sys.executable, "-c", example]
    told = subprocess.run(ran, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [line.split()[1] for line in told.stdout.splitlines()] == ["1.0"] * 4
