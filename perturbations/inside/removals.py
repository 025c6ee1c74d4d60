"""Files of which some were removed or moved, with a note on those that were removed."""

Files = dict[str, tuple[bytes, int]]


def kept(files: Files, note: str, text: str, old: str, new: str) -> Files:
    """Return files as they are now, with the note; `new` is nothing where `old` is gone."""
    left = {path: file for path, file in files.items() if path != old}
    moved = {new: files[old]} if new and old in files else {}
    return {**left, **moved, note: (text.encode(), 0o100644)}


def canonical(files: Files, note: str, text: str, old: str, new: str) -> Files:
    """Return files where they were; raise ValueError where the note or the move was undone."""
    if files.get(note, (b"", 0))[0] != text.encode():
        raise ValueError(f"{note} is not as it was")
    if old in files:
        raise ValueError(f"{old} was to be left as it is")
    left = {path: file for path, file in files.items() if path not in (note, new)}
    return {**left, old: files[new]} if new in files else left
