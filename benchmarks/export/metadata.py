"""What a sample says of the episode that it was made of, and whether that is held out."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from wildgym.benchmarks.episode import Record
from wildgym.perturbations.splits import splits

Metadata = dict[str, Any]


def metadata(record: Record, version: str, digest: str) -> Metadata:
    """Return what is told of an episode beside what was said.

    Args:
        record: The episode, with its transcript.
        version: Of the package that played it.
        digest: Of the suite, empty where it is none.
    """
    return {
        "id": content_hash(record),
        "family": record["family"],
        "task": record["task"],
        "seed": record["seed"],
        "arm": record["arm"],
        "suite": record["suite"],
        "suite_digest": digest,
        "split": record["split"],
        "policy": record["policy"],
        "interface": record["interface"],
        "scaffold": syntax(record),
        "operators": operators(record),
        "acted": record["acted"],
        "reward": float(record["score"]),
        "status": record["given"] or "",
        "turns": record["turns"],
        "variation": json.dumps(record["variation"]),
        "version": version,
    }


def content_hash(record: Record) -> str:
    """Return a digest of all that was said, which is equal for equal conversations."""
    turns = [[turn["action"], turn["observation"]] for turn in record["transcript"]]
    told = json.dumps([record["opening"], record.get("tools"), turns], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def syntax(record: Record) -> str:
    """Return the name of the scaffold that an episode was played with."""
    scaffold = record["scaffold"]
    return str(scaffold["syntax"] if isinstance(scaffold, dict) else scaffold)


def operators(record: Record) -> list[str]:
    """Return the names of the operators that an episode was perturbed with."""
    listed = record["variation"].get("perturbations", ())
    return [perturbation["name"] for perturbation in listed if perturbation["strength"] > 0]


def held_out(record: Record) -> str:
    """Return why an episode is not to be trained on, or nothing."""
    if record["split"] == "test":
        return "the split test"
    return held_out_names(operators(record), [syntax(record)])


def held_out_names(of_operators: Sequence[str], of_scaffolds: Sequence[str]) -> str:
    """Return which operators or scaffolds are held out, in words, or nothing."""
    placed = splits()
    for what, names, held in (
        ("operators", of_operators, placed.operators("heldout")),
        ("scaffolds", of_scaffolds, placed.scaffolds("heldout")),
    ):
        found = sorted(set(names) & set(held))
        if found:
            return f"held-out {what}"
    return ""
