"""Exports say what was said, to the letter, and load where they are meant to."""

import json
import re
from collections import Counter
from importlib.util import find_spec

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import (
    ChatCompletionFunctionToolParam,
    ChatCompletionMessageFunctionToolCallParam,
    ChatCompletionMessageParam,
)
from pydantic import BaseModel, ConfigDict, TypeAdapter
from typer.testing import CliRunner

from wildgym.benchmarks.__main__ import app
from wildgym.benchmarks.export.formats import text
from wildgym.benchmarks.export.metadata import content_hash
from wildgym.benchmarks.export.wanted import Wanted
from wildgym.envs.conversation import as_text
from wildgym.envs.scaffolds import READ, RUN
from wildgym.perturbations import REGISTRY, lessons
from wildgym.perturbations.factory import make
from wildgym.perturbations.splits import splits

EPISODES = 2 * 8 * 3 * 2
"""Tasks, seeds, arms and policies of the results that are exported."""

PLAYED = ("--expert", "--task", "shop/*", "--workers", "1")


def command(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)


def export(out, *arguments):
    result = command("export", "--out", out, *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in (out / "data.jsonl").read_text().splitlines()]


def refused(out, *arguments):
    result = command("export", "--out", out, *arguments)
    assert result.exit_code in (1, 2)
    assert not out.exists() or not list(out.glob("data.*"))
    return " ".join(result.output.split())


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Two policies on the same episodes, of both sides of the split."""
    out = tmp_path_factory.mktemp("results") / "train"
    policies = ("--policy", "expert", "--policy", "blind")
    for interface in ("text", "chat"):
        suite = ("--suite", "tiny", "--seeds", "8", "--split", "train", "--interface", interface)
        done = command("bench", "--out", out / interface, *policies, *suite, "--workers", "1")
        assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def recorded(results):
    """Every line of the text results, by policy."""
    return {
        policy: [
            json.loads(line)
            for line in (results / "text" / policy / "episodes.jsonl").read_text().splitlines()
        ]
        for policy in ("expert", "blind")
    }


def played(env, seed):
    """Let the expert play with reasons; return a record, and the whole conversation as shown."""
    shown, info = env.reset(seed=seed)
    act, end = env.expert(lessons=lessons()), {}
    while not end:
        shown, _, _, _, end = env.step(act(shown))
    turns = [
        {"action": t.action, "calls": t.calls, "observation": t.observation}
        for t in env.trajectory.turns
    ]
    record = {
        "opening": info["messages"],
        "interface": "text",
        "scaffold": info["variation"]["scaffold"],
        "transcript": turns,
    }
    return record, shown, end


def rendered(env, seed):
    record, shown, end = played(env, seed)
    assert end["score"] == 1
    segments = text(record, {})["segments"]
    wrote = [segment["text"] for segment in segments if segment["trained"]]
    assert wrote == [turn.action for turn in env.trajectory.turns]
    # The env sets off lines in a conversation that pass for a heading; exports do not need that.
    assert "".join(s["text"] for s in segments) == re.sub(
        r"^ (?=\[(?:system|user|assistant|tool)\]$)", "", shown, flags=re.MULTILINE
    )
    assert all(turn.thinking.strip() for turn in env.trajectory.turns)


@pytest.mark.parametrize("name", READ)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_masks_cover_what_the_policy_wrote_and_nothing_else(name, seed):
    scaffold = {"syntax": name, "placement": "random", "docs": "random"}
    rendered(make("api", perturbations="train", scaffold=scaffold, history="full"), seed)


@pytest.mark.parametrize("name", RUN)
def test_masks_cover_programs_that_run(name):
    env = make("api", tasks="shop/order_total", perturbations="none", scaffold=name, history="full")
    rendered(env, 3)


def test_chat_is_what_openai_takes(tmp_path, results):
    message = TypeAdapter(list[ChatCompletionMessageParam])
    tools = TypeAdapter(list[ChatCompletionFunctionToolParam])
    calls = TypeAdapter(list[ChatCompletionMessageFunctionToolCallParam])
    for n, source in enumerate([(results / "chat", "--trainable"), PLAYED]):
        rows = export(tmp_path / str(n), *source)
        for row in rows:
            message.validate_python(row["messages"])
            tools.validate_python(row["tools"], strict=True)
            called = [c for m in row["messages"] for c in m.get("tool_calls", ())]
            answered = [m["tool_call_id"] for m in row["messages"] if m["role"] == "tool"]
            assert [call["id"] for call in called] == answered
            assert all(isinstance(json.loads(c["function"]["arguments"]), dict) for c in called)
            calls.validate_python(called, strict=True)


@pytest.mark.parametrize("format", ["chat", "text", "preferences", "atif"])
def test_both_files_load_as_the_same_data(tmp_path, monkeypatch, format):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    import datasets  # late: it reads the environment

    datasets.disable_progress_bars()
    lines = export(tmp_path / "lines", *PLAYED, "--format", format)
    command("export", "--out", tmp_path / "table", *PLAYED, "--format", format, "--parquet")
    loaded = [
        datasets.load_dataset(str(tmp_path / name), cache_dir=str(tmp_path / "cache"))["train"]
        for name in ("lines", "table")
    ]
    assert loaded[0].features == loaded[1].features
    assert list(loaded[0]) == list(loaded[1]) == lines


def test_parquet_is_written_in_groups_and_does_not_depend_on_processes(tmp_path):
    rows = ("--expert", "--seeds", "3", "--parquet")
    files = []
    for workers in ("1", "2"):
        out = tmp_path / workers
        assert command("export", "--out", out, *rows, "--workers", workers).exit_code == 0
        files.append(out / "data.parquet")
    assert files[0].read_bytes() == files[1].read_bytes()
    file = pq.ParquetFile(files[0])
    assert file.num_row_groups == -(-file.metadata.num_rows // 256) > 1


def test_pairs_share_their_episode(tmp_path, results, recorded):
    rows = export(tmp_path / "pairs", results / "text", "--format", "preferences", "--trainable")
    assert rows
    by_id = {content_hash(r): r for policy in recorded.values() for r in policy}
    for row in rows:
        good, bad = (by_id[row[name]["id"]] for name in ("metadata", "rejected_metadata"))
        for same in ("task", "seed", "arm", "split", "variation", "opening"):
            assert good[same] == bad[same]
        assert row["prompt"] == good["opening"]
        assert good["score"] == 1 > bad["score"]
        assert good["acted"]
        for half, record in (("chosen", good), ("rejected", bad)):
            said = [m["content"] for m in row[half] if m["role"] == "assistant"]
            assert said == [turn["action"] for turn in record["transcript"]]


def test_the_expert_is_preferred_to_its_blind_twin(tmp_path):
    for row in export(tmp_path / "pairs", *PLAYED, "--format", "preferences"):
        assert row["metadata"]["policy"] == "expert"
        assert row["rejected_metadata"]["policy"] == "blind"
        assert row["metadata"]["reward"] == 1 > row["rejected_metadata"]["reward"]
        assert row["metadata"]["variation"] == row["rejected_metadata"]["variation"]


def test_the_datasheet_counts_what_the_file_has(tmp_path, results):
    out = tmp_path / "sheet"
    rows = [row["metadata"] for row in export(out, results / "text", "--trainable")]
    sheet = (out / "DATASHEET.md").read_text()
    assert f"{len(rows)} rows" in sheet
    tables = dict(re.findall(r"### By (.+?)\n\n(.*?)\n(?=\n|$)", sheet, re.DOTALL))
    for title, of in {
        "family": Counter(row["family"] for row in rows),
        "task": Counter(row["task"] for row in rows),
        "arm": Counter(row["arm"] for row in rows),
        "policy": Counter(row["policy"] for row in rows),
        "scaffold": Counter(row["scaffold"] for row in rows),
        "reward": Counter(f"{row['reward']:g}" for row in rows),
        "operator that was met": Counter(name for row in rows for name in row["operators"]),
    }.items():
        told = re.findall(r"^\| (\S+) \| (\d+) \|$", tables[title], re.MULTILINE)
        assert {name: int(count) for name, count in told} == of


def test_nothing_held_out_is_exported_unasked(tmp_path, results):
    told = refused(tmp_path / "a", results / "text")
    assert re.search(rf"\d+ of {EPISODES} episodes are held out of training .*--allow-test", told)
    assert "held-out operators" in refused(tmp_path / "b", "--expert", "--mix", "all")
    assert "held-out scaffolds" in refused(
        tmp_path / "c", "--expert", "--scaffold", "all", "--format", "text"
    )
    assert "the split test" in refused(tmp_path / "d", "--expert", "--split", "test")
    held = set(splits().operators("heldout"))
    kept = export(tmp_path / "e", results / "text", "--trainable", "--duplicates")
    everything = export(tmp_path / "f", results / "text", "--allow-test", "--duplicates")
    assert not any(held & {*row["metadata"]["operators"]} for row in kept)
    assert len(kept) < len(everything) == EPISODES
    assert "NOT FOR TRAINING" in (tmp_path / "f" / "DATASHEET.md").read_text()


def test_filters_part_the_episodes(tmp_path, results, recorded):
    every = (results / "text", "--allow-test", "--duplicates")
    number = Counter(row["metadata"]["arm"] for row in export(tmp_path / "every", *every))
    halves = [export(tmp_path / half, *every, f"--{half}") for half in ("solved", "failed")]
    assert [{row["metadata"]["reward"] == 1 for row in half} for half in halves] == [
        {True},
        {False},
    ]
    assert sum(map(len, halves)) == sum(number.values())
    arms = export(tmp_path / "arms", *every, "--arm", "clean", "--arm", "tool_info")
    assert len(arms) == number["clean"] + number["tool_info"]
    axis = export(tmp_path / "axis", *every, "--axis", "tool_info", "--policy", "blind")
    wanted = [
        record
        for record in recorded["blind"]
        if any(
            REGISTRY[p["name"]].axis == "tool_info" for p in record["variation"]["perturbations"]
        )
    ]
    assert len(axis) == len(wanted) > 0
    assert len(export(tmp_path / "few", *every, "--limit", "7")) == 7
    twice = export(tmp_path / "twice", *every, results / "text")
    once = export(tmp_path / "once", results / "text", results / "text", "--allow-test")
    assert len(twice) == 2 * EPISODES
    assert len(once) == len({row["metadata"]["id"] for row in twice}) <= EPISODES


@given(least=st.floats(0, 1), score=st.floats(0, 1))
def test_the_least_reward_is_the_least(least, score):
    record = {
        "invalid": None,
        "score": score,
        "variation": {"perturbations": []},
        "policy": "",
        "family": "",
        "arm": "",
        "split": "train",
    }
    assert Wanted(least=least).fits(record) == (score >= least)
    assert not Wanted(least=least).fits({**record, "invalid": "broken"})


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda whole: whole[:-9], "line 48, is truncated"),
        (lambda whole: b"nonsense\n" + whole, "line 1, is damaged"),
        (lambda whole: b'{"prompt": "foreign"}\n' + whole, "line 1, is damaged"),
    ],
)
def test_a_file_that_is_none_is_named_with_its_line(tmp_path, results, spoil, told):
    folder = tmp_path / "run" / "expert"
    folder.mkdir(parents=True)
    source = results / "text" / "expert"
    (folder / "run.json").write_text((source / "run.json").read_text())
    (folder / "episodes.jsonl").write_bytes(spoil((source / "episodes.jsonl").read_bytes()))
    assert told in refused(tmp_path / "out", tmp_path / "run")


def test_misuse_is_said_in_a_line(tmp_path, results):
    assert "holds no results" in refused(tmp_path / "a", tmp_path)
    assert "no operator 'paginat'; there are, among others, paginate" in refused(
        tmp_path / "a", "--expert", "--operator", "paginat"
    )
    assert "no mix 'trian'" in refused(tmp_path / "a", "--expert", "--mix", "trian")
    assert "give folders of results, or --expert" in refused(tmp_path / "a")
    assert "no text" in refused(tmp_path / "a", results / "chat", "--format", "text")
    assert "a pair has one" in refused(
        tmp_path / "a", results / "text", "--format", "preferences", "--solved"
    )
    assert "no episode fits" in refused(tmp_path / "a", *PLAYED, "--failed")
    export(tmp_path / "b", *PLAYED, "--limit", "1")
    again = command("export", "--out", tmp_path / "b", *PLAYED)
    assert "is there already" in again.output


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Call(Strict):
    tool_call_id: str
    function_name: str
    arguments: dict


class Result(Strict):
    source_call_id: str | None = None
    content: str


class Observation(Strict):
    results: list[Result]


class Step(Strict):
    step_id: int
    source: str
    message: str
    reasoning_content: str | None = None
    tool_calls: list[Call] | None = None
    observation: Observation | None = None


class Trajectory(Strict):
    """Harbor 0.26's model, as far as exports use it: each field there forbids others."""

    schema_version: str
    session_id: str
    trajectory_id: str
    agent: dict
    steps: list[Step]
    final_metrics: dict
    extra: dict


