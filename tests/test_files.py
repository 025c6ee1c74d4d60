"""The files family: every task solvable and told in full, no goal to be had by anything else."""

import gzip
import io
import os
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from contextlib import closing
from functools import cache

import pytest

from wildgym.envs.answer import matches
from wildgym.envs.expert import final_call
from wildgym.envs.files import TASKS
from wildgym.envs.files.formats import (
    Csv,
    Database,
    Exact,
    Ini,
    JsonDocument,
    JsonLines,
    MarkdownTable,
    Node,
    Table,
    Tar,
    Text,
    Toml,
    Xml,
    Yaml,
    Zip,
)
from wildgym.envs.files.goal import Goal, verifier
from wildgym.envs.files.writing import (
    csv_text,
    json_text,
    jsonl_text,
    sqlite_bytes,
    tar_bytes,
    toml_text,
    xml_text,
    yaml_text,
    zip_bytes,
)
from wildgym.envs.prompts import fields
from wildgym.envs.scenario import Refusal
from wildgym.envs.trajectory import Trajectory
from wildgym.envs.verifier import solved
from wildgym.perturbations.factory import make
from wildgym.tools.sandboxes.tree import File, digest
from wildgym.tools.workspace import Workspace

SPLITS = ("train", "test")
NAMES = sorted(TASKS)
EDITOR = {"view_file", "create_file", "replace_text", "insert_lines", "find_files", "search_text"}
LINK, FOLDER, FIFO = 0o120777, 0o040755, 0o010644


def judged(scenario, tree, answer="", status="done"):
    """What the verifier says of a folder and of what was handed in."""
    world = scenario.origin.fork()
    world.workspace = Workspace(tree)
    world.answer = {"answer": answer, "status": status}
    return scenario.verifier(scenario, world, Trajectory(""))


@cache
def done(name, seed=0):
    """A scenario, the folder that its solution leaves, and what it hands in."""
    scenario = TASKS[name].scenario(seed, "train")
    world, answer = solved(scenario)
    tree = dict(world.workspace.tree())
    world.workspace.close()
    arguments = {"answer": "", "status": "done", **final_call(answer).arguments}
    return scenario, tree, arguments


def test_the_family_is_as_large_as_it_says():
    themes = Counter(name.partition("/")[0] for name in NAMES)
    assert len(NAMES) >= 44
    assert len(themes) >= 12
    assert min(themes.values()) >= 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("split", SPLITS)
def test_the_expert_solves_it(play, name, split):
    env = make("files", tasks=name, split=split)
    for seed in range(3):
        total, info = play(env, seed)
        assert (total, info["checks"]) == (1.0, dict.fromkeys(info["checks"], True))
        assert 2 <= info["turns"] <= 11


def test_a_good_part_needs_no_programs():
    by_hand = [
        name
        for name in NAMES
        if {call.name for seed in range(2) for call in calls(name, seed)} <= EDITOR
    ]
    assert len(by_hand) >= 12


def calls(name, seed):
    scenario = TASKS[name].scenario(seed, "train")
    made = []

    class Recording:
        def call(self, call, world):
            made.append(call)
            return scenario.canonical.call(call, world)

    recorded = scenario.behind("recording", None, canonical=Recording())
    world, _ = solved(recorded)
    world.workspace.close()
    return made


@pytest.mark.parametrize("name", NAMES)
def test_guesses_and_doing_nothing_earn_nothing(name):
    for split in SPLITS:
        for seed in range(8):
            scenario = TASKS[name].scenario(seed, split)
            start = scenario.origin.workspace.start
            prompt = scenario.user.render(scenario.told)
            words = [prompt, ", ".join(prompt.split()), *prompt.split(), *start]
            for status in ("done", "refused"):
                for guess in ("", "0", "1", "2", "3", "10", "yes", "no", "none", "done", *words):
                    assert judged(scenario, start, guess, status).score == 0


@pytest.mark.parametrize("name", NAMES)
def test_any_other_change_fails(name):
    scenario, tree, handed_in = done(name)
    assert judged(scenario, tree, **handed_in).score == 1
    start = scenario.origin.workspace.start
    other = next(p for p in sorted(start) if tree.get(p) == start[p] and not p.endswith(".db"))
    spoilt = (
        {**tree, "scratch.py": File(b"print(1)\n")},
        {**tree, "link": File(b"README.md", LINK)},
        {**tree, other: File(tree[other].data + b"\n")},
        {**tree, other: File(tree[other].data, 0o100755)},
        {**tree, other: File(other.encode(), LINK)},
        {path: file for path, file in tree.items() if path != other},
    )
    for changed in spoilt:
        verdict = judged(scenario, changed, **handed_in)
        assert verdict.score == 0
        assert verdict.progress == 0
        assert not verdict.checks["nothing_else_changed"]
    assert judged(scenario, {**tree, "new-folder": File(b"", FOLDER)}, **handed_in).score == 1


