"""A record as a page shows it. All of it is text: a browser would write numbers in its own way."""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.runs import episode_key
from wildgym.benchmarks.viewer.index import axis_of, outcome_of
from wildgym.benchmarks.viewer.marking import Marked, marked

Shown = dict[str, Any]


def shown(record: Record, file: Path, other: Record | None = None) -> Shown:
    """Return an episode as the page shows it.

    Args:
        record: All of its record.
        file: Where that is, for what replays it.
        other: The record of the episode that stands beside it: what it opens with is marked where
            that opens otherwise.
    """
    outcome, why = outcome_of(record)
    transcript: Sequence[Record] = record.get("transcript", ())
    return {
        "episode": episode_key(record),
        "outcome": outcome,
        "why": why,
        "facts": list(_facts(record)),
        "checks": record["checks"] or {},
        "lures": record.get("lures", {}),
        "operators": [_operator(p, record) for p in _perturbations(record)],
        "opening": list(_opening(record, other or {})),
        "turns": [_turn(turn) for turn in transcript],
        "replay": _replay(record, file),
        "again": _again(record),
    }


def text(value: Any) -> str:
    """Return a value as text: JSON, but for what is text already."""
    return value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    # Of what should not be there, none is not worth a word.
    facts: Mapping[str, Any] = {
        "scaffold": record.get("scaffold"),
        "interface": record["interface"],
        "split": record["split"],
        "score": record["score"],
        "turns": record.get("turns"),
        "calls": record.get("calls"),
        "calls of the expert": record.get("expert_calls"),
        "actions that could not be read": record.get("unreadable") or None,
        "handed in as": record.get("given"),
        "an expert hands in as": record.get("right"),
        "changes nobody asked for": record.get("collateral") or None,
        "of these, done twice": record.get("duplicates") or None,
        **{name.replace("_", " "): value for name, value in record.get("usage", {}).items()},
        "seconds": record.get("seconds"),
    }
    for name, value in facts.items():
        if value is not None:
            yield name, text(value)


def _perturbations(record: Record) -> Iterable[Mapping[str, Any]]:
    found: Iterable[Mapping[str, Any]] = record.get("variation", {}).get("perturbations", ())
    return found


def _operator(perturbation: Mapping[str, Any], record: Record) -> Shown:
    name = perturbation["name"]
    parameters = {key: value for key, value in perturbation.items() if key != "name"}
    return {
        "name": name,
        "axis": axis_of(name),
        "acted": name in record.get("acted", ()),
        "parameters": ", ".join(f"{key} {text(value)}" for key, value in parameters.items()),
    }


def _opening(record: Record, other: Record) -> Iterator[Shown]:
    against = list(_said(other))
    for at, (role, said) in enumerate(_said(record)):
        pieces = [(said, False)]
        if at < len(against) and against[at][0] == role:
            pieces, _ = marked(said, against[at][1])
        yield {"role": role, "text": pieces}


def _said(record: Record) -> Iterator[tuple[str, str]]:
    for message in record.get("opening", ()):
        yield str(message.get("role", "")), text(message.get("content", ""))
    if "tools" in record:
        yield "tools", text(record["tools"])


def _turn(turn: Record) -> Shown:
    passages = list(turn.get("passages", ()))
    calls = []
    for call, result in zip(turn["calls"], turn["results"], strict=False):
        # What was refused for its form came to no passage.
        through = passages.pop(0) if passages and passages[0]["call"] == call else None
        calls.append(_call(call, result, through))
    return {
        "thinking": turn["thinking"],
        "action": text(turn["action"]),
        "calls": calls,
        "observation": text(turn["observation"]),
    }


def _call(call: Record, result: Record, passage: Record | None) -> Shown:
    seen = _exchange({**call, **result})
    true = "\n\n".join(map(_exchange, passage["true"])) if passage else ""
    ours, theirs = marked(seen, true) if true else ([(seen, False)], Marked())
    return {
        "name": call["name"],
        "failed": result["is_error"],
        "acted": [{"name": name, "axis": axis_of(name)} for name in passage["acted"]]
        if passage
        else [],
        "seen": ours,
        # What is not other than what was seen need not be shown again.
        "true": theirs if seen != true else [],
        "reached": bool(true),
    }


def _exchange(exchange: Record) -> str:
    said = "error" if exchange["is_error"] else "result"
    return (
        f"{exchange['name']}\n{text(exchange['arguments'])}\n\n{said}:\n{text(exchange['value'])}"
    )


def _replay(record: Record, file: Path) -> str:
    words = ["wildgym", "play", "--record", str(file), "--episode", episode_key(record)]
    return shlex.join(words)


def _again(record: Record) -> str:
    words = ["wildgym", "play", "--task", record["task"], "--seed", str(record["seed"])]
    words += ["--split", record["split"]]
    if _perturbations(record):
        words += ["--perturbations", json.dumps(record["variation"])]
    scaffold = record.get("scaffold")
    if isinstance(scaffold, str) and record["interface"] == "text":
        words += ["--scaffold", scaffold]
    return shlex.join(words)
