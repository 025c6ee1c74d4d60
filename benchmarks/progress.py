"""How far a policy is through its plan: shown while it plays, and said at its end."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wildgym.benchmarks.episode import Record


@dataclass(slots=True)
class Tally:
    """What has come of the episodes so far.

    Attributes:
        policy: Who played them.
        played: How many were scored.
        won: The sum of their scores.
        invalid: How many came out invalid.
        tokens: What those took that were played since the tally was begun.
        began: When that was.
    """

    policy: str
    played: int = 0
    won: float = 0.0
    invalid: int = 0
    tokens: float = 0.0
    began: float = field(default_factory=monotonic)

    def add(self, record: Record) -> None:
        """Count an episode that was just played."""
        self.recall([record])
        self.tokens += sum(
            record["usage"].get(f"{of}_tokens", 0) for of in ("prompt", "completion")
        )

    def recall(self, records: Iterable[Record]) -> None:
        """Count episodes that were played before."""
        for record in records:
            if record["invalid"] is not None:
                self.invalid += 1
            else:
                self.played, self.won = self.played + 1, self.won + record["score"]

    @property
    def standing(self) -> str:
        """How it goes, in a few words."""
        success = f"{self.won / self.played:.1%} success" if self.played else "none scored"
        pace = self.tokens / max(monotonic() - self.began, 1e-3)
        tokens = f", {pace:.0f} tokens/s" if self.tokens else ""
        return f"{success}, {self.invalid} invalid{tokens}"

    @property
    def line(self) -> str:
        """How it went, in a line."""
        minutes = (monotonic() - self.began) / 60
        return f"{self.policy}: {self.played} episodes, {self.standing}; {minutes:.1f} minutes"


def bars() -> Progress:
    """Return bars for stderr, if that is a terminal."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[standing]}"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def shown(tally: Tally, total: int, progress: Progress) -> Callable[[Record], None]:
    """Return what counts a record, and shows that it did."""
    bar = progress.add_task(
        tally.policy, total=total, completed=tally.played, standing=tally.standing
    )

    def count(record: Record) -> None:
        tally.add(record)
        progress.update(bar, completed=tally.played, standing=tally.standing)

    return count
