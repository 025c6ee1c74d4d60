"""Files that have moved, as a note beside them lists."""

import re

Files = dict[str, tuple[bytes, int]]


def kept(files: Files, note: str, text: str) -> Files:
    """Return files where they are now, with the note."""
    now = moves(text)
    moved = {now.get(path, path): file for path, file in files.items()}
    return {**moved, note: (text.encode(), 0o100644)}


def canonical(files: Files, note: str, text: str) -> Files:
    """Return files where they were; raise ValueError where the note or a move was undone."""
    now = moves(text)
    before = {new: old for old, new in now.items()}
    if files.get(note, (b"", 0))[0] != text.encode():
        raise ValueError(f"{note} is not as it was")
    for path in files:
        if path in now:
            raise ValueError(f"{path} was to be at {now[path]}")
    return {before.get(path, path): file for path, file in files.items() if path != note}


def moves(text: str) -> dict[str, str]:
    """Return the new path of each file that a note lists."""
    return dict(re.findall(r"^- (.+) -> (.+)$", text, re.MULTILINE))
