"""The journal of a build: what was tried, so that a build that was stopped goes on where it was."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wildgym.envs.codebase.bank import Witness
from wildgym.envs.codebase.building.screen import Candidate, Screened


class Journal:
    """One file, one line for each mutant that was tried.

    Args:
        path: Where it is.
        heading: What it is of; a journal of something else is begun anew.
    """

    def __init__(self, path: Path, heading: str) -> None:
        self._known: dict[str, Screened] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_bytes().split(b"\n") if path.exists() else [b""]
        if lines[0].decode(errors="replace") != heading:
            lines = [heading.encode(), b""]
        # What stands after the last end of a line was not written to its end.
        path.write_bytes(b"\n".join([*lines[:-1], b""]))
        for line in lines[1:-1]:
            key, held = json.loads(line)
            self._known[key] = _screened(held)
        self._file = path.open("ab")

    def get(self, candidate: Candidate) -> Screened | None:
        """Return what was said of a mutant before."""
        return self._known.get(_key(candidate))

    def add(self, candidate: Candidate, screened: Screened) -> None:
        """Note what is said of a mutant."""
        key = _key(candidate)
        self._known[key] = screened
        self._file.write(json.dumps([key, asdict(screened)]).encode() + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _key(candidate: Candidate) -> str:
    return json.dumps([list(asdict(mutation).values()) for mutation in candidate.mutations])


def _screened(held: dict[str, Any]) -> Screened:
    witness = held["witness"]
    return Screened(
        held["verdict"],
        tuple(held["failing"]),
        tuple(held["entries"]),
        Witness(**witness) if witness else None,
        held["crash"],
    )
