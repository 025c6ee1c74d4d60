"""Text files in another encoding than UTF-8."""

Files = dict[str, tuple[bytes, int]]

MARK = b"\xef\xbb\xbf"
MARKS = (b"\xff\xfe", b"\xfe\xff")


def kept(files: Files, suffixes: list[str], encoding: str) -> Files:
    """Return UTF-8 files as they are kept in a folder of another encoding."""
    return {
        path: (_encoded(data, encoding) if path.endswith(tuple(suffixes)) else data, mode)
        for path, (data, mode) in files.items()
    }


def canonical(files: Files, suffixes: list[str], encoding: str) -> Files:
    """Return such files as UTF-8; raise ValueError where they are not kept so."""
    return {
        path: (_decoded(path, data, encoding) if path.endswith(tuple(suffixes)) else data, mode)
        for path, (data, mode) in files.items()
    }


def _encoded(data: bytes, encoding: str) -> bytes:
    if not _is_utf8(data):
        return data
    if encoding == "utf-8-sig":
        return MARK + data
    if encoding == "utf-16":
        return MARKS[0] + data.decode().encode("utf-16-le")
    try:
        written = data.decode().encode(encoding)
    except UnicodeEncodeError:
        return data
    return data if _is_utf8(written) else written


def _decoded(path: str, data: bytes, encoding: str) -> bytes:
    if encoding == "utf-8-sig" and data.startswith(MARK):
        return data[len(MARK) :]
    if encoding == "utf-16" and data.startswith(MARKS):
        return data.decode(encoding).encode()
    if not _is_utf8(data):
        return data.decode(encoding).encode() if encoding == "latin-1" else data
    if encoding != "latin-1" or _is_latin(data):
        raise ValueError(f"{path} is not encoded as {encoding}")
    return data


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_latin(data: bytes) -> bool:
    """Say whether UTF-8 should have been written as Latin-1."""
    return _encoded(data, "latin-1") != data
