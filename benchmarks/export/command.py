"""`wildgym export`: results, or the expert's own episodes, as a data set for training."""

import os
from collections import Counter
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from wildgym.benchmarks.errors import Misuse, lacking, plainly
from wildgym.benchmarks.export import played, recorded
from wildgym.benchmarks.export.metadata import held_out
from wildgym.benchmarks.export.played import Play
from wildgym.benchmarks.export.wanted import Wanted
from wildgym.benchmarks.export.write import Made, write
from wildgym.benchmarks.run import processes
from wildgym.perturbations import AXES, REGISTRY

Format = Literal["chat", "text", "preferences", "atif", "inspect"]
Wire = Literal["text", "chat"]
Split = Literal["train", "test"]
_NAMED = list[str] | None


@plainly()
def export(
    folders: Annotated[
        list[Path] | None, Argument(help="Folders of results, as `wildgym bench` wrote them.")
    ] = None,
    out: Annotated[Path, Option(help="A new folder for the data.")] = Path("data"),
    expert: Annotated[bool, Option("--expert", help="Let the expert play instead.")] = False,
    format: Annotated[Format, Option(help="What a row is.")] = "chat",
    parquet: Annotated[bool, Option("--parquet", help="Write Parquet, not JSON Lines.")] = False,
    solved: Annotated[bool, Option("--solved", help="Only episodes that were solved.")] = False,
    failed: Annotated[bool, Option("--failed", help="Only episodes that were not.")] = False,
    min_reward: Annotated[float | None, Option(help="The least reward.")] = None,
    policy: Annotated[_NAMED, Option(help="Only of these policies; can be repeated.")] = None,
    family: Annotated[_NAMED, Option(help="Only these families; the expert plays api.")] = None,
    arm: Annotated[_NAMED, Option(help="Only these arms.")] = None,
    split: Annotated[Split | None, Option(help="Only this split; the expert plays train.")] = None,
    axis: Annotated[_NAMED, Option(help="Only with an operator of these axes.")] = None,
    operator: Annotated[_NAMED, Option(help="Only with one of these operators.")] = None,
    trainable: Annotated[bool, Option("--trainable", help="Leave out what is held out.")] = False,
    allow_test: Annotated[
        bool, Option("--allow-test", help="Export what is held out of training, too.")
    ] = False,
    duplicates: Annotated[bool, Option("--duplicates", help="Keep duplicates.")] = False,
    limit: Annotated[int | None, Option(min=1, help="Rows, at most.")] = None,
    task: Annotated[_NAMED, Option(help="For --expert: globs over tasks.")] = None,
    seeds: Annotated[int, Option(min=1, help="For --expert: scenarios of each task.")] = 1,
    first_seed: Annotated[int, Option(min=0, help="For --expert: the first.")] = 0,
    mix: Annotated[str, Option(help="For --expert: see `wildgym list mixes`.")] = "train",
    scaffold: Annotated[str, Option(help="For --expert: see `wildgym list scaffolds`.")] = "train",
    interface: Annotated[Wire | None, Option(help="For --expert: what it plays in.")] = None,
    workers: Annotated[int, Option(min=1, help="For --expert: processes.")] = os.cpu_count() or 1,
) -> None:
    """Write trajectories as training data, with a datasheet; `datasets` loads the folder."""
    if expert == bool(folders):
        raise Misuse("give folders of results, or --expert")
    if format == "text" and interface == "chat":
        raise Misuse(_NO_TEXT)
    if format == "inspect" and (expert or parquet):
        raise Misuse("a log of Inspect is made of results: give folders, without --parquet")
    if format == "preferences" and (solved or failed):
        raise Misuse("a pair has one that solved the episode and one that did not; leave it open")
    wanted = Wanted(
        least=max(1.0 if solved else 0.0, min_reward or 0.0) or None,
        most=1.0 if failed else None,
        policies=tuple(policy or ()),
        families=tuple(family or ()),
        arms=tuple(arm or ()),
        splits=(split,) if split else (),
        axes=_known("axis", axis or (), AXES),
        operators=_known("operator", operator or (), REGISTRY),
        trainable=trainable,
    )
    made = Made(out, format, parquet, limit, duplicates)
    if folders:
        _export_results(recorded.places(folders, wanted), made, allow_test)
        return
    plays = [
        Play(
            family=name,
            tasks=tuple(task or "*"),
            seeds=range(first_seed, first_seed + seeds),
            mix=mix,
            scaffold=scaffold,
            interface=interface or ("text" if format == "text" else "chat"),
            split=split or "train",
            format=format,
            wanted=wanted,
        )
        for name in family or ["api"]
    ]
    _export_plays(plays, made, allow_test, workers)


def _export_results(found: Sequence[recorded.Place], made: Made, allow_test: bool) -> None:
    if made.format == "inspect":
        _export_logs(found[: made.limit], made.out)
        return
    if made.format == "text" and any(place.record["interface"] == "chat" for place in found):
        raise Misuse(_NO_TEXT)
    write(recorded.rows(found, made.format), made, _held_out(found, allow_test))


def _export_logs(found: Sequence[recorded.Place], out: Path) -> None:
    """Write logs, which are there to be looked at: what is held out is in them."""
    try:
        from wildgym.benchmarks.export.inspect import write_logs
    except ImportError:
        raise lacking("inspect-ai", "inspect") from None
    write_logs(found, out)


def _export_plays(plays: Sequence[Play], made: Made, allow_test: bool, workers: int) -> None:
    held = _held_out_of_plays(plays, allow_test)
    with processes(workers) as pool:
        each = (played.rows(play, pool, 2 * workers) for play in plays)
        write(chain.from_iterable(each), made, held)


def _known(what: str, names: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.4) or sorted(known)[:5]
            raise Misuse(f"there is no {what} {name!r}; there are, among others, {', '.join(near)}")
    return tuple(names)


_NO_TEXT = "the chat interface has no text to be rendered; take --format chat for its episodes"
_HOW = "leave it out with --trainable, or export it all the same with --allow-test"


def _held_out(found: Sequence[recorded.Place], allowed: bool) -> str:
    """Return what is said of what is held out; raise Misuse where it must not be exported."""
    why = Counter(filter(None, (held_out(place.record) for place in found)))
    if not why:
        return "nothing that is held out is inside"
    told = ", ".join(f"{count} by {what}" for what, count in sorted(why.items()))
    if not allowed:
        raise Misuse(
            f"{why.total()} of {len(found)} episodes are held out of training ({told}); {_HOW}"
        )
    return f"NOT FOR TRAINING: {why.total()} of {len(found)} episodes ({told}), by --allow-test"


def _held_out_of_plays(plays: Sequence[Play], allowed: bool) -> str:
    why = next(filter(None, (play.held_out() for play in plays)), "")
    if not why or plays[0].wanted.trainable:
        return "nothing that is held out is inside"
    if not allowed:
        raise Misuse(f"this would play what is held out of training ({why}); {_HOW}")
    return f"NOT FOR TRAINING: played with what is held out ({why}), by --allow-test"
