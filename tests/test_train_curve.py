"""The curve of training runs is drawn of runs that are alike, and of no others."""

import json

import pytest
from typer.testing import CliRunner

from wildgym.benchmarks.train.__main__ import app


def ran(folder, seed, rewards, ends=(0.1, 0.5), **about):
    """Write what a run leaves."""
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({"steps": len(rewards), "seed": seed, **about}))
    lines = [{"step": 0, "eval_reward": ends[0]}]
    lines += [{"step": n, "reward": reward} for n, reward in enumerate(rewards, 1)]
    lines += [{"step": len(rewards), "eval_reward": end} for end in ends[1:]]
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def drawn(*arguments):
    return CliRunner().invoke(app, ["curve", *map(str, arguments)])


def test_runs_that_differ_in_their_seeds_are_drawn(tmp_path):
    runs = [ran(tmp_path / f"{seed}", seed, [0.1 * seed, 0.25, 0.5]) for seed in range(3)]
    result = drawn(*runs, "--out", tmp_path / "curve.png")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    figures = json.loads((tmp_path / "curve.json").read_text())
    assert figures["run"] == {"steps": 3}
    assert [one["rewards"][0] for one in figures["seeds"]] == [0.0, 0.1, 0.2]
    assert figures["seeds"][2]["held_out"] == {"before": 0.1, "after": 0.5}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"rewards": [0.5, 0.5]}, "another steps"),
        ({"rewards": [0.5], "ends": (0.1,)}, "is not finished"),
        ({"rewards": [0.5], "group": 3}, "another group"),
    ],
)
def test_what_cannot_be_drawn_together_is_said(tmp_path, other, said):
    runs = [ran(tmp_path / "a", 0, [0.5]), ran(tmp_path / "b", 1, **other)]
    result = drawn(*runs, "--out", tmp_path / "curve.png")
    assert result.exit_code == 2
    assert said in result.output
    assert "holds no run" in drawn(tmp_path, "--out", tmp_path / "curve.png").output
