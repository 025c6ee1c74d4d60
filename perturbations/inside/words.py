"""Words that are swapped for others, both ways, wherever they stand in text."""

import re

Files = dict[str, tuple[bytes, int]]


def kept(files: Files, suffixes: list[str], swaps: dict[str, str]) -> Files:
    """Return files with each word replaced by its other one, and the other way round."""
    return {
        path: (swapped(data, swaps) if path.endswith(tuple(suffixes)) else data, mode)
        for path, (data, mode) in files.items()
    }


canonical = kept


def swapped(data: bytes, swaps: dict[str, str]) -> bytes:
    """Return text with its words swapped."""
    other = {a.encode(): b.encode() for pair in swaps.items() for a, b in (pair, pair[::-1])}
    pattern = b"(?<![A-Za-z0-9_])(?:" + b"|".join(other) + b")(?![A-Za-z0-9_])"
    return re.sub(pattern, lambda match: other[match[0]], data) if other else data
