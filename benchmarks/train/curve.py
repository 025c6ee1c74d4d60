"""The picture of a training run: the reward of each step, for every seed and their mean."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from wildgym.benchmarks.errors import Misuse

_AROUND = 7
"""How many steps before and after have a part in a point: one alone has few episodes."""

_OWN = ("seed",)


def draw(runs: Sequence[Path], out: Path) -> None:
    """Draw runs that differ in their seeds alone, and write their figures beside the picture.

    Args:
        runs: The folders.
        out: The picture's file, such as a PNG.

    Raises:
        Misuse: A folder holds no run, or they were run otherwise.
    """
    read = [_read(run) for run in runs]
    about = {name: value for name, value in read[0]["run"].items() if name not in _OWN}
    for run, one in zip(runs, read, strict=True):
        for name in sorted({*about, *one["run"]} - {*_OWN}):
            if one["run"].get(name) != about.get(name):
                raise Misuse(f"{run} was run with another {name} than {runs[0]}")
    shortest = min(len(one["rewards"]) for one in read)
    curves = np.array([_smooth(one["rewards"][:shortest]) for one in read])
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    at = np.arange(1, shortest + 1)
    for one, curve in zip(read, curves, strict=True):
        axes.plot(at, curve, linewidth=1, alpha=0.55, label=f"seed {one['run']['seed']}")
    axes.plot(at, curves.mean(axis=0), color="black", linewidth=2, label="mean")
    before, after = (
        float(np.mean([one["held_out"][end] for one in read])) for end in ("before", "after")
    )
    axes.plot([0, shortest], [before, after], "kD", label="held-out scenarios, mean")
    axes.set(xlabel="step of GRPO", ylabel="episodes solved", ylim=(0, 1))
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    figure.savefig(out, dpi=130)
    figures = {
        "run": about,
        "seeds": [
            {
                "seed": one["run"]["seed"],
                "held_out": one["held_out"],
                "rewards": [round(reward, 4) for reward in one["rewards"]],
            }
            for one in read
        ],
    }
    out.with_suffix(".json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _read(run: Path) -> dict[str, Any]:
    try:
        about = json.loads((run / "run.json").read_text(encoding="utf-8"))
        lines = (run / "log.jsonl").read_text(encoding="utf-8").splitlines()
        logged = [json.loads(line) for line in lines]
    except (OSError, ValueError):
        raise Misuse(f"{run} holds no run: `run` writes run.json and log.jsonl") from None
    held_out = [line["eval_reward"] for line in logged if "eval_reward" in line]
    if len(held_out) < 2:
        raise Misuse(f"{run} is not finished")
    return {
        "run": about,
        "rewards": [line["reward"] for line in logged if "reward" in line],
        "held_out": {"before": held_out[0], "after": held_out[-1]},
    }


def _smooth(rewards: Sequence[float]) -> list[float]:
    """Return the mean of each step and those around it, fewer towards both ends."""
    around = [rewards[max(0, n - _AROUND) : n + _AROUND + 1] for n in range(len(rewards))]
    return [fmean(some) for some in around]
