"""Outdated copies beside what is current."""

Files = dict[str, tuple[bytes, int]]


def kept(files: Files, copies: dict[str, str]) -> Files:
    """Return files with the copies among them."""
    return {**files, **{path: (text.encode(), 0o100644) for path, text in copies.items()}}


def canonical(files: Files, copies: dict[str, str]) -> Files:
    """Return files without the copies; raise ValueError where one is not as it was."""
    for path, text in copies.items():
        if files.get(path) != (text.encode(), 0o100644):
            raise ValueError(f"{path} is not as it was")
    return {path: file for path, file in files.items() if path not in copies}
