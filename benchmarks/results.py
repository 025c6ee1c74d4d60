"""The results of a run: a folder that only grows, and from which the run can be continued."""

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.errors import Halted, Misuse
from wildgym.benchmarks.runs import ABOUT, EPISODES, Truncated, brief, described, episode_of, read
from wildgym.benchmarks.suites import Episode, Setting

_SYNC_SECONDS = 1.0


class Results:
    """What a run has played so far. Made by `opened`.

    Args:
        path: The file of records.
        file: Its descriptor, for appending.
        records: What it holds.
    """

    def __init__(self, path: Path, file: int, records: Iterable[Record]) -> None:
        self._path = path
        self._file = file
        self._synced = monotonic()
        self._records = {episode_of(record): record for record in records}

    def of(self, plan: Iterable[Episode]) -> list[Record]:
        """Return the records of a plan that there are, in its order, without their transcripts."""
        return [self._records[episode] for episode in plan if episode in self._records]

    def pending(self, plan: Iterable[Episode]) -> list[Episode]:
        """Return what of a plan is not played yet, or came out invalid."""
        done = {e for e, record in self._records.items() if record["invalid"] is None}
        return [episode for episode in plan if episode not in done]

    def append(self, record: Record) -> None:
        """Write one record; raise Halted if there is no room for it."""
        # A line is one write, so that a run that is killed leaves at most its last line torn.
        line = json.dumps(record).encode() + b"\n"
        try:
            if os.write(self._file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise Halted(f"cannot write to {self._path}: {error.strerror}") from None
        if monotonic() - self._synced > _SYNC_SECONDS:
            self.sync()
        self._records[episode_of(record)] = brief(record)

    def sync(self) -> None:
        """Make sure that what was written outlasts the machine; raise Halted if it cannot."""
        try:
            os.fsync(self._file)
        except OSError as error:
            raise Halted(f"cannot write to {self._path}: {error.strerror}") from None
        self._synced = monotonic()


@contextmanager
def opened(folder: Path, setting: Setting) -> Iterator[Results]:
    """Open the results of a run, for this process alone.

    Args:
        folder: Where they are, or shall be.
        setting: What is measured.

    Raises:
        Misuse: The folder cannot be used, is in use, holds the results of another setting, or is
            damaged.
    """
    path = folder / EPISODES
    with _usable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        with _usable(folder):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _describe(folder / ABOUT, setting, begun=os.fstat(file).st_size > 0)
            results = Results(path, file, _kept(path, file, setting))
        yield results
        results.sync()
    finally:
        os.close(file)


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    try:
        yield
    except BlockingIOError:
        raise Misuse(f"another run is writing to {folder}; wait for it or name another") from None
    except OSError as error:
        raise Misuse(f"cannot write to {folder}: {error.strerror}") from None


def _describe(path: Path, setting: Setting, *, begun: bool) -> None:
    """Write down what is measured, or check that it is what was measured before."""
    wanted = described(setting)
    if not begun or not path.exists():
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(wanted, indent=1) + "\n")
        draft.replace(path)
        return
    try:
        found: dict[str, Any] = json.loads(path.read_text())
        differing = [
            f"{name} {found.get(name)!r} (now {wanted.get(name)!r})"
            for name in wanted | found
            if found.get(name) != wanted.get(name)
        ]
    except (ValueError, AttributeError, TypeError):
        raise Misuse(f"{path} is damaged; name another folder") from None
    if differing:
        raise Misuse(
            f"{path.parent} holds a run with {', '.join(differing)}; name another folder, or give"
            " the same arguments to continue it"
        )


def _kept(path: Path, file: int, setting: Setting) -> Iterator[Record]:
    """Yield the records of a file, and cut off a line that was never finished."""
    try:
        for _, record in read(path, setting):
            yield record
    except Truncated as end:
        os.ftruncate(file, end.whole)
