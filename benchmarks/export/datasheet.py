"""The datasheet: what is inside an export, and where it is from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wildgym.benchmarks.export.formats import Row, told_of

_COUNTED = (
    ("family", "family"),
    ("task", "task"),
    ("arm", "arm"),
    ("split", "split"),
    ("scaffold", "scaffold"),
    ("interface", "interface"),
    ("policy", "policy"),
    ("reward", "reward"),
    ("operators", "operator that was met"),
    ("acted", "operator that changed a call or a result"),
)
_SOURCES = (
    ("policy", "Policies"),
    ("suite", "Suites"),
    ("suite_digest", "Digests of suites"),
    ("version", "Versions of wildgym"),
)


@dataclass(slots=True)
class Datasheet:
    """Counts that grow with every row.

    Attributes:
        rows: How many rows there are.
        duplicates: How many were left out, since all in them was said before.
        counts: For each field of the metadata how often it has which value.
    """

    rows: int = 0
    duplicates: int = 0
    counts: Mapping[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name, _ in (*_COUNTED, *_SOURCES)}
    )

    def count(self, row: Row) -> None:
        """Count a row; of a pair, the chosen half."""
        told = told_of(row)
        self.rows += 1
        for name, counter in self.counts.items():
            value = told[name]
            counter.update(value if isinstance(value, list) else [_shown(value)])

    def write(self, format: str, command: str, left_out: str) -> str:
        """Return the sheet as Markdown.

        Args:
            format: What rows are.
            command: What was asked for.
            left_out: What is said of what is held out.
        """
        sources = [
            f"- {title}: {', '.join(sorted(filter(None, self.counts[name]))) or 'none'}"
            for name, title in _SOURCES
        ]
        tables = [_table(f"By {title}", self.counts[name]) for name, title in _COUNTED]
        return "\n".join(
            [
                "# Datasheet",
                "",
                f"{self.rows} rows in the format `{format}`. {_FORMATS[format]}",
                "",
                "## Source",
                "",
                f"- Command: `{command}`",
                *sources,
                f"- Held out: {left_out}",
                f"- Duplicates left out: {self.duplicates} (rows in which, word for word, the same"
                " was said as in an earlier one; compared by SHA-256)",
                "- Licence: what the expert and the environments wrote is Apache-2.0, as wildgym"
                " is; what a model wrote is under the terms of that model",
                "",
                "## Known limits",
                "",
                *_LIMITS,
                "",
                "## Counts",
                "",
                *tables,
            ]
        )


_FORMATS = {
    "chat": "`messages` and `tools` are those of OpenAI's chat completions.",
    "text": "`segments` joined are the whole conversation; those with `trained` are the policy's.",
    "preferences": "`chosen` solved the episode that `rejected` failed; counts are of the chosen.",
    "atif": "Each is a trajectory of Harbor's ATIF, version 1.8.",
}
_LIMITS = (
    "- All people, firms, files and events are made up by programs, mostly in English.",
    "- The expert is a program that has the solution. Its reasons are sentences from a fixed stock,"
    " one for each perturbation and tool; they say what is noticed and done, not how it was found.",
    "- A reward is the verifier's score from 0 to 1. Episodes with less than 1 can hold harmful"
    " steps, such as following an injected instruction, which are not to be copied.",
)


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(title: str, counts: Mapping[str, int]) -> str:
    rows: Sequence[str] = [f"| {name or '(none)'} | {counts[name]} |" for name in sorted(counts)]
    if not rows:
        return f"### {title}\n\nnone\n"
    return "\n".join([f"### {title}\n", "| value | rows |", "|---|---:|", *rows, ""])
