"""Results can be read again, set beside each other where that is fair, and refused where not."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wildgym.benchmarks.__main__ import app
from wildgym.benchmarks.errors import Misuse
from wildgym.benchmarks.runs import comparable, episode_key, load

SHAPE = ("--suite", "tiny", "--seeds", "3", "--workers", "1")


def command(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    policies = [part for name in ("expert", "blind", "noop") for part in ("--policy", name)]
    assert command("bench", *policies, *SHAPE, "--out", out).exit_code == 0
    return out


@pytest.fixture
def out(kept, tmp_path):
    return Path(shutil.copytree(kept, tmp_path / "runs"))


def test_runs_are_read_with_all_but_their_transcripts(kept):
    runs = load(kept)
    assert [run.setting.policy for run in runs] == ["blind", "expert", "noop"]
    for run in runs:
        assert load(run.folder) == [run]
        assert len(run.records) == 2 * 3 * 3
        assert not any("transcript" in record for record in run.records)
        for index, record in enumerate(run.records):
            whole = run.whole(index)
            assert whole["transcript"]
            assert record.items() <= whole.items()
            assert episode_key(record) == episode_key(whole)
    comparable(runs)


def test_what_is_read_does_not_depend_on_the_order_of_the_lines(out, kept):
    file = out / "expert" / "episodes.jsonl"
    file.write_bytes(b"".join(reversed(file.read_bytes().splitlines(keepends=True))))
    assert load(out / "expert")[0].records == load(kept / "expert")[0].records


def mistyped(line):
    return json.dumps({**json.loads(line), "usage": {"prompt_tokens": "many"}}).encode() + b"\n"


def foreign(line):
    return line.replace(b'"policy": "noop"', b'"policy": "other"')


def unplanned(line):
    return json.dumps({**json.loads(line), "task": "shop/steal"}).encode() + b"\n"


def poor(line):
    return json.dumps({k: v for k, v in json.loads(line).items() if k != "acted"}).encode() + b"\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda line: b"{broken\n", "line 4, is damaged: no record of an episode"),
        (lambda line: b"[1]\n", "line 4, is damaged: no record of an episode"),
        (lambda line: b"\xff\xfe\n", "line 4, is damaged: no record of an episode"),
        (poor, "line 4, is damaged: it lacks acted"),
        (mistyped, "line 4, is damaged: usage.prompt_tokens: Input should be a valid number"),
        (foreign, "line 4, is of another run: policy 'other' (here 'noop')"),
        (unplanned, "line 4, is of another run: shop/steal@"),
    ],
)
def test_a_line_that_is_no_record_of_the_run_is_named(out, change, said):
    file = out / "noop" / "episodes.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:3], change(lines[3]), *lines[4:]]))
    for arguments in (
        ("compare", out / "noop", out / "blind"),
        ("bench", "--policy", "noop", *SHAPE, "--out", out),
    ):
        result = command(*arguments)
        assert result.exit_code == 2
        assert f"{file}, {said}" in result.stderr
        assert result.stderr.count("\n") == 1


def test_a_torn_line_is_named_and_played_again(out):
    file = out / "noop" / "episodes.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    with pytest.raises(Misuse, match=r"episodes.jsonl, line 18, is truncated; the same"):
        load(out)
    assert command("bench", "--policy", "noop", *SHAPE, "--out", out).exit_code == 0
    assert len(load(out / "noop")[0].records) == 18


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"suite_digest": "0" * 16}, "with the digest 0000000000000000, and this version"),
        ({"suite": "huge"}, "there is no suite 'huge'"),
        ({"colour": "red"}, "run.json is damaged, or of another version"),
    ],
)
def test_a_run_of_other_episodes_than_this_versions_is_refused(out, changes, said):
    about = out / "noop" / "run.json"
    about.write_text(json.dumps({**json.loads(about.read_text()), **changes}))
    result = command("compare", out / "noop", out / "blind")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert said in result.stderr
    again = command("bench", "--policy", "noop", *SHAPE, "--out", out)
    assert again.exit_code == 2


def test_what_cannot_be_compared_is_said(out, tmp_path):
    other = tmp_path / "other"
    command("bench", "--policy", "blind", "--suite", "tiny", "--workers", "1", "--out", other)
    said = command("compare", out / "expert", other)
    assert said.exit_code == 2
    assert "cannot be compared: seeds 3 and 1" in said.stderr
    about = out / "noop" / "run.json"
    about.write_text(about.read_text().replace('"version": "', '"version": "9.'))
    assert "version '0" in command("compare", out / "expert", out / "noop").stderr
    assert "holds several policies" in command("compare", out, other).stderr
    assert "holds no results" in command("compare", tmp_path, other).stderr


def test_two_policies_are_compared_on_the_same_episodes(kept):
    found = json.loads(command("compare", kept / "blind", kept / "expert", "--json").stdout)
    blind, expert = load(kept / "blind")[0], load(kept / "expert")[0]
    arms = {arm["arm"]: arm for arm in found["arms"]}
    assert arms["all arms"]["episodes"] == 18
    assert arms["all arms"]["second"] == 1.0
    assert arms["all arms"]["first"] == sum(r["score"] for r in blind.records) / 18
    assert arms["clean"]["difference"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert arms["clean"]["p"] == 1.0
    failed = [episode_key(r) for r in blind.records if not r["score"]]
    assert [change["episode"] for change in found["better"]] == failed
    assert (found["worse"], found["unpaired"]) == ([], 0)
    assert f"{expert.folder}#policy=expert&episode={failed[0]}" in found["better"][0]["see"]
    back = json.loads(command("compare", kept / "expert", kept / "blind", "--json").stdout)
    assert back["worse"] == [
        {**change, "see": ours["see"]}
        for change, ours in zip(found["better"], back["worse"], strict=True)
    ]
    assert "What only B solved" in command("compare", kept / "blind", kept / "expert").stdout


def test_a_policy_is_no_better_than_itself(kept):
    found = json.loads(command("compare", kept / "blind", kept / "blind", "--json").stdout)
    assert {(a["p"], *a["difference"].values()) for a in found["arms"]} == {(1.0, 0.0, 0.0, 0.0)}
    assert (found["better"], found["worse"]) == ([], [])
