"""The bank: tasks that were made and validated by program, as data without any package's source."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from wildgym.envs.cache import cache_folder
from wildgym.envs.codebase.catalogue import CODEBASES, Codebase, Split
from wildgym.envs.codebase.fetch import write_whole
from wildgym.envs.codebase.mutate.apply import Mutation
from wildgym.tools import Json

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Symptom:
    """How a test fails.

    Attributes:
        test: Its id.
        message: The exception and the first line of its message.
    """

    test: str
    message: str


@dataclass(frozen=True, slots=True)
class Witness:
    """A call that shows the defect.

    Attributes:
        entry: The dotted name of what is called, as `inside.calls` has it.
        arguments: Encoded.
        expected: What the original gives, as Python writes it.
        observed: What is given because of the defect.
    """

    entry: str
    arguments: Json
    expected: str
    observed: str


@dataclass(frozen=True, slots=True)
class Defect:
    """One task: what is wrong with a codebase, and how that shows.

    Attributes:
        id: The codebase's name and a number.
        mutations: The changes that made it.
        functions: The qualified names of the functions that were changed.
        failing: The ids of the tests that fail because of it; all others pass with and without it.
        symptoms: How the first of them fail.
        entries: The entry points whose answers differ.
        witness: One call that shows it, if there is any.
    """

    id: str
    mutations: tuple[Mutation, ...]
    functions: tuple[str, ...]
    failing: tuple[str, ...]
    symptoms: tuple[Symptom, ...]
    entries: tuple[str, ...]
    witness: Witness | None

    @property
    def operator(self) -> str:
        """The name of the operator; "several" where there is more than one change."""
        return self.mutations[0].operator if len(self.mutations) == 1 else "several"


@dataclass(frozen=True, slots=True)
class Bank:
    """All tasks of one codebase.

    Attributes:
        codebase: What is broken.
        tests: The ids of the tests that pass in the pristine tree, each time and in any order.
        left_out: The ids of all others: what is skipped, what fails, what is flaky.
        entries: By dotted name some encoded arguments that the tests call it with.
        defects: The tasks.
    """

    codebase: Codebase
    tests: tuple[str, ...]
    left_out: tuple[str, ...]
    entries: Mapping[str, tuple[Json, ...]]
    defects: tuple[Defect, ...]


def banks(split: Split) -> Iterator[Bank]:
    """Yield the banks that come with the package, of one split, in the catalogue's order."""
    for codebase in CODEBASES.values():
        if codebase.split == split and _packaged(codebase.name):
            yield load(codebase.name)


@lru_cache(maxsize=64)
def load(name: str) -> Bank:
    """Return the bank of a codebase: the one that comes with the package, or else one made here.

    Args:
        name: The codebase's name, or its release as `name-version`.

    Raises:
        LookupError: No tasks were made of it.
    """
    text = _packaged(name)
    if text is None:
        try:
            text = (made_here() / f"{name}.json").read_text()
        except OSError:
            raise LookupError(
                f"there are no tasks of {name!r}: `wildgym tasks build` makes some"
            ) from None
    return parsed(text)


def made_here() -> Path:
    """Return the folder of the banks that were made on this machine."""
    return cache_folder() / "bank"


def save(bank: Bank, path: Path) -> None:
    """Write a bank, one task a line."""
    index = {test: n for n, test in enumerate(bank.tests)}
    head = {
        "format": _FORMAT,
        "codebase": asdict(bank.codebase),
        "tests": bank.tests,
        "left_out": bank.left_out,
        "entries": bank.entries,
    }
    lines = [f"{_compact(name)}:{_compact(value)}" for name, value in head.items()]
    defects = ",\n".join(_compact(_row(defect, index)) for defect in bank.defects)
    text = "{" + ",\n".join([*lines, f'"defects":[\n{defects}\n]']) + "}\n"
    write_whole(path, text.encode())


def parsed(text: str) -> Bank:
    """Return a bank from its JSON.

    Raises:
        ValueError: It is of another format.
    """
    held: dict[str, Any] = json.loads(text)
    if held.get("format") != _FORMAT:
        raise ValueError(f"a bank of format {held.get('format')}; this wildgym reads {_FORMAT}")
    described: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in held["codebase"].items()
    }
    tests = tuple(held["tests"])
    return Bank(
        Codebase(**described),
        tests,
        tuple(held["left_out"]),
        {name: tuple(calls) for name, calls in held["entries"].items()},
        tuple(_defect(row, tests) for row in held["defects"]),
    )


def _row(defect: Defect, index: Mapping[str, int]) -> dict[str, Json]:
    witness = defect.witness
    return {
        "id": defect.id,
        "mutations": [[m.operator, m.path, m.line, m.column, m.variant] for m in defect.mutations],
        "functions": list(defect.functions),
        "failing": _spans([index[test] for test in defect.failing]),
        "symptoms": [[index[s.test], s.message] for s in defect.symptoms],
        "entries": list(defect.entries),
        "witness": witness
        and [witness.entry, witness.arguments, witness.expected, witness.observed],
    }


def _defect(row: Mapping[str, Any], tests: tuple[str, ...]) -> Defect:
    return Defect(
        row["id"],
        tuple(Mutation(*parts) for parts in row["mutations"]),
        tuple(row["functions"]),
        tuple(tests[n] for first, last in row["failing"] for n in range(first, last + 1)),
        tuple(Symptom(tests[n], message) for n, message in row["symptoms"]),
        tuple(row["entries"]),
        Witness(*row["witness"]) if row["witness"] else None,
    )


def _spans(numbers: list[int]) -> list[Json]:
    """Return ascending numbers as pairs of a first and a last one."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return [list(span) for span in spans]


def _packaged(name: str) -> str | None:
    resource = files("wildgym.envs.codebase").joinpath("bank", f"{name}.json")
    return resource.read_text() if resource.is_file() else None


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
