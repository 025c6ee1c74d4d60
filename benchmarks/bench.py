"""`wildgym bench`: policies through a suite, to a folder of records and a report."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Option

from wildgym.benchmarks.certify import certified
from wildgym.benchmarks.errors import Halted, Misuse, plainly
from wildgym.benchmarks.jobs import Means, measure
from wildgym.benchmarks.metrics import PolicyMetrics
from wildgym.benchmarks.report import grids, markdown, show, summary
from wildgym.benchmarks.suites import MODEL, Setting
from wildgym.benchmarks.suites import suite as found


@plainly()
def bench(
    out: Annotated[Path, Option(help="The folder for the results; the same one continues a run.")],
    policy: Annotated[
        list[str] | None,
        Option(help=f"expert, blind, noop, random or {MODEL}MODEL; can be repeated."),
    ] = None,
    suite: Annotated[str, Option(help="See `wildgym list suites`.")] = "core",
    seeds: Annotated[
        int | None, Option(min=1, help="Scenarios of each task; unset: as the suite has it.")
    ] = None,
    reruns: Annotated[int, Option(min=1, help="How often each episode is played.")] = 1,
    interface: Annotated[Literal["text", "chat"], Option(help="What the agent sees.")] = "text",
    scaffold: Annotated[str | None, Option(help="See `wildgym list scaffolds`.")] = None,
    split: Annotated[Literal["train", "test"], Option(help="Which scenarios.")] = "test",
    max_turns: Annotated[int, Option(min=1, help="Actions in an episode.")] = 400,
    limit: Annotated[int | None, Option(min=1, help="Scenarios in all.")] = None,
    workers: Annotated[int, Option(min=1, help="Processes for programs.")] = os.cpu_count() or 1,
    base_url: Annotated[str | None, Option(help="Where the model is; mostly ends in /v1.")] = None,
    concurrency: Annotated[int, Option(min=1, help="Episodes at once for a model.")] = 16,
    timeout: Annotated[float, Option(min=0.1, help="Seconds for a reply of a model.")] = 300.0,
    retries: Annotated[int, Option(min=0, help="For requests that fail.")] = 5,
    max_tokens: Annotated[int, Option(min=0, help="In a reply; 0: up to the endpoint.")] = 4096,
    temperature: Annotated[float | None, Option(min=0, help="Unset: up to the endpoint.")] = None,
    as_json: Annotated[bool, Option("--json", help="Print the summary as JSON.")] = False,
    certify: Annotated[
        bool, Option("--certify", help="Instead, certify all operators, to the file --out.")
    ] = False,
    operator: Annotated[
        list[str] | None, Option(help="Certify these alone, anew, in what the file has.")
    ] = None,
) -> None:
    """Play policies through a suite and report. The same command continues a run that stopped."""
    if certify:
        certified(out, seeds or 1, workers, operator or ())
        return
    if not policy:
        raise Misuse("give at least one --policy, or --certify")
    if interface == "chat" and scaffold is not None:
        raise Misuse("the chat interface has no scaffolds; leave out --scaffold")
    settings = [
        Setting(
            suite=suite,
            policy=name,
            seeds=seeds or found(suite).seeds,
            reruns=reruns,
            interface=interface,
            scaffold=scaffold or "hermes",
            split=split,
            max_turns=max_turns,
            limit=limit,
            max_tokens=(max_tokens or None) if name.startswith(MODEL) else None,
            temperature=temperature if name.startswith(MODEL) else None,
        )
        for name in dict.fromkeys(policy)
    ]
    measured = measure(settings, out, Means(workers, concurrency, base_url, timeout, retries))
    _publish(measured, out / "report.md", as_json)


def _publish(measured: Sequence[PolicyMetrics], path: Path, as_json: bool) -> None:
    try:
        path.write_text(markdown(grids(measured)), encoding="utf-8")
    except OSError as error:
        raise Halted(f"cannot write {path}: {error.strerror}") from None
    if as_json:
        typer.echo(json.dumps({"policies": [summary(policy) for policy in measured]}))
    else:
        show(grids(measured, most=10))
