"""Files of which most are in a form, and some in the usual one, since others have brought them."""

from collections.abc import Callable

Files = dict[str, tuple[bytes, int]]


def usual(
    files: Files, kept: Callable[[Files], Files], canonical: Callable[[Files], Files]
) -> Files:
    """Return all in the usual form."""
    brought = {path: file for path, file in files.items() if is_usual(path, file, kept, canonical)}
    return {**canonical({p: f for p, f in files.items() if p not in brought}), **brought}


def is_usual(
    path: str,
    file: tuple[bytes, int],
    kept: Callable[[Files], Files],
    canonical: Callable[[Files], Files],
) -> bool:
    """Say whether a file is none that is kept in the form, but could be."""
    one = {path: file}
    try:
        canonical(one)
    except ValueError:
        try:
            return canonical(kept(one)) == one
        except ValueError:
            return False
    return False
