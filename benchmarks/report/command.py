"""`wildgym report`: the results of runs as Markdown, and as a page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from wildgym.benchmarks.errors import Halted, Misuse, plainly
from wildgym.benchmarks.metrics import PolicyMetrics, metrics
from wildgym.benchmarks.report.grids import grids
from wildgym.benchmarks.report.page import page, played_by
from wildgym.benchmarks.report.tables import Grid, markdown
from wildgym.benchmarks.runs import comparable, load
from wildgym.benchmarks.viewer.index import labels


@plainly()
def report(
    folders: Annotated[
        list[Path], Argument(metavar="DIR...", help="What `bench --out` named, or a part of it.")
    ],
    out: Annotated[
        Path | None, Option(help="The folder for the report; of one DIR, it is that.")
    ] = None,
) -> None:
    """Write report.md and report.html, from the results of runs of the same suite."""
    if out is None and len(folders) > 1:
        raise Misuse("there are several folders; name one for the report by --out")
    runs = load(*folders)
    comparable(runs)
    measured = {
        label: metrics(run.setting, run.records)
        for label, run in zip(labels(runs), runs, strict=True)
    }
    for path in publish(measured, runs[0].about, out or folders[0]):
        typer.echo(path)


def publish(
    policies: Mapping[str, PolicyMetrics], about: Mapping[str, Any], folder: Path
) -> Sequence[Path]:
    """Write a report into a folder; return the files.

    Args:
        policies: What was measured, by what each policy goes by.
        about: What `run.json` says of one of them.
        folder: Where to.

    Raises:
        Halted: It cannot be written there.
        Misuse: What draws it is not installed.
    """
    named = [
        replace(found, setting=replace(found.setting, policy=label))
        for label, found in policies.items()
    ]
    texts = {
        "report.md": markdown([_runs(policies, about), *grids(named)]),
        "report.html": page(policies, about),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Halted(f"cannot write to {folder}: {error.strerror}") from None
    return [folder / name for name in texts]


def _runs(policies: Mapping[str, PolicyMetrics], about: Mapping[str, Any]) -> Grid:
    """Return what the numbers are of, and by which command each policy was played."""
    return Grid(
        f"wildgym: {about['suite']}",
        ("policy", "played by"),
        [(label, played_by(found.setting)) for label, found in policies.items()],
        f"Suite digest {about['suite_digest']}, wildgym {about['version']}.",
    )
