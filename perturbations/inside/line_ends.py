"""Text files whose lines end in a carriage return and a newline."""

Files = dict[str, tuple[bytes, int]]


def kept(files: Files, suffixes: list[str]) -> Files:
    """Return files with carriage returns."""
    return {
        path: (data.replace(b"\n", b"\r\n") if _is_text(path, data, suffixes) else data, mode)
        for path, (data, mode) in files.items()
    }


def canonical(files: Files, suffixes: list[str]) -> Files:
    """Return files without carriage returns; raise ValueError where a line has none."""
    for path, (data, _) in files.items():
        if _is_text(path, data, suffixes) and data.count(b"\n") != data.count(b"\r\n"):
            raise ValueError(f"{path} has lines that end in a newline alone")
    return {
        path: (data.replace(b"\r\n", b"\n") if _is_text(path, data, suffixes) else data, mode)
        for path, (data, mode) in files.items()
    }


def _is_text(path: str, data: bytes, suffixes: list[str]) -> bool:
    return path.endswith(tuple(suffixes)) and b"\0" not in data
