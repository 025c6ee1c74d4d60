"""`wildgym bench`: policies through a suite, to a folder of records and a report."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Option

from wildgym.benchmarks.callables import PYTHON
from wildgym.benchmarks.certify import certified
from wildgym.benchmarks.errors import Misuse, plainly
from wildgym.benchmarks.estimate import Prices, planned
from wildgym.benchmarks.jobs import Means, measure
from wildgym.benchmarks.metrics import PolicyMetrics
from wildgym.benchmarks.report import grids, show, summary
from wildgym.benchmarks.report.command import publish
from wildgym.benchmarks.report.page import drawable
from wildgym.benchmarks.runs import described
from wildgym.benchmarks.suites import MODEL, Setting, plan
from wildgym.benchmarks.suites import suite as found


@plainly()
def bench(
    out: Annotated[Path, Option(help="The folder for the results; the same one continues a run.")],
    policy: Annotated[
        list[str] | None,
        Option(
            help=f"expert, blind, noop, random, {MODEL}MODEL or {PYTHON}MODULE:FUNCTION;"
            " can be repeated."
        ),
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
    sandboxes: Annotated[
        int, Option(min=1, help="Of these, how many envs do something at once.")
    ] = os.cpu_count() or 1,
    timeout: Annotated[float, Option(min=0.1, help="Seconds for a reply of a model.")] = 300.0,
    retries: Annotated[int, Option(min=0, help="For requests that fail.")] = 5,
    requests_per_minute: Annotated[
        float | None, Option(min=0.01, help="Sent to a model at most.")
    ] = None,
    tokens_per_minute: Annotated[
        float | None, Option(min=1, help="Of a model at most, prompts and replies.")
    ] = None,
    price_prompt: Annotated[
        float | None, Option(min=0, help="Of a million tokens of prompts, for the estimate.")
    ] = None,
    price_completion: Annotated[
        float | None, Option(min=0, help="Of a million tokens of replies.")
    ] = None,
    yes: Annotated[bool, Option("--yes", help="Do not ask before a long run.")] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Say how much it is, and stop.")] = False,
    ray: Annotated[
        str | None, Option(help="Play on the Ray cluster at an address, or `auto` or `local`.")
    ] = None,
    max_tokens: Annotated[int, Option(min=0, help="In a reply; 0: up to the endpoint.")] = 4096,
    temperature: Annotated[float | None, Option(min=0, help="Unset: up to the endpoint.")] = None,
    max_replies: Annotated[
        int | None, Option(min=1, help="In an episode, after which a model gives up.")
    ] = None,
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
            max_replies=max_replies if name.startswith(MODEL) else None,
        )
        for name in dict.fromkeys(policy)
    ]
    if dry_run:
        for setting in settings:
            typer.echo(planned(setting, plan(setting)))
        return
    means = Means(
        workers=workers,
        concurrency=concurrency,
        sandboxes=sandboxes,
        base_url=base_url,
        timeout=timeout,
        retries=retries,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        prices=Prices(price_prompt, price_completion),
        yes=yes,
        ray=ray,
    )
    drawable()
    measured = measure(settings, out, means)
    _publish(measured, out, as_json)


def _publish(measured: Sequence[PolicyMetrics], folder: Path, as_json: bool) -> None:
    policies = {found.setting.policy: found for found in measured}
    publish(policies, described(measured[0].setting), folder)
    if as_json:
        typer.echo(json.dumps({"policies": [summary(policy) for policy in measured]}))
    else:
        show(grids(measured, most=10))