def test_atif_is_what_harbor_reads(tmp_path, results):
    rows = export(tmp_path / "play", *PLAYED, "--format", "atif")
    for interface in ("text", "chat"):
        out = tmp_path / interface
        rows += export(out, results / interface, "--trainable", "--format", "atif")
    for row in rows:
        read = Trajectory.model_validate(row)
        assert read.schema_version == "ATIF-v1.8"
        assert [step.step_id for step in read.steps] == [*range(1, len(read.steps) + 1)]
        assert row["agent"].keys() <= {"name", "version", "tool_definitions"}
        for step in read.steps:
            assert step.source in ("system", "user", "agent")
            assert (step.observation is not None) == (step.source == "agent")
            made = {call.tool_call_id for call in step.tool_calls or ()}
            seen = step.observation.results if step.observation else ()
            assert {r.source_call_id for r in seen} <= made | {None}
    if find_spec("harbor"):  # It is no dependency: it wants Python 3.12, and brings 400 MB.
        from harbor.models.trajectories.trajectory import Trajectory as Real

        for row in rows:
            Real.model_validate(row)


def test_the_rendered_opening_is_the_first_observation(tmp_path, recorded, results):
    rows = export(tmp_path / "text", results / "text", "--format", "text", "--trainable")
    openings = {content_hash(r): as_text(r["opening"]) for rs in recorded.values() for r in rs}
    for row in rows:
        told = "".join(segment["text"] for segment in row["segments"])
        assert told.startswith(openings[row["metadata"]["id"]] + "\n\n[assistant]\n")