@pytest.mark.parametrize("name", NAMES)
def test_each_file_of_the_goal_is_looked_at(name):
    scenario, tree, handed_in = done(name, 1)
    start = scenario.origin.workspace.start
    made = [path for path in tree if tree[path] != start.get(path) and tree[path].regular]
    gone = [path for path in start if path not in tree]
    for path in made:
        data = tree[path].data
        for wrong in (
            *(b"", b"\xff\xfe", b"[" * 100_000, b"\0" * (5 << 20), data[:-20]),
            *([start[path].data] if path in start else []),
            *([] if path.endswith((".db", ".gz")) else [data + b"| x,y\n"]),
        ):
            assert judged(scenario, {**tree, path: File(wrong)}, **handed_in).score == 0
        for mode in (LINK, FIFO, FOLDER):
            assert judged(scenario, {**tree, path: File(data, mode)}, **handed_in).score == 0
        assert (
            judged(scenario, {p: f for p, f in tree.items() if p != path}, **handed_in).score == 0
        )
    for path in gone:
        assert judged(scenario, {**tree, path: start[path]}, **handed_in).score == 0
    if made or gone:
        wrong_status = {**handed_in, "status": "refused"}
        assert judged(scenario, tree, **wrong_status).score == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_knows_only_what_the_prompts_tell(name):
    task = TASKS[name]
    for seed in range(3):
        scenario = task.scenario(seed, "train")
        system, user = scenario.system, scenario.user
        texts = (system.persona, *system.context, *system.rules, *user.parts)
        told = {field for text in texts for field in fields(text)}
        assert set(task.needs) <= told
        assert set(scenario.facts) <= told
        assert all(isinstance(v, str | int | float) for v in scenario.facts.values())
        for text in (system.render(scenario.told), user.render(scenario.told)):
            assert "{" not in text


@pytest.mark.parametrize("name", NAMES)
def test_folders_are_of_a_realistic_size(name):
    for seed in range(3):
        tree = TASKS[name].scenario(seed, "train").origin.workspace.start
        assert 9 <= len(tree) <= 50
        assert max(len(file.data) for file in tree.values()) <= 60_000
        assert all(file.regular for file in tree.values())


def test_rules_forbid_some_requests():
    refused = [
        goal_of(TASKS[name].scenario(seed, "train")).refused for name in NAMES for seed in range(8)
    ]
    assert 0.02 < sum(refused) / len(refused) < 0.3


def goal_of(scenario):
    (goal,) = [c.cell_contents for c in scenario.verifier.__closure__ or ()]
    return goal


def test_the_splits_share_nobody():
    users = {
        split: {TASKS[n].scenario(s, split).facts["user_name"] for n in NAMES for s in range(5)}
        for split in SPLITS
    }
    assert not users["train"] & users["test"]


DIGEST = """
from hashlib import sha256
from wildgym.envs.files import TASKS
from wildgym.tools.sandboxes.tree import digest
for name in sorted(TASKS):
    for split in ("train", "test"):
        scenario = TASKS[name].scenario(3, split)
        print(digest(scenario.origin.workspace.start), scenario.user.render(scenario.told))
"""


def test_scenarios_are_the_same_in_every_process():
    printed = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert len(set(printed[0].splitlines())) == 2 * len(TASKS)


def test_different_seeds_are_different_scenarios():
    for name in NAMES:
        trees = {digest(TASKS[name].scenario(s, "train").origin.workspace.start) for s in range(6)}
        assert len(trees) == 6


# The formats: what holds a content, and what does not by a hair.

ROWS = [("C-1", "Köln, West", 12.5, 3), ("C-2", 'a "b"', 0.1, -4)]
HEADER = ("id", "place", "price", "count")
VALUE = {"a": [1, 2.5, None, True, "x"], "b": {"c": "5", "d": 5}}
TABLE = Table({"id": "TEXT", "price": "REAL", "count": "INTEGER"}, [("a", 1.5, 2), ("b", 3.0, 4)])
ROOT = Node("r", {"n": "1"}, "", [Node("a", {}, "x"), Node("b", {"k": "v"}, 2.5)])
MEMBERS = {"p/a.txt": b"one\n", "p/b/c.txt": b"two\n"}
SETTINGS = {"web": {"port": 80, "tls": True, "host": "h.example"}}


