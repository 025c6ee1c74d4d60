"""Files that are kept compressed."""

import gzip

Files = dict[str, tuple[bytes, int]]
_END = ".gz"


def kept(files: Files, suffixes: list[str]) -> Files:
    """Return files with those of some suffixes compressed, under a name that says so."""
    return dict(
        (path + _END, (gzip.compress(data, mtime=0), mode))
        if path.endswith(tuple(suffixes))
        else (path, (data, mode))
        for path, (data, mode) in files.items()
    )


def canonical(files: Files, suffixes: list[str]) -> Files:
    """Return files as they are read; raise ValueError where one is not compressed."""
    found = {}
    for path, (data, mode) in files.items():
        if path.endswith(tuple(suffixes)):
            raise ValueError(f"{path} is not compressed")
        if path.endswith(tuple(suffix + _END for suffix in suffixes)):
            found[path.removesuffix(_END)] = gzip.decompress(data), mode
        else:
            found[path] = data, mode
    return found
