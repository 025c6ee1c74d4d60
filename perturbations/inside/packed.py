"""Folders that are kept as archives."""

import io
import tarfile

Files = dict[str, tuple[bytes, int]]


def kept(files: Files, folders: list[str]) -> Files:
    """Return files with each of some folders as an archive beside where it was."""
    found = {path: file for path, file in files.items() if not _inside(path, folders)}
    for folder in folders:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for path in sorted(files):
                if _inside(path, [folder]):
                    data, mode = files[path]
                    entry = tarfile.TarInfo(path[len(folder) + 1 :])
                    entry.size, entry.mode = len(data), mode & 0o777
                    archive.addfile(entry, io.BytesIO(data))
        found[f"{folder}.tar"] = packed.getvalue(), 0o100644
    return found


def canonical(files: Files, folders: list[str]) -> Files:
    """Return files with the archives unpacked; raise ValueError where a folder is in none."""
    found = {path: file for path, file in files.items() if path[:-4] not in folders}
    for path in found:
        if _inside(path, folders):
            raise ValueError(f"{path} is not in its archive")
    for folder in folders:
        with tarfile.open(fileobj=io.BytesIO(files[f"{folder}.tar"][0])) as archive:
            for entry in archive.getmembers():
                name = entry.name.removeprefix("./")
                if entry.isdir():
                    continue
                if not entry.isfile() or name.startswith("/") or ".." in name.split("/"):
                    raise ValueError(f"{folder}.tar holds {entry.name}")
                data = archive.extractfile(entry)
                assert data is not None
                mode = 0o100755 if entry.mode & 0o111 else 0o100644
                found[f"{folder}/{name}"] = data.read(), mode
    return found


def _inside(path: str, folders: list[str]) -> bool:
    return any(path.startswith(folder + "/") for folder in folders)
