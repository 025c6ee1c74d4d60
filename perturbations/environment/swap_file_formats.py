"""Files in another format."""

import csv
from collections.abc import Mapping
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.folder import (
    about_bytes,
    about_names,
    closed,
    files_of,
    is_codebase,
    regular_files,
    request_of,
    suffix,
)
from wildgym.perturbations.inside import formats
from wildgym.perturbations.reshaped import Form, reshaped
from wildgym.tools.sandboxes import File

_OTHER: Mapping[str, str] = {
    ".csv": ".jsonl",
    ".json": ".jsonl",
    ".jsonl": ".json",
    ".toml": ".json",
    ".ini": ".json",
}
_NAMES: Mapping[str, str] = {
    "json": "JSON",
    "jsonl": "JSON Lines",
    "toml": "TOML",
    "ini": "INI",
}
_UNFIT = (ValueError, LookupError, TypeError, AssertionError, AttributeError, csv.Error)
_DELIMITERS: Mapping[str, str] = {",": "commas", ";": "semicolons", "\t": "tabs"}


class SwapFileFormats(Perturbation):
    """Keep tables as JSON Lines, JSON Lines as JSON, TOML and INI as JSON, and say so."""

    axis: ClassVar = "environment"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.3
    source: ClassVar = "E13"
    lesson: ClassVar = (
        "Files are kept in another format; I convert them for the work and back again in the end."
    )
    families: ClassVar = ("desk", "files")
    rank: ClassVar = -27

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Convert a share of the files; a request about names or bytes is left alone."""
        tree = files_of(scenario)
        if is_codebase(scenario) or about_bytes(scenario) or about_names(scenario):
            return scenario
        request, swaps = request_of(scenario), list[formats.Swap]()
        for path in sorted(regular_files(tree)):
            other = path.removesuffix(suffix(path)) + _OTHER.get(suffix(path), "")
            free = other not in tree and other not in request
            if draw.chance(self.strength, path) and free and not closed(path, tree):
                swaps += swaps_of(path, other, tree[path].data)[:1]
        if not swaps:
            return scenario
        lines = "; ".join(
            f"{path} ({_said(path, delimiter)}) as {other} ({_said(other, '')})"
            for path, other, delimiter, _ in swaps
        )
        rule = (
            "Some files are kept in another format than requests say, under the same name but for"
            f" its end, in the same order, the cells of tables as strings: {lines}. Leave them in"
            " that format. Files that you make are as the request says."
        )
        return reshaped(scenario, self.name, Form(formats, {"swaps": swaps}), rule)


def _said(path: str, delimiter: str) -> str:
    return f"CSV with {_DELIMITERS[delimiter]}" if delimiter else _NAMES[formats.kind(path)]


def swaps_of(path: str, other: str, data: bytes) -> list[formats.Swap]:
    """Return the ways to keep a file at the other path from which it comes back to the byte."""
    if suffix(path) not in _OTHER:
        return []
    swaps = []
    for delimiter in _DELIMITERS if suffix(path) == ".csv" else ("",):
        try:
            read = formats.read(data, delimiter or formats.kind(path))
            if suffix(other) == ".jsonl" and not (isinstance(read, list) and read):
                continue
            columns = list(read[0]) if delimiter and isinstance(read, list) else []
            if delimiter and len(columns) < 2:
                continue
            form = Form(formats, {"swaps": [(path, other, delimiter, columns)]})
            if form.canonical(form.kept({path: File(data)})) == {path: File(data)}:
                swaps.append((path, other, delimiter, columns))
        except _UNFIT:
            continue
    return swaps
