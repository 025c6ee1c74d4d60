"""Folders of results, read: what was measured, and every episode but for its transcript."""

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.errors import Misuse
from wildgym.benchmarks.suites import SUITES, Episode, Setting, plan

EPISODES = "episodes.jsonl"
ABOUT = "run.json"

_BULKY = ("opening", "tools", "transcript")
_IDENTITY = tuple(field.name for field in fields(Episode))
_OF_RUN = ("suite", "policy", "split", "interface")
_SAME = ("suite", "suite_digest", "version", "split", "seeds", "reruns", "limit", "max_turns")
"""What has to be equal for numbers to be set beside each other. How a policy is hooked up, by which
interface and scaffold, is a part of the policy."""


class _Ended(TypedDict):
    """What every record has that numbers are made of."""

    score: float
    stopped: str | None
    invalid: str | None
    given: str | None
    right: str | None
    expert_calls: int | None
    lures: dict[str, bool]
    usage: dict[str, float]


class _Played(_Ended):
    """What a record has besides if its episode was played to an end."""

    variation: dict[str, Any]
    acted: list[str]
    turns: int
    calls: int
    unreadable: int


_ENDED, _PLAYED = TypeAdapter(_Ended), TypeAdapter(_Played)


@dataclass(frozen=True, slots=True)
class Run:
    """One policy's results.

    Attributes:
        setting: What was measured.
        version: Of the package that played it.
        suite_digest: Of the suite that was played.
        folder: Where it is.
        records: The episodes that there are, in the order of the plan, without their transcripts.
        offsets: Where the line of each begins in the file, in bytes.
    """

    setting: Setting
    version: str
    suite_digest: str
    folder: Path
    records: Sequence[Record]
    offsets: Sequence[int]

    @property
    def about(self) -> dict[str, Any]:
        """What `run.json` says."""
        return {
            **asdict(self.setting),
            "version": self.version,
            "suite_digest": self.suite_digest,
        }

    def whole(self, index: int) -> Record:
        """Return a record with its transcript."""
        with (self.folder / EPISODES).open("rb") as file:
            file.seek(self.offsets[index])
            record: Record = json.loads(file.readline())
        return record


class Truncated(Misuse):
    """The last line of a file was never finished.

    Attributes:
        whole: How many bytes come before it.
    """

    def __init__(self, place: str, whole: int) -> None:
        super().__init__(f"{place}, is truncated; the same `wildgym bench` command continues it")
        self.whole = whole


def load(*folders: Path) -> list[Run]:
    """Return every run in folders of results, in the order of the folders and of their names.

    Raises:
        Misuse: A folder holds no results, or such as are damaged, truncated, or of other episodes
            than this package's; the message names the file and line.
    """
    return [_run(path.parent) for folder in folders for path in _found(folder)]


def comparable(runs: Sequence[Run]) -> None:
    """Raise Misuse unless all runs are of the same episodes; the message says what differs."""
    if not runs:
        return
    first, *others = runs
    wanted = first.about
    for run in others:
        found = run.about
        differing = [
            f"{name} {wanted[name]!r} and {found[name]!r}"
            for name in _SAME
            if wanted[name] != found[name]
        ]
        if differing:
            raise Misuse(
                f"{first.folder} and {run.folder} cannot be compared: {', '.join(differing)}"
            )


def described(setting: Setting) -> dict[str, Any]:
    """Return what `run.json` says of a run by this package."""
    digest = SUITES[setting.suite].digest
    return {**asdict(setting), "version": version("wildgym"), "suite_digest": digest}


def read(path: Path, setting: Setting) -> Iterator[tuple[int, Record]]:
    """Yield where each line of a file of results begins, and what it holds but for transcripts.

    Raises:
        Misuse: A line is damaged, or of no episode of this run.
        Truncated: The last line was never finished.
    """
    planned, at = frozenset(plan(setting)), 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            place = f"{path}, line {number}"
            if not line.endswith(b"\n"):
                raise Truncated(place, at)
            yield at, _record(line, place, setting, planned)
            at += len(line)


def episode_of(record: Mapping[str, Any]) -> Episode:
    """Return which episode a record is of."""
    return Episode(**{name: record[name] for name in _IDENTITY})


def episode_key(record: Mapping[str, Any]) -> str:
    """Return the name that the episode of a record goes by in links and lists."""
    return episode_of(record).key


def brief(record: Record) -> Record:
    """Return a record without what takes up much room."""
    return {name: value for name, value in record.items() if name not in _BULKY}


def _found(folder: Path) -> Sequence[Path]:
    found = sorted([*folder.glob(EPISODES), *folder.glob(f"*/{EPISODES}")])
    if not found:
        raise Misuse(f"{folder} holds no results: no {EPISODES} is in it, or one folder below")
    return found


def _run(folder: Path) -> Run:
    setting, made_by, digest = _about(folder / ABOUT)
    found: dict[Episode, tuple[Record, int]] = {}
    for offset, record in read(folder / EPISODES, setting):
        # An episode that came out invalid was played again, further down.
        found[episode_of(record)] = record, offset
    ordered = [found[episode] for episode in plan(setting) if episode in found]
    records, offsets = [record for record, _ in ordered], [offset for _, offset in ordered]
    return Run(setting, made_by, digest, folder, records, offsets)


def _about(path: Path) -> tuple[Setting, str, str]:
    """Return the setting, version and digest that a file tells of."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        made_by, digest = told.pop("version"), told.pop("suite_digest")
        setting = Setting(**told)
        plan(setting)
    except OSError as error:
        raise Misuse(f"cannot read {path}, which tells of the run: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Misuse(f"{path} is damaged, or of another version of wildgym") from None
    own = SUITES[setting.suite].digest
    if digest != own:
        raise Misuse(
            f"{path} is of the suite {setting.suite} with the digest {digest}, and this version of"
            f" wildgym has {own}; read it with version {made_by}"
        )
    return setting, made_by, digest


def _record(line: bytes, place: str, setting: Setting, planned: Container[Episode]) -> Record:
    try:
        record: Record = json.loads(line)
        episode = episode_of(record)
        foreign = episode not in planned
        (_PLAYED if record["invalid"] is None else _ENDED).validate_python(record, strict=True)
    except ValidationError as error:
        raise Misuse(f"{place}, is damaged: {'; '.join(_wrong(error))}") from None
    except (ValueError, KeyError, TypeError):
        raise Misuse(f"{place}, is damaged: no record of an episode") from None
    others = [
        f"{name} {record.get(name)!r} (here {getattr(setting, name)!r})"
        for name in _OF_RUN
        if record.get(name) != getattr(setting, name)
    ]
    if others or foreign:
        raise Misuse(f"{place}, is of another run: {', '.join(others) or episode.key}")
    return brief(record)


def _wrong(error: ValidationError) -> Iterator[str]:
    """Say which fields are wrong, and how."""
    for one in error.errors():
        field = ".".join(str(part) for part in one["loc"])
        yield f"it lacks {field}" if one["type"] == "missing" else f"{field}: {one['msg']}"
