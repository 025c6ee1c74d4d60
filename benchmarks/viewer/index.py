"""An index over episodes: what they can be found by, and where the rest of each is."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.runs import EPISODES, Run, episode_key
from wildgym.perturbations import AXES
from wildgym.perturbations.core import REGISTRY

FILTERS = ("policy", "suite", "family", "arm", "operator", "acted", "outcome")
"""What episodes can be chosen by."""

PAGE = 50
"""How many episodes a list shows at once."""


class Damaged(Exception):
    """What the index points to is no longer there. The message says where."""


@dataclass(frozen=True, slots=True)
class Row:
    """An episode in the list.

    Attributes:
        policy: Which policy played it; with the folder, where two runs are of the same.
        episode: Which episode of the run it is: TASK@SEED/ARM.
        scenario: What it shares with the episodes that it can be compared with.
        arm: Its arm.
        facets: For each of `FILTERS`, what it can be found by.
        shown: What the list says of it.
        words: What a search for words looks at, in small letters.
        file: The file of its record.
        offset: Where in that file the record begins, in bytes.
    """

    policy: str
    episode: str
    scenario: tuple[Any, ...]
    arm: str
    facets: Mapping[str, frozenset[str]]
    shown: Mapping[str, Any]
    words: str
    file: Path
    offset: int

    def read(self) -> Record:
        """Read the whole record; raise Damaged if it is not there any more."""
        try:
            with self.file.open("rb") as file:
                file.seek(self.offset)
                # What JSON in a browser knows nothing of becomes text.
                record: Record = json.loads(file.readline(), parse_constant=str)
            if episode_key(record) == self.episode:
                return record
        except (OSError, ValueError, KeyError, TypeError):
            pass
        raise Damaged(
            f"{self.file} was changed: there is no record of {self.episode} at byte {self.offset};"
            " start `wildgym view` again"
        )


class Index:
    """Episodes by what they can be found by. It holds no transcripts.

    Args:
        runs: Whose episodes.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        found = {(row.policy, row.episode): row for row in _rows(runs)}
        self._rows = found
        self._scenarios = defaultdict[tuple[Any, ...], list[Row]](list)
        for row in found.values():
            self._scenarios[row.scenario].append(row)

    def __len__(self) -> int:
        return len(self._rows)

    @cached_property
    def choices(self) -> Mapping[str, Mapping[str, int]]:
        """For each of `FILTERS`, what there is to choose and how many episodes have it."""
        counts = {name: defaultdict[str, int](int) for name in FILTERS}
        for row in self._rows.values():
            for name, values in row.facets.items():
                for value in values:
                    counts[name][value] += 1
        order = {"operator": _by_axis, "acted": _by_axis}
        return {
            name: {value: found[value] for value in sorted(found, key=order.get(name))}
            for name, found in counts.items()
        }

    def filtered(self, chosen: Mapping[str, str], words: str = "") -> list[Row]:
        """Return the episodes that have all that was chosen, and all of some words.

        Args:
            chosen: Of `FILTERS`, those that matter, each with a value.
            words: What to look for.
        """
        wanted = list(chosen.items())
        sought = words.lower().split()
        return [
            row
            for row in self._rows.values()
            if all([value in row.facets[name] for name, value in wanted])
            and all([word in row.words for word in sought])
        ]

    def of(self, episode: str) -> list[Row]:
        """Return the episodes that are named so, one of each policy."""
        return [row for row in self._rows.values() if row.episode == episode]

    def find(self, policy: str, episode: str) -> Row | None:
        """Return the episode that a policy played, if it did."""
        return self._rows.get((policy, episode))

    def beside(self, row: Row) -> list[Row]:
        """Return what an episode can be compared with.

        That is the same scenario under the same policy in other arms, the clean one first, then the
        same episode under other policies.
        """
        others = [other for other in self._scenarios[row.scenario] if other is not row]
        arms = [other for other in others if other.policy == row.policy]
        policies = [other for other in others if other.episode == row.episode]
        return sorted(arms, key=lambda other: other.arm != "clean") + policies


def labels(runs: Sequence[Run]) -> list[str]:
    """Return what the policy of each run goes by: two runs of one are told apart by the folder."""
    policies = [run.setting.policy for run in runs]
    return [
        policy if policies.count(policy) == 1 else f"{policy} ({run.folder})"
        for policy, run in zip(policies, runs, strict=True)
    ]


def _rows(runs: Sequence[Run]) -> Iterator[Row]:
    for run, policy in zip(runs, labels(runs), strict=True):
        for record, offset in zip(run.records, run.offsets, strict=True):
            yield _row(policy, record, run.folder / EPISODES, offset)


def _row(policy: str, record: Record, file: Path, offset: int) -> Row:
    episode = episode_key(record)
    outcome, why = outcome_of(record)
    operators = [p["name"] for p in record.get("variation", {}).get("perturbations", ())]
    acted = record.get("acted", [])
    facets = {
        "policy": [policy],
        "suite": [record["suite"]],
        "family": [record["family"]],
        "arm": [record["arm"]],
        "operator": operators,
        "acted": acted,
        "outcome": [outcome, *([f"stopped: {why.partition(':')[0]}"] if record["stopped"] else [])],
    }
    shown = {
        "policy": policy,
        "episode": episode,
        "task": record["task"],
        "seed": record["seed"],
        "arm": record["arm"],
        "outcome": outcome,
        "why": why,
        "turns": record.get("turns"),
        "calls": record.get("calls"),
        "expert_calls": record.get("expert_calls"),
        "acted": acted,
    }
    scenario = (record["split"], record["task"], record["seed"], record.get("rerun", 0))
    words = f"{episode} {record.get('scaffold', '')} {why}".lower()
    chosen = {name: frozenset(values) for name, values in facets.items()}
    return Row(policy, episode, scenario, record["arm"], chosen, shown, words, file, offset)


def outcome_of(record: Record) -> tuple[str, str]:
    """Return whether an episode was solved, failed or invalid, and why if it was cut short."""
    if record["invalid"] is not None:
        return "invalid", record["invalid"]
    return ("solved" if record["score"] >= 1 else "failed"), record["stopped"] or ""


def axis_of(operator: str) -> str:
    """Return the axis of an operator; "other" if this version knows none of that name."""
    return str(REGISTRY[operator].axis) if operator in REGISTRY else "other"


def _by_axis(operator: str) -> tuple[int, str]:
    return [*AXES, "other"].index(axis_of(operator)), operator
