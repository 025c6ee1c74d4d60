"""Files whose first line says whose they are."""

Files = dict[str, tuple[bytes, int]]


def kept(files: Files, suffixes: list[str], head: str) -> Files:
    """Return files with a line before what those of some suffixes hold."""
    first = head.encode() + b"\n"
    return {
        path: (first + data if path.endswith(tuple(suffixes)) else data, mode)
        for path, (data, mode) in files.items()
    }


def canonical(files: Files, suffixes: list[str], head: str) -> Files:
    """Return files without that line; raise ValueError where one lacks it."""
    first = head.encode() + b"\n"
    for path, (data, _) in files.items():
        if path.endswith(tuple(suffixes)) and not data.startswith(first):
            raise ValueError(f"{path} does not begin with its line")
    return {
        path: (data[len(first) :] if path.endswith(tuple(suffixes)) else data, mode)
        for path, (data, mode) in files.items()
    }
