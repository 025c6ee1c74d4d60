"""Files in another format."""

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
_DELIMITERS: Mapping[str, str] = {",": "commas", ";": "semicolons", "\t": "tabs"}


class SwapFileFormats(Perturbation):
    """Keep tables as JSON Lines, JSON Lines as JSON, TOML and INI as JSON, and say so."""

    axis: ClassVar = "environment"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.3
    source: ClassVar = "E13"
    families: ClassVar = ("files",)
    rank: ClassVar = -27

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Convert a share of the files; a request about names or bytes is left alone."""
        tree = files_of(scenario)
        if is_codebase(scenario) or about_bytes(scenario) or about_names(scenario):
            return scenario
        request, swaps = request_of(scenario), []
        for path in sorted(regular_files(tree)):
            other = path.removesuffix(suffix(path)) + _OTHER.get(suffix(path), "")
            free = other not in tree and other not in request
            if draw.chance(self.strength, path) and free and not closed(path, tree):
                swaps += [[path, other, how] for how in _ways(path, other, tree[path].data)][:1]
        if not swaps:
            return scenario
        lines = "; ".join(
            f"{p} ({_said(how)}) as {o} ({_said(formats.kind(o))})" for p, o, how in swaps
        )
        rule = (
            "Some files are kept in another format than requests say, under the same name but for"
            f" its end, in the same order, the cells of tables as strings: {lines}. Leave them in"
            " that format. Files that you make are as the request says."
        )
        return reshaped(scenario, self.name, Form(formats, {"swaps": swaps}), rule)


def _said(how: str) -> str:
    return _NAMES.get(how) or f"CSV with {_DELIMITERS[how]}"


def _ways(path: str, other: str, data: bytes) -> list[str]:
    """Return how a file can be read so that it comes back from the other format to the byte."""
    ways = _DELIMITERS if suffix(path) == ".csv" else (formats.kind(path),)
    return [how for how in ways if suffix(path) in _OTHER and _comes_back(path, other, data, how)]


def _comes_back(path: str, other: str, data: bytes, how: str) -> bool:
    try:
        read = formats.read(data, how)
        table = suffix(path) == ".csv"
        if suffix(other) == ".jsonl" and not (isinstance(read, list) and read):
            return False
        if table and isinstance(read, list) and len(read[0]) < 2:
            return False
        swaps = [[path, other, how]]
        files = {path: (data, 0)}
        return formats.canonical(formats.kept(files, swaps), swaps) == files
    except (ValueError, LookupError, TypeError, AssertionError, AttributeError):
        return False
