"""Files that lie in numbered parts."""

import re

Files = dict[str, tuple[bytes, int]]


def kept(files: Files, suffixes: list[str], lines: int) -> Files:
    """Return files with those of some suffixes in parts of so many lines each."""
    found = {}
    for path, (data, mode) in files.items():
        if path.endswith(tuple(suffixes)):
            rows = re.findall(rb"[^\n]*\n|[^\n]+", data) or [b""]
            for n in range(0, len(rows), lines):
                found[f"{path}.{n // lines + 1:03}"] = b"".join(rows[n : n + lines]), mode
        else:
            found[path] = data, mode
    return found


def canonical(files: Files, suffixes: list[str], lines: int) -> Files:
    """Return files whole; raise ValueError where one lies in no parts, or in others."""
    whole: Files = {}
    for path in sorted(files):
        data, mode = files[path]
        part = re.fullmatch(r"(.+)\.\d{3}", path)
        if part and part[1].endswith(tuple(suffixes)):
            whole[part[1]] = whole.get(part[1], (b"", mode))[0] + data, mode
    for path, file in kept(whole, suffixes, lines).items():
        if path not in files or files[path][0] != file[0]:
            raise ValueError(f"{path} is not in its parts")
    parts = kept(whole, suffixes, lines)
    for path, file in files.items():
        if path.endswith(tuple(suffixes)):
            raise ValueError(f"{path} is not in parts")
        if path not in parts:
            whole[path] = file
    return whole
