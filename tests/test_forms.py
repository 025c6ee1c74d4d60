"""Forms in which files are kept, noise around output: what is done is undone to the byte."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.envs.files import TASKS
from wildgym.perturbations import REGISTRY, perturbed
from wildgym.perturbations.environment.drift_flags import _DRIFT, _rewritten
from wildgym.perturbations.environment.swap_file_formats import swaps_of
from wildgym.perturbations.inside import copies, encoding, formats, line_ends, moves, words
from wildgym.perturbations.reshaped import Form
from wildgym.tools import ToolResult, World
from wildgym.tools.sandboxes import File, Tree, digest
from wildgym.tools.shell import run_command
from wildgym.tools.workspace import Workspace

seeds = st.integers(0, 2**62)
LS = run_command(command="ls")

text = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=60)
names = st.sampled_from(["a.csv", "b.txt", "d/a.csv", "d/e/c.md", "README.md", "x.bin", "no_end"])
trees = st.dictionaries(names, text.map(str.encode).map(File), max_size=5)
LIST = "# What has moved\n\n- a.csv -> store/sorted/a-main.csv\n- d/e/c.md -> store/c.md\n"
FORMS = {
    "utf-16": Form(encoding, {"suffixes": [".csv", ".md"], "encoding": "utf-16"}),
    "latin-1": Form(encoding, {"suffixes": [".csv", ".txt"], "encoding": "latin-1"}),
    "mark": Form(encoding, {"suffixes": [".csv", ".txt"], "encoding": "utf-8-sig"}),
    "crlf": Form(line_ends, {"suffixes": [".csv", ".md", ".txt"]}),
    "moves": Form(moves, {"note": "MOVED.md", "text": LIST}),
    "copies": Form(copies, {"copies": {"a.old.csv": "1;2\n"}}),
    "words": Form(words, {"suffixes": [".md"], "swaps": {"_one": "_two", "three": "four"}}),
}


@pytest.mark.parametrize("form", FORMS)
@given(tree=trees)
@settings(max_examples=60, deadline=None)
def test_a_form_of_files_is_undone_to_the_byte(form, tree):
    assert FORMS[form].canonical(FORMS[form].kept(tree)) == tree


@given(names=st.sets(st.sampled_from(["words", "copies", "moves", "crlf", "utf-16"])), tree=trees)
@settings(max_examples=60, deadline=None)
def test_forms_of_files_are_undone_one_after_the_other(names, tree):
    changed = tree
    ordered = [name for name in ("words", "copies", "moves", "crlf", "utf-16") if name in names]
    for name in ordered:
        changed = FORMS[name].kept(changed)
    for name in reversed(ordered):
        changed = FORMS[name].canonical(changed)
    assert changed == tree


@pytest.mark.parametrize(
    ("form", "left"),
    [
        ("utf-16", {"a.csv": File(b"a;b\n")}),
        ("latin-1", {"a.csv": File("ü\n".encode())}),
        ("mark", {"a.csv": File(b"a;b\n")}),
        ("crlf", {"a.csv": File(b"a\r\nb\n")}),
        ("moves", {"MOVED.md": File(LIST.encode()), "a.csv": File(b"")}),
        ("moves", {"MOVED.md": File(b"all is well")}),
        ("copies", {"a.old.csv": File(b"3;4\n")}),
        ("copies", {}),
    ],
)
def test_what_is_not_left_in_its_form_is_refused(form, left):
    with pytest.raises(ValueError, match=r"is not|was to be|lines that end"):
        FORMS[form].canonical(left)


cells = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=8)
rows = st.lists(st.tuples(cells, cells), min_size=1, max_size=4)


@given(rows=rows, delimiter=st.sampled_from(",;\t"))
@settings(max_examples=60, deadline=None)
def test_tables_come_back_from_json_lines(rows, delimiter):
    table = [{"one": a, "two": b} for a, b in rows]
    data = formats.write(table, "a.csv", delimiter).encode()
    swaps = swaps_of("a.csv", "a.jsonl", data)
    assert delimiter in [swap[2] for swap in swaps]
    for swap in swaps:
        form = Form(formats, {"swaps": [swap]})
        assert form.canonical(form.kept({"a.csv": File(data)})) == {"a.csv": File(data)}
        emptied = {"a.csv": File(data.partition(b"\n")[0] + b"\n")}
        assert form.canonical(form.kept(emptied)) == emptied


@given(
    tree=st.dictionaries(
        names, (st.binary(max_size=40) | text.map(str.encode)).map(File), max_size=5
    )
)
@settings(max_examples=10, deadline=None)
def test_a_form_is_the_same_here_and_where_the_agent_works(tree: Tree):
    form = FORMS["words"]
    world = World({}, {}, "2031-01-01")
    world.workspace = Workspace(tree)
    ran = world.workspace.sandbox.python(form.program("kept"))
    assert (ran.exit_code, ran.stderr) == (0, b"")
    assert digest(world.workspace.tree()) == digest(form.kept(tree))
    world.workspace.close()


# Output of commands.


@given(output=st.text(max_size=80), seed=seeds)
@settings(max_examples=200, deadline=None)
@pytest.mark.parametrize("name", ["warn_first", "colour_output"])
def test_noise_is_taken_away_to_the_letter(name, output, seed):
    plain = TASKS["query/email_of_order"].scenario(0, "train")
    layer = perturbed(plain, [REGISTRY[name]()], seed).obstacles[-1][1]
    told = {"exit_code": 0, "output": output}
    noisy = replace(layer, inner=Says(ToolResult(told))).call(LS, plain.world)
    assert noisy.value != told
    for result in (noisy, ToolResult({"exit_code": 1, "output": noisy.value["output"]})):
        walk = layer.overcome(LS)
        next(walk)
        with pytest.raises(StopIteration) as end:
            walk.send(result)
        assert end.value.value.value["output"] == output


class Says:
    def __init__(self, result):
        self.result = result

    def call(self, call, world):
        return self.result


@pytest.mark.parametrize(
    ("command", "written"),
    [
        ("cut -d, -f1 a | sort -k2", "cut -D, -F1 a | sort -K2"),
        ("awk -F';' -v x='-F | cut -d' '{print}' f", "awk -S';' -D x='-F | cut -d' '{print}' f"),
        ("echo cut -d; x=$(head -n 2 a)", "echo cut -d; x=$(head -L 2 a)"),
        ("while read a; do grep -F a b; done", "while read a; do grep -Q a b; done"),
        ("LANG=C tail -n 1 | xargs cut -d,", "LANG=C tail -L 1 | xargs cut -d,"),
        ("it's 'open", "it's 'open"),
    ],
)
def test_options_are_written_as_later_versions_have_them(command, written):
    assert "".join(_rewritten(command, _DRIFT)) == written
