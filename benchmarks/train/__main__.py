"""`python -m wildgym.benchmarks.train`: a model learns by GRPO on episodes of `wildgym/Api-v0`."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from wildgym.benchmarks.errors import lacking, plainly
from wildgym.benchmarks.train.setting import TASKS, Setting

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


@app.command()
@plainly()
def run(
    out: Annotated[Path, Option(help="A new folder for what comes of it.")],
    seed: Annotated[int, Option(min=0, help="Of weights, episodes and samples.")] = 0,
    model: Annotated[
        str | None, Option(help="A checkpoint's folder or id; unset: a small one, made here.")
    ] = None,
    task: Annotated[
        list[str] | None, Option(help="A glob over tasks; can be repeated. Unset: four look-ups.")
    ] = None,
    perturbations: Annotated[str, Option(help="The name of a mix.")] = "none",
    max_turns: Annotated[int, Option(min=1, help="Actions in an episode.")] = 3,
    imitated: Annotated[
        int | None,
        Option(min=0, help="Steps of imitating the expert first, at most; none with --model."),
    ] = None,
    until: Annotated[
        float, Option(min=0, help="The loss at which that ends: much is left to be learnt.")
    ] = 0.25,
    steps: Annotated[int, Option(min=1, help="Of GRPO.")] = 150,
    groups: Annotated[int, Option(min=1, help="Episodes in a step.")] = 8,
    group: Annotated[int, Option(min=2, help="Rollouts of each.")] = 16,
    learning_rate: Annotated[
        float | None, Option(min=0, help="Of GRPO; unset: 3e-4, 1e-6 with --model.")
    ] = None,
    longest: Annotated[int, Option(min=1, help="Tokens after the opening.")] = 160,
    measured: Annotated[
        int, Option(min=1, help="Held-out episodes, played before and after.")
    ] = 128,
    threads: Annotated[int | None, Option(min=1, help="Of the processor; unset: all.")] = None,
) -> None:
    """Train, and write what each step brought."""
    try:
        import torch

        from wildgym.benchmarks.train.grpo import Steps
        from wildgym.benchmarks.train.learning import Beginning, learn
    except ImportError:
        raise lacking("trl", "trl") from None
    if threads is not None:
        torch.set_num_threads(threads)
    if imitated is None:
        imitated = 0 if model else Beginning.imitated
    if learning_rate is None:
        learning_rate = 1e-6 if model else Steps.learning_rate
    learn(
        Beginning(model, imitated=imitated, until=until),
        Setting(tuple(task or TASKS), max_turns=max_turns, perturbations=perturbations),
        Steps(steps, groups, group, learning_rate, longest, measured, seed),
        out,
    )


@app.command()
@plainly()
def curve(
    runs: Annotated[list[Path], Argument(help="Folders that `run` wrote, one for each seed.")],
    out: Annotated[Path, Option(help="The picture; the figures go beside it, as JSON.")],
) -> None:
    """Draw the rewards of runs that differ in their seeds alone."""
    try:
        from wildgym.benchmarks.train.curve import draw
    except ImportError:
        raise lacking("matplotlib") from None
    draw(runs, out)


if __name__ == "__main__":
    app()