def altered(**tables):
    return sqlite_bytes({"t": TABLE, **tables})


def as_database(*statements):
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(altered())
        for statement in statements:
            database.execute(statement)
        database.commit()
        return database.serialize()


def tarred(**options):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz", **options) as archive:
        for name, data in MEMBERS.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size, info.mtime = len(data), 1.5
            archive.addfile(info, io.BytesIO(data))
        folder = tarfile.TarInfo("./p")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    return stream.getvalue()


def linked():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        info = tarfile.TarInfo("p/a.txt")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    return stream.getvalue()


def zipped(*members, how=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


CSV_TEXT = csv_text(HEADER, ROWS)
RIGHT = [
    (Exact(b"a\r\n"), b"a\r\n"),
    (Text(("a", "b")), b"a \nb"),
    (Csv(HEADER, ROWS), CSV_TEXT.encode()),
    (Csv(HEADER, ROWS), CSV_TEXT.replace("\n", "\r\n").replace("12.50", "12.5").encode()),
    (Csv(HEADER, ROWS, ordered=False), csv_text(HEADER, ROWS[::-1]).encode()),
    (Csv(HEADER, ROWS, delimiter=";"), csv_text(HEADER, ROWS, ";").encode()),
    (MarkdownTable(("A", "B"), [("x", 2)]), b"# T\n\n|A|B|\n|:--|--:|\n| x |2.00|\n"),
    (JsonDocument(VALUE), json_text(VALUE).encode()),
    (JsonDocument({"n": 2}), b'{"n": 2.0}'),
    (JsonLines([VALUE, {}]), jsonl_text([VALUE, {}]).encode()),
    (Toml(SETTINGS), toml_text(SETTINGS).encode()),
    (Yaml(SETTINGS), yaml_text(SETTINGS).encode()),
    (Yaml({"day": "2031-05-06", "l": ["a", 1]}), b"l: [a, 1]\nday: 2031-05-06\n"),
    (Ini({"web": {"port": 80, "host": "h"}}), b"[web]\nPort: 80\nhost = h\n"),
    (Xml(ROOT), xml_text(ROOT).encode()),
    (Xml(ROOT), b"<r n='1'><!-- c --><a> x </a><b k='v'>2.50</b></r>"),
    (Database({"t": TABLE}), altered()),
    (Database({"t": TABLE}), as_database("UPDATE t SET price = 1.5 WHERE id = 'a'")),
    (Database({"t": TABLE}, frozenset({"i"})), as_database("CREATE INDEX i ON t (id)")),
    (Zip(MEMBERS), zip_bytes(MEMBERS)),
    (Zip(MEMBERS), zipped(*MEMBERS.items(), ("p/", b""), how=zipfile.ZIP_STORED)),
    (Tar(MEMBERS), tar_bytes(MEMBERS)),
    (Tar(MEMBERS), tarred(format=tarfile.PAX_FORMAT)),
    (Tar(MEMBERS), tarred(format=tarfile.GNU_FORMAT)),
]


@pytest.mark.parametrize(("content", "data"), RIGHT, ids=lambda v: type(v).__name__)
def test_a_content_is_seen_however_it_is_written(content, data):
    assert content.holds(data)
    for cut in (data[: len(data) // 2], b"", b"\xff\xfe" + data[2:]):
        assert not content.holds(cut)


WRONG = [
    (Text(("a", "b")), [b"a\nb\nc", b"a", b"b\na", b" a\nb", b"a\n\nb"]),
    (
        Csv(HEADER, ROWS),
        [
            CSV_TEXT.replace("C-2", "C-3").encode(),
            CSV_TEXT.replace("12.50", "12.51").encode(),
            CSV_TEXT.replace("-4", "four").encode(),
            CSV_TEXT.replace("-4", "nan").encode(),
            CSV_TEXT.replace("-4", "").encode(),
            CSV_TEXT.replace("price", "cost").encode(),
            csv_text(HEADER, ROWS[:1]).encode(),
            csv_text(HEADER, [*ROWS, ROWS[0]]).encode(),
            csv_text(HEADER, ROWS[::-1]).encode(),
            csv_text(HEADER, ROWS, ";").encode(),
            csv_text(HEADER[:3], [row[:3] for row in ROWS]).encode(),
            CSV_TEXT.encode("utf-16"),
            CSV_TEXT.encode("latin-1"),
        ],
    ),
    (Csv(("n",), [("007",)]), [b"n\n7\n", b"n\n007.0\n"]),
    (MarkdownTable(("A", "B"), [("x", 2)]), [b"|A|B|\n|-|-|\n|x|3|\n", b"|A|B|\n|x|2|\n|-|-|\n"]),
    (
        JsonDocument(VALUE),
        [
            json_text({**VALUE, "b": {"c": 5, "d": 5}}).encode(),
            json_text({**VALUE, "b": {"c": "5", "d": "5"}}).encode(),
            json_text({**VALUE, "a": [1, 2.5, None, 1, "x"]}).encode(),
            json_text({**VALUE, "a": [True, 2.5, None, True, "x"]}).encode(),
            json_text({**VALUE, "a": [1, 2.5, None, True]}).encode(),
            json_text({**VALUE, "z": 1}).encode(),
            json_text({"a": VALUE["a"]}).encode(),
            json_text([VALUE]).encode(),
            b'{"a": ' * 50_000,
            b"[" * 500_000,
            b'{"a": [NaN, 2.5, null, true, "x"], "b": {"c": "5", "d": 5}}',
            b'{"a": [' + b"9" * 4000 + b', 2.5, null, true, "x"], "b": {"c": "5", "d": 5}}',
        ],
    ),
    (JsonLines([{"a": 1}, {"a": 2}]), [b'{"a": 2}\n{"a": 1}\n', b'[{"a": 1}, {"a": 2}]\n']),
    (
        Toml(SETTINGS),
        [
            toml_text({"web": {**SETTINGS["web"], "port": "80"}}).encode(),
            b"a" + b".a" * 300_000 + b" = 1",
            b"a = " + b"[" * 8000,
        ],
    ),
    (
        Yaml({"a": ["x", "x"]}),
        [b"a: &b [x, x]\nc: *b\n", b"a: [&b x, *b]\n", b"!!python/object:os.system {a: [x, x]}"],
    ),
    (Yaml({"n": 1}), [b"n: '1'", b"- n: 1", b"[" * 60_000, b"{a: " * 9_000, b"n: 1\n---\nn: 1\n"]),
    (
        Ini({"web": {"port": 80}}),
        [b"[web]\nport = 81\n", b"[web]\nport = 80\nx = 1\n", b"[DEFAULT]\nport = 80\n[web]\n"],
    ),
    (
        Xml(ROOT),
        [
            b"<r n='1'><a>x</a><b k='v'>2.6</b></r>",
            b"<r n='2'><a>x</a><b k='v'>2.5</b></r>",
            b"<r n='1'><b k='v'>2.5</b><a>x</a></r>",
            b"<r n='1'><a>x</a>tail<b k='v'>2.5</b></r>",
            b"<!DOCTYPE r [<!ENTITY e 'x'>]><r n='1'><a>&e;</a><b k='v'>2.5</b></r>",
            "<!DOCTYPE r><r n='1'><a>x</a><b k='v'>2.5</b></r>".encode("utf-16"),
            b"<r>" * 100_000,
            b"<a>" * 100_000 + b"</a>" * 100_000,
        ],
    ),
    (
        Database({"t": TABLE}),
        [
            altered(t=Table(TABLE.columns, [("a", 1.5, 2), ("b", 3.0, 5)])),
            altered(t=Table(TABLE.columns, [("a", 1.5, 2)])),
            altered(t=Table(TABLE.columns, [*TABLE.rows, TABLE.rows[0]])),
            altered(t=Table({**TABLE.columns, "count": "TEXT"}, [("a", 1.5, "2"), ("b", 3, "4")])),
            altered(t=Table({"id": "TEXT", "price": "", "count": ""}, [("a", "1.5", 2)])),
            altered(u=TABLE),
            as_database("CREATE INDEX i ON t (id)"),
            as_database("CREATE VIEW v AS SELECT * FROM t"),
            as_database("ALTER TABLE t ADD COLUMN more TEXT"),
            as_database("DROP TABLE t"),
            as_database(
                "DROP TABLE t", "CREATE VIEW t AS SELECT 'a' AS id, 1.5 AS price, 2 AS count"
            ),
            as_database("DROP TABLE t", "CREATE VIRTUAL TABLE t USING fts5(id, price, count)"),
            b"SQLite format 3\0" + b"\xff" * 8176,
            altered()[:4096] + b"\xff" * 4096,
        ],
    ),
    (
        Zip(MEMBERS),
        [
            zip_bytes({**MEMBERS, "p/d.txt": b""}),
            zip_bytes({"p/a.txt": b"one\n"}),
            zip_bytes({**MEMBERS, "p/a.txt": b"One\n"}),
            zipped(("bomb", b"\0" * (64 << 20))),
            zipped(*MEMBERS.items(), how=zipfile.ZIP_LZMA),
            zipped(*((f"{n}", b"") for n in range(2000))),
            tar_bytes(MEMBERS),
        ],
    ),
    (
        Tar(MEMBERS),
        [
            tar_bytes({**MEMBERS, "p/d.txt": b""}),
            tar_bytes({"p/a.txt": b"one\n"}),
            tar_bytes({name.removeprefix("p/"): data for name, data in MEMBERS.items()}),
            linked(),
            gzip.compress(b"\0" * (64 << 20)),
            gzip.compress(b"\xff" * 5000),
            gzip.compress(b"a" * 124 + b"-0000001000\0" + b"0" * 20 + b"5" + b"0" * 355),
            gzip.decompress(tar_bytes(MEMBERS)),
            zip_bytes(MEMBERS),
        ],
    ),
]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("content", "given"), WRONG, ids=lambda v: type(v).__name__)
def test_near_misses_and_hostile_files_are_wrong(content, given):
    for data in given:
        assert not content.holds(data)


def test_what_takes_for_ever_is_ended():
    endless = as_database(
        "DROP TABLE t",
        "CREATE TABLE t (id TEXT, price REAL, count INTEGER AS (length(hex(zeroblob(900000)))))",
        "INSERT INTO t SELECT value, 1 FROM json_each('[" + "1," * 4000 + "1]')",
    )
    assert not Database({"t": TABLE}).holds(endless)
    many = Database({"t": Table(TABLE.columns, [("1", 1.0, 1800000)] * 4001)})
    assert not many.holds(endless)


def test_a_database_that_was_only_opened_is_unchanged():
    scenario = TASKS["database/revenue_of_city"].scenario(0, "train")
    start = scenario.origin.workspace.start
    (path,) = [path for path in start if path.endswith(".db")]
    answer = solved(scenario)[1]
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(start[path].data)
        database.execute("VACUUM")
        vacuumed = database.serialize()
        database.execute("DELETE FROM orders WHERE rowid = 1")
        database.commit()
        fewer = database.serialize()
    assert vacuumed != start[path].data
    for data, score in ((vacuumed, 1), (fewer, 0), (b"", 0)):
        tree = {**start, path: File(data)}
        assert judged(scenario, tree, f"{answer:.2f}").score == score


def test_progress_is_the_share_that_is_right():
    scenario = TASKS["query/email_of_order"].scenario(0, "train")
    start = scenario.origin.workspace.start
    goal = Goal({"a.txt": Text(("a",)), "b.txt": Text(("b",))}, frozenset({"README.md"}), 5)
    other = scenario.behind("other goal", None, verifier=verifier(goal))
    tree = {**start, "a.txt": File(b"a\n"), "b.txt": File(b"a\n")}
    assert judged(other, tree, "5").progress == pytest.approx(1 / 3)
    del tree["README.md"]
    assert judged(other, tree, "5").progress == pytest.approx(2 / 3)
    tree["b.txt"] = File(b"b\n")
    assert judged(other, tree, "5").checks == dict.fromkeys(
        ("files_made", "nothing_else_changed", "answer", "status"), True
    )
    assert not judged(other, tree, "6").checks["answer"]
    assert judged(other, {**tree, "c": File(b"")}, "5").progress == 0


def test_refusals_name_who_closed_the_folder():
    refused = 0
    for seed in range(12):
        scenario = TASKS["migrate/one_setting"].scenario(seed, "train")
        world, answer = solved(scenario)
        world.workspace.close()
        if isinstance(answer, Refusal):
            refused += 1
            closed = [f.data.decode() for p, f in world.workspace.start.items() if "CLOSED" in p]
            assert any(f"by {answer.answer}." in text for text in closed)
            start = scenario.origin.workspace.start
            assert judged(scenario, start, answer.answer, "refused").score == 1
            assert judged(scenario, start, answer.answer, "done").score == 0
            assert not matches(answer.answer, scenario.facts["user_name"])
    assert refused
